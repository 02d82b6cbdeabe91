"""First page per desk, search, and the demo world."""
