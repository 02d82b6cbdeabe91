"""Speed as ratios: each line beside a baseline measured in the same run, on the same machine, under the same server.

Nothing here is imported by the app. Times are never unit tests: weights are (`tests/test_weight.py`). See docs/bench.md.
"""
