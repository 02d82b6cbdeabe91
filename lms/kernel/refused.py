"""The one exception of our rules: no, and why, in words."""


class Refused(Exception):
    """A rule says no. The message is an English source sentence with %(name)s places; views show it translated.

    >>> str(Refused("Only %(n)s seats are left.", n=2))
    'Only 2 seats are left.'
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message
