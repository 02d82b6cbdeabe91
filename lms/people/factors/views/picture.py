"""The secret of an app as a page shows it."""

from dataclasses import dataclass

import segno

from lms.people.factors import code_app


@dataclass(frozen=True)
class Picture:
    """`qr`: a data address of an image; `typed`: the same secret in groups of four; `address`: opens the app on the same phone."""

    qr: str
    typed: str
    address: str


def picture_of(secret: str, username: str) -> Picture:
    """The QR code for a phone's camera, and what to type without one."""
    address = code_app.address_of(secret, username)
    qr = segno.make(address, error="m", micro=False)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return Picture(qr.svg_data_uri(scale=4, border=4, light="#fff"), groups, address)
