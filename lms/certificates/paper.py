"""A certificate on paper: what is printed where, from the snapshot alone, and the address on its QR code.

The same certificate gives the same bytes, so that the SHA-256 of a copy can be compared with the one we remember.
Official numbers, the day of signing, signature and seal are left to those whose they are (DESIGN 8).
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import segno

from lms.certificates import queries, rules
from lms.certificates.models import CertificateFile
from lms.certificates.queries import Row
from lms.kernel import pdf
from lms.kernel.clock import now
from lms.kernel.db import aside, insert_new
from lms.kernel.settings import setting
from lms.kernel.vietnamese import date_words, month_words, short_date

MASK = 2  # any of the eight is right; trying all of them takes longer than the rest of the code
TEMPLATE = "certificates/paper.html"
LONG_COURSE, LONG_PLACE = 120, 80  # letters that take a second line


def file_of(row: Row) -> bytes:
    """The PDF of a certificate that holds; its SHA-256 is remembered, also when it is only being read."""
    rules.check_may_print(row.state)
    content = pdf.render(TEMPLATE, **values_of(row))
    sha256 = hashlib.sha256(content).hexdigest()
    if not queries.hash_is_known(row.certificate.id, sha256):
        with aside() as short:
            insert_new(CertificateFile, into=short, certificate_id=row.certificate.id, sha256=sha256, made_at=now())
    return content


def pages_of(rows: Sequence[Row]) -> Iterator[str]:
    """One page after the other, as HTML, for a file of many."""
    template = pdf.paper().get_template(TEMPLATE)
    for row in rows:
        yield template.render(**values_of(row))


def file_name(row: Row) -> str:
    """giay-chung-nhan-001-2026-GCN-BLG.pdf: no name of a person in it."""
    return f"giay-chung-nhan-{row.number.replace('/', '-')}.pdf"


def address(token: str) -> str:
    """The address that a stranger checks, as it is on the QR code."""
    return f"{site_address()}/check/{token}"


def site_address() -> str:
    """Where this installation is found from outside (settings SITE_URL, else the first of TRUSTED_HOSTS)."""
    return setting("site_address")


def values_of(row: Row) -> dict[str, Any]:
    """What the template prints."""
    facts, certificate = row.facts, row.certificate
    url = address(certificate.token)
    return {
        "title": facts["title"],
        "issuer": facts["issuer"],
        "addressed": {"female": "Bà", "male": "Ông"}.get(facts["sex"], "Ông/Bà"),
        "name": pdf.printed_name(facts["full_name"]),
        "name_size": _size(facts["full_name"], 30, 44),
        "born": born(facts["birth"], facts["birth_precision"]),
        "works": ", ".join(part for part in (facts["position"], facts["unit"]) if part),
        "course": facts["course"],
        "course_size": _size(facts["course"], 62, LONG_COURSE),
        "held": held(facts),
        "tight": "tight" if len(facts["course"]) > LONG_COURSE or len(facts["class_place"]) > LONG_PLACE else "",
        "number": row.number,
        "entered_on": short_date(certificate.issued_on),
        "year": certificate.issued_on.year,
        "replaces": row.replaces_number,
        "url": url,
        "qr": segno.make(url, error="m", micro=False, mask=MASK).png_data_uri(scale=4, border=0),
        "check_at": f"{site_address().partition('://')[2]}/check",
    }


def born(birth: str | None, precision: str) -> str:
    """As exactly as it is known: a day, a month, a year, or nothing."""
    if not birth:
        return ""
    day = date.fromisoformat(birth)
    if precision == "year":
        return f"Sinh năm {day.year}"
    return f"Sinh {month_words(day)}" if precision == "month" else f"Sinh {date_words(day)}"


def held(facts: dict[str, Any]) -> list[str]:
    """Lines that say when and where the class was, or on which day the course was completed; and its length."""
    length = f"thời lượng: {facts['hours']} tiết, theo bản {facts['edition']} của chương trình"
    if not facts["class_from"]:
        return [f"Hoàn thành {date_words(date.fromisoformat(facts['completed_on']))}; {length}"]
    first, last = (date.fromisoformat(facts[name]) for name in ("class_from", "class_to"))
    when = date_words(first) if first == last else f"từ {date_words(first)} đến {date_words(last)}"
    lines = [f"Thời gian: {when}; {length}"]
    return [*lines, f"Địa điểm: {facts['class_place']}"] if facts["class_place"] else lines


def _size(text: str, long: int, longer: int) -> str:
    """How a line is set so that it fits: by its number of letters."""
    if len(text) > longer:
        return "longer"
    return "long" if len(text) > long else ""
