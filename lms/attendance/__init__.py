"""Classes, half-day sessions, seats and the roll: marks are events, the roll is their fold."""
