"""What has to be read again and must not lie open: encrypted with a key that is not in the database.

The key comes from SECRET_KEY (HKDF-SHA256, a purpose apart from every other use of it), so it is on the machine and in no backup.
After a change of SECRET_KEY what was sealed is still read as long as the old one stands in OLD_SECRET_KEYS.
"""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from lms.kernel.clock import now


def seal(purpose: str, values: dict[str, Any]) -> str:
    """The values as a text that only `opened` reads, and only for the same purpose."""
    content = json.dumps({"for": purpose, "sealed_at": now().timestamp(), **values})
    return _lock().encrypt(content.encode()).decode()


def opened(purpose: str, sealed: str, *, seconds: int | None = None) -> dict[str, Any] | None:
    """What was sealed; None when it was not us, not for this, or longer ago than that."""
    try:
        values: dict[str, Any] = json.loads(_lock().decrypt(sealed.encode()))
    except (InvalidToken, UnicodeEncodeError):
        return None
    age = now().timestamp() - values["sealed_at"]
    if values["for"] != purpose or (seconds is not None and age > seconds):
        return None
    return values


def _lock() -> MultiFernet:
    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lms sealing")
    return base64.urlsafe_b64encode(hkdf.derive(key.encode()))
