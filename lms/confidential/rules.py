"""What may stand where others can read it over a shoulder. Pure."""

import re
import unicodedata
from collections.abc import Iterable

# Not in a title, an address, an icon's name or a file's name of these pages (TRUST 2.2). Written without marks, as they are compared.
TOPIC_WORDS = (
    "bao luc", "bao hanh", "nan nhan", "thu pham", "thu ac", "xam hai", "quay roi", "cuong ep", "danh dap", "ly hon", "tam lanh",
    "nguoi gay", "tao hon", "mua ban nguoi", "giam giu", "gioi tinh", "violence", "victim", "survivor", "abuse", "gbv",
)  # fmt: skip


def topic_words(text: str) -> list[str]:
    """The words of the list that the text holds, whatever its case and marks."""
    plain = re.sub(r"[\W_]+", " ", _without_marks(text.casefold()))
    return [word for word in TOPIC_WORDS if re.search(rf"\b{word}\b", plain)]


def check_neutral(texts: Iterable[str]) -> None:
    """Raise ValueError for the first text that names the topic."""
    for text in texts:
        if found := topic_words(text):
            raise ValueError(f"“{text}” names the topic (“{found[0]}”): choose words that say nothing to a passer-by")


def _without_marks(text: str) -> str:
    split = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter)).replace("đ", "d")
