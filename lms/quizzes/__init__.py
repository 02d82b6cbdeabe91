"""Attempts at a test, answers saved as they are chosen, grading from what was saved."""
