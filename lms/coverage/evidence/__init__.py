"""Evidence: who is drawn for an audit, what proves that each was trained, and the bundle that can be checked offline."""
