"""Which addresses belong to which shelf. The addresses say nothing; two shelves have none in common. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shelf:
    """`name` begins its addresses, `folder` is where its texts are (courses/5/…), `way_out` the address that leaves."""

    name: str
    folder: str
    cookie: str
    way_out: str

    @property
    def front(self) -> str:
        return f"/{self.name}/"

    def holds(self, path: str) -> bool:
        """Whether the address is one of this shelf's."""
        return path in {self.front[:-1], self.way_out} or path.startswith(self.front)

    def gate_cookie(self, https: bool) -> str:
        """The name of the constant cookie that opens the gate."""
        return f"__Host-{self.cookie}" if https else self.cookie


SHELVES = {
    shelf.name: shelf
    for shelf in (
        Shelf("c", folder="a", cookie="g", way_out="/thoat"),
        Shelf("k", folder="b", cookie="h", way_out="/roi"),
    )
}


def shelf_of(path: str) -> Shelf | None:
    """The shelf the address belongs to, if to one."""
    return next((shelf for shelf in SHELVES.values() if shelf.holds(path)), None)
