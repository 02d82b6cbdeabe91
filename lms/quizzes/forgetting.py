"""What the room no longer keeps after its time."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.rights import office
from lms.quizzes.models import Answer, Attempt


def quiz_answers(before: datetime) -> int:
    """What was chosen in tries handed in before then, once nobody can appeal any more. The result, its day and the try are kept."""
    over = select(Attempt.id).where(Attempt.submitted_at < before)
    result = db.session.execute(delete(Answer).where(Answer.attempt_id.in_(over)))
    return result.rowcount if isinstance(result, CursorResult) else 0


def answers_gone(attempt: Attempt) -> bool:
    """Whether what was chosen in this try (loaded with its answers) is no longer kept."""
    time = timedelta(days=office.retention().quiz_answers)
    return not attempt.answers and attempt.submitted_at is not None and attempt.submitted_at < now() - time
