"""How often something may be tried: counted in this process, for some minutes, and forgotten.

A commune office is one address, so the ceiling for an address is generous (TRUST 1.6); what is narrow is how often one
certificate may be guessed at.
"""

from datetime import timedelta
from threading import Lock

from lms.kernel.clock import now


class Pace:
    """So many times within a span for each key. Memory is bounded: at the end of a span all is forgotten."""

    def __init__(self, most: int, span: timedelta) -> None:
        self.most, self.span = most, span
        self._since, self._counts = now(), dict[str, int]()
        self._lock = Lock()

    def allows(self, key: str) -> bool:
        """Count one more try; whether it is still within what is allowed."""
        with self._lock:
            if not timedelta(0) <= now() - self._since < self.span:
                self._since, self._counts = now(), {}
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key] <= self.most
