"""A sentence that was filled in, and still knows from what: so that a page can say it in another language. Pure."""


class Said(str):
    """Plain English text wherever text is wanted; `i18n.gettext` translates it when it is given as a message or as a value.

    >>> Said("%(n)s lessons: expected %(least)s", n=2, least=10)
    '2 lessons: expected 10'
    """

    __slots__ = ("message", "values")

    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> "Said":
        said = super().__new__(cls, message % values)
        said.message, said.values = message, values
        return said
