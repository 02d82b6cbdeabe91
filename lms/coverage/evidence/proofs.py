"""What a completion rests on, part by part: lessons read, a test with its receipts, a class with its roll, a paper from elsewhere."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload, undefer

from lms.attendance.models import ClassSession, Mark, RollClosing, TrainingClass
from lms.certificates import queries as certificates
from lms.certificates.models import CertificateFile
from lms.kernel.db import CURRENT, db
from lms.quizzes import rules
from lms.quizzes.forgetting import answers_gone
from lms.quizzes.models import Answer, Attempt
from lms.tracks import editions
from lms.tracks.models import Completion, Edition, Enrolment, LessonRead, OutsideTraining, PartDone

Values = dict[str, Any]  # plain JSON values


def completion(row: Completion) -> Values:
    """The completion with everything that proves it."""
    edition = db.session.get_one(Edition, row.edition_id)
    course = editions.wording(row.edition_id)
    return {
        "id": row.id,
        "course": course.title,
        "edition": edition.number,
        "edition_sha256": edition.sha256,
        "completed_on": row.completed_on.isoformat(),
        "grade": row.grade,
        "recorded_at": row.recorded_at.isoformat(),
        "parts": [part(row, name, kept) for name, kept in sorted(row.evidence.items())],
        "certificates": _certificates(row),
    }


def part(row: Completion, name: str, kept: Values) -> Values:
    """One part and what it rests on."""
    found: Values = {"part": name, "on": kept.get("on"), "recorded_at": _recorded(row.enrolment_id, name)}
    if "outside" in kept:
        return {**found, "outside": _outside(kept["outside"])}
    if "attempt" in kept:
        return {**found, "test": _test(kept["attempt"])}
    if "class" in kept:
        return {**found, "class": _class(kept["class"], row), "share": kept.get("share")}
    if name == "lessons":
        read = select(LessonRead).where(LessonRead.enrolment_id == row.enrolment_id).order_by(LessonRead.id)
        lessons = [{"lesson": one.lesson_slug, "read_at": one.read_at.isoformat()} for one in db.session.scalars(read)]
        return {**found, "lessons": lessons}
    return {**found, "said": {name: value for name, value in kept.items() if name != "on"}}


def file_of(outside_id: int) -> tuple[str, bytes] | None:
    """The scan itself, under a neutral name; its own suffix, if it is one that papers have."""
    row = db.session.get_one(OutsideTraining, outside_id, options=[undefer(OutsideTraining.file)])
    if not row.file:
        return None
    kind = "pdf" if row.file.startswith(b"%PDF") else "png" if row.file.startswith(b"\x89PNG") else "jpg"
    return f"giay-to-{row.id}.{kind}", row.file


def _recorded(enrolment_id: int, name: str) -> list[Values]:
    """Every time the part was recorded or taken back: both clocks."""
    rows = select(PartDone).where(PartDone.enrolment_id == enrolment_id, PartDone.part == name).order_by(PartDone.id)
    return [
        {"at": one.recorded_at.isoformat(), "superseded_at": _end(one.superseded_at), "why": one.why_superseded}
        for one in db.session.scalars(rows)
    ]


def _test(attempt_id: int) -> Values:
    attempt = db.session.get_one(Attempt, attempt_id, options=[selectinload(Attempt.answers)])
    quiz = editions.wording(attempt.edition_id).quiz
    answers = {one.question_slug: one for one in attempt.answers}
    gone = answers_gone(attempt)
    return {
        "attempt": attempt.id,
        "number": attempt.number,
        "started_at": attempt.started_at.isoformat(),
        "submitted_at": attempt.submitted_at and attempt.submitted_at.isoformat(),
        "score": attempt.score,
        "pass_mark": quiz and quiz.pass_mark,
        "questions": [_answer(quiz.by_slug[slug], answers.get(slug)) for slug in attempt.questions]
        if quiz and not gone
        else [],
        "answers_gone": gone,
    }


def _answer(question: Any, answer: Answer | None) -> Values:
    chosen = answer.chosen if answer else []
    return {
        "question": question.slug,
        "text": question.text,
        "chosen": [choice.text for choice in question.choices if choice.slug in chosen],
        "right": rules.is_right(question, chosen),
        "receipt": answer and {"id": answer.client_id, "number": answer.id, "saved_at": answer.saved_at.isoformat()},
    }


def _class(class_id: int, row: Completion) -> Values:
    held = db.session.get_one(TrainingClass, class_id)
    person_id = db.session.get_one(Enrolment, row.enrolment_id).person_id
    sessions = (
        select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.on, ClassSession.half)
    )
    return {
        "id": held.id,
        "title": held.title,
        "place": held.place,
        "min_share": held.min_share,
        "closed_at": held.closed_at and held.closed_at.isoformat(),
        "sessions": [_session(one, person_id) for one in db.session.scalars(sessions)],
    }


def _session(session: ClassSession, person_id: int) -> Values:
    closing = db.session.scalar(select(RollClosing).where(RollClosing.session_id == session.id))
    marks = select(Mark).where(Mark.session_id == session.id, Mark.person_id == person_id).order_by(Mark.id)
    return {
        "on": session.on.isoformat(),
        "half": session.half,
        "periods": session.periods,
        "marks": [
            {
                "number": one.id,
                "id": one.client_id,
                "state": one.state,
                "marked_at": one.marked_at.isoformat(),
                "claimed_at": one.claimed_at and one.claimed_at.isoformat(),
                "marked_by": one.marked_by,
                "correction": one.correction,
            }
            for one in db.session.scalars(marks)
        ],
        "closed_at": closing and closing.closed_at.isoformat(),
        "closed_by": closing and closing.closed_by,
        "closed_as": closing and closing.roll.get(str(person_id)),
    }


def _outside(outside_id: int) -> Values:
    row = db.session.get_one(OutsideTraining, outside_id)
    kept = file_of(outside_id)
    return {
        "id": row.id,
        "title": row.title,
        "organiser": row.organiser,
        "held_on": row.held_on.isoformat(),
        "document": row.document,
        "state": row.state,
        "decided_at": row.decided_at and row.decided_at.isoformat(),
        "decided_by": row.decided_by,
        "file": kept and kept[0],
        "sha256": hashlib.sha256(kept[1]).hexdigest() if kept else "",
    }


def _certificates(row: Completion) -> list[Values]:
    found = certificates.versions(row.id)
    ids = [one.certificate.id for one in found]
    hashes: dict[int, list[str]] = {}
    for one in db.session.scalars(select(CertificateFile).where(CertificateFile.certificate_id.in_(ids))):
        hashes.setdefault(one.certificate_id, []).append(one.sha256)
    return [
        {
            "number": one.number,
            "issued_on": one.certificate.issued_on.isoformat(),
            "state": one.state.value,
            "revoked": one.revocation and one.revocation.reason,
            "sha256": hashes.get(one.certificate.id, []),
        }
        for one in found
    ]


def _end(moment: datetime) -> str | None:
    return None if moment == CURRENT else moment.isoformat()
