"""Papers of training taken elsewhere: what may be claimed, decided, shown. Pure."""

from datetime import date

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date, tidy
from lms.tracks.course import CONFIDENTIAL

LARGEST = 5_000_000  # bytes
KINDS = (  # by the first bytes of the file, whatever its name says
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)


def kind_of(content: bytes) -> tuple[str, str] | None:
    """(media type, ending) of a PDF, JPEG or PNG; None: it is none of these."""
    return next(((kind, ending) for first, kind, ending in KINDS if content.startswith(first)), None)


def check_file(content: bytes) -> None:
    """A scan that any browser shows, not larger than a phone on a weak network sends."""
    if not content:
        raise Refused("The file is empty. Choose it again.")
    if len(content) > LARGEST:
        raise Refused("The file is too big: at most 5 MB.")
    if kind_of(content) is None:
        raise Refused("The file is no PDF, JPEG or PNG, whatever its name says. Scan or photograph the paper.")


def check_claim(*, track: str, held_on: date, today: date) -> None:
    """What can be claimed: a course that knows persons, on a day that has come."""
    if track == CONFIDENTIAL:
        raise Refused("Nobody's name is kept for this course, so no paper can be entered for it.")
    if held_on > today:
        raise Refused("The training has not ended yet: its last day is %(day)s.", day=short_date(held_on))


def check_may_decide(state: str, *, own: bool) -> None:
    """Only what waits, and never about oneself."""
    if state != "waiting":
        raise Refused("This was decided or withdrawn already.")
    if own:
        raise Refused("Nobody decides about their own training. Ask a colleague of the office.")


def check_reason(why: str) -> None:
    if not tidy(why):
        raise Refused("Say why: the person and the unit read it.")


def grade(*, document: str, scanned: bool) -> str:
    """How well it proves: a paper with its number or its scan is a document, a bare word is a claim."""
    return "document" if document or scanned else "claim"
