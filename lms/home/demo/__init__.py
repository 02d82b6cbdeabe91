"""The invented world that `make run`, the tests and the screenshots share."""
