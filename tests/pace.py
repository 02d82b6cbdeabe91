"""How much work something is: processor time, as ratios in one run, so that a slow or busy machine tells the same."""

from collections.abc import Callable
from time import process_time


def work_of(doing: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of this process's own processor time; the least of some rounds."""
    taken = []
    for _ in range(rounds):
        began = process_time()
        doing()
        taken.append(process_time() - began)
    return min(taken)


def assert_grows_evenly(doing: Callable[[int], object], many: int, rounds: int = 3) -> None:
    """Four times as much takes some four times as long, not the sixteen of something that looks at every pair."""
    few, all_of_it = work_of(lambda: doing(many // 4), rounds), work_of(lambda: doing(many), rounds)
    assert all_of_it < 9 * few, f"{all_of_it / few:.1f} times the work for 4 times as much"
