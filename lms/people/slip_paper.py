"""A sheet of paper slips, to print and cut: who, where to go, the user name, the code, and the same as a QR code."""

from dataclasses import dataclass
from datetime import datetime

import segno

from lms.kernel import passphrases
from lms.people.models import Account

A_SHEET = 60  # slips at a time: each costs 50 ms of hashing


@dataclass(frozen=True)
class Slip:
    """What stands on one slip."""

    name: str
    unit: str
    username: str
    code: str
    expires_at: datetime
    qr: str  # data: URI


def slip(account: Account, code: str, expires_at: datetime, *, name: str, unit: str, site: str) -> Slip:
    """`site`: our address without a slash at its end."""
    return Slip(name, unit, account.username, passphrases.shown_code(code), expires_at, _qr(site, account, code))


def _qr(site: str, account: Account, code: str) -> str:
    """The address with name and code behind its `#`: that part stays in the phone, and so in no log of ours or of a proxy."""
    return segno.make(f"{site}/sign-in/slip#{account.username}.{code}", error="m", micro=False).svg_data_uri(
        border=2, scale=4, light="#fff"
    )
