"""Drafts and editions as the office's pages list them. Their long columns stay in the database until asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from lms.kernel.db import db
from lms.tracks.drafts import ENDED
from lms.tracks.models import CourseDraft, Edition


@dataclass(frozen=True)
class EditionLine:
    """An edition in a list. `origin`: "files" or "office"; `kept`: whether its files were, so that it can be a pack or a draft."""

    id: int
    course_slug: str
    number: int
    title: str
    origin: str
    published_at: datetime
    kept: bool


def draft(draft_id: int) -> CourseDraft | None:
    """With its files."""
    return db.session.get(CourseDraft, draft_id, options=[undefer(CourseDraft.files)])


def open_drafts() -> Sequence[CourseDraft]:
    """Those still to be published or thrown away, the last changed first."""
    waiting = select(CourseDraft).where(CourseDraft.state.not_in(ENDED))
    return db.session.scalars(waiting.order_by(CourseDraft.changed_at.desc(), CourseDraft.id.desc())).all()


def drafts_of(course_slug: str) -> Sequence[CourseDraft]:
    """All of one course, also those that have ended, the newest first."""
    return db.session.scalars(
        select(CourseDraft).where(CourseDraft.course_slug == course_slug).order_by(CourseDraft.id.desc())
    ).all()


def editions_of(course_slug: str) -> list[EditionLine]:
    """Every edition of a course, the newest first."""
    return _lines(course_slug)


def newest_editions() -> list[EditionLine]:
    """Of each course the newest edition, by track and title."""
    found: dict[str, EditionLine] = {}
    for line in _lines():
        found.setdefault(line.course_slug, line)
    return sorted(found.values(), key=lambda line: line.course_slug)


def _lines(course_slug: str | None = None) -> list[EditionLine]:
    columns = select(
        Edition.id,
        Edition.course_slug,
        Edition.number,
        Edition.content["title"].as_string().label("title"),
        Edition.origin,
        Edition.published_at,
        Edition.files.is_not(None).label("kept"),
    ).order_by(Edition.number.desc())
    wanted = columns.where(Edition.course_slug == course_slug) if course_slug else columns
    return [EditionLine(**row) for row in db.session.execute(wanted).mappings()]
