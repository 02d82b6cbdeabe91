"""How the invented people learn: lessons, a test, a day in class. Everything through the actions that real people use."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from lms.attendance import actions as attendance
from lms.attendance.models import ClassSession, TrainingClass
from lms.attendance.rules import Tap
from lms.certificates import actions as certificates
from lms.home.demo.crowd import ADVICE, FOR_DIRECT, Someone
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.quizzes import actions as quizzes
from lms.tracks import actions as tracks
from lms.tracks import editions
from lms.tracks.models import Enrolment

SEATS = 40
FEWER = {ADVICE: 24}  # seats, as the course's guide says
LATE, EXCUSED, ABSENT = 0.05, 0.03, 0.02


def even_groups(people: list[Someone], seats: int) -> list[list[Someone]]:
    """As few classes as will hold them, about equally full."""
    classes = -(-len(people) // seats)
    return [people[place::classes] for place in range(classes)]


def working_day(day: date) -> date:
    """That day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


class Teaching:
    """Who teaches and who calls classes; one chance for all, so that the world comes out the same every time."""

    def __init__(self, chance: Random, trainers: Sequence[int], by: int) -> None:
        self.chance, self.trainers, self.by = chance, trainers, by

    def study(
        self, person_id: int, course_slug: str, start: date, *, lessons: int | None = None, test: bool = True
    ) -> Enrolment:
        """Read lessons from that day on, a few a day; then take the test, twice if need be."""
        moment = at_hour(start, self.chance.randint(7, 20), self.chance.randint(0, 59))
        with frozen(moment):
            enrolment = tracks.enrol(person_id, course_slug, on=start)
        course = editions.wording(enrolment.edition_id)
        for place, lesson in enumerate(course.lessons[:lessons]):
            with frozen(moment + timedelta(days=place // 4, minutes=7 * (place % 4))):
                tracks.read_lesson(enrolment, lesson.slug)
        if test and lessons is None:
            after = moment + timedelta(days=len(course.lessons) // 4, minutes=40)
            if not self.sit(enrolment, after, knows=self.chance.uniform(0.78, 0.99)):
                self.sit(enrolment, after + timedelta(days=1), knows=0.97)
        return enrolment

    def sit(self, enrolment: Enrolment, moment: datetime, *, knows: float) -> bool:
        """One try at the test; whether it was passed."""
        with frozen(moment):
            attempt = quizzes.start(enrolment, chance=self.chance)
            quiz = quizzes.quiz_of(attempt.edition_id)
            for slug in attempt.questions:
                question = quiz.by_slug[slug]
                right = sorted(question.correct)
                wrong = [choice.slug for choice in question.choices if not choice.right][:1]
                chosen = right if self.chance.random() < knows else wrong
                quizzes.save_answer(
                    attempt, slug, chosen, counter=1, client_id=str(uuid.UUID(int=self.chance.getrandbits(128)))
                )
        with frozen(moment + timedelta(minutes=25)):
            if attempt.submitted_at is None:
                quizzes.submit(attempt)
        return bool(attempt.passed)

    def hold(
        self, course_slug: str, unit_id: int, title: str, place: str, day: date, people: Sequence[int], *, days: int = 1
    ) -> TrainingClass:
        """A class from the call to the closed roll, and its certificates three days later."""
        row = self.call(course_slug, unit_id, title, place, day, people, days=days)
        sessions = db.session.scalars(
            select(ClassSession).where(ClassSession.class_id == row.id).order_by(ClassSession.on, ClassSession.half)
        ).all()
        states = {person: self._state() for person in people}
        for session in sessions:
            with frozen(at_hour(session.on, 8 if session.half == "am" else 14)):
                attendance.save_roll(session.id, [self._tap(person, states[person]) for person in people], by=self.by)
            with frozen(at_hour(session.on, 11 if session.half == "am" else 16, 30)):
                attendance.close_roll(session.id, by=self.by)
        with frozen(at_hour(sessions[-1].on + timedelta(days=3), 10)):
            certificates.issue_due(by=self.by)
        return row

    def call(
        self,
        course_slug: str,
        unit_id: int,
        title: str,
        place: str,
        day: date,
        people: Sequence[int],
        *,
        days: int = 1,
        seats: int = SEATS,
        trainer: int | None = None,
    ) -> TrainingClass:
        """A class is called two weeks before, and seats are given."""
        plan = [(day + timedelta(days=n), half, 4) for n in range(days) for half in ("am", "pm")]
        if course_slug in FOR_DIRECT:
            plan = [(day, "am", 4), (day, "pm", 2)]  # as their guides plan the day
        with frozen(at_hour(day - timedelta(days=14), 9)):
            row = attendance.call_class(
                course_slug,
                unit_id,
                title,
                place,
                seats,
                plan,
                [trainer or self.chance.choice([one for one in self.trainers if one not in people] or self.trainers)],
                by=self.by,
            )
            attendance.take_seats(row.id, list(people), by=self.by)
        return row

    def _state(self) -> str:
        return self.chance.choices(
            ("present", "late", "excused", "absent"), weights=(1 - LATE - EXCUSED - ABSENT, LATE, EXCUSED, ABSENT)
        )[0]

    def _tap(self, person_id: int, state: str) -> Tap:
        return Tap(person_id, state, str(uuid.UUID(int=self.chance.getrandbits(128))))
