"""The blueprint that all pages of the room hang on."""

from flask import Blueprint

bp = Blueprint("people", __name__, url_prefix="/people")


def number_of(text: str) -> int | None:
    """The id somebody sent; None when it is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
