"""Who signs in to the demo world: an office, trainers, focal persons, learners, an administrator."""

from dataclasses import dataclass
from datetime import date

from lms.home.demo.crowd import GENERAL, WIDE, Someone
from lms.kernel.db import db
from lms.kernel.i18n import N_
from lms.people import actions as people
from lms.people import queries
from lms.people.models import Account, Person
from lms.people.roles import Role


@dataclass
class Desk:
    """Someone who can sign in to the demo world."""

    username: str
    passphrase: str
    name: str
    what: str  # an English source sentence


class Desks:
    """Opens accounts as the years go by; the passphrases are shown once, at the end."""

    def __init__(self, crowd: list[Someone], receiver: int) -> None:
        self.province, self.receiver = queries.units_at(date(2021, 5, 1)).roots[0], receiver
        self.trainers: list[int] = []
        self.office = 0
        self.phrases: dict[str, tuple[str, str]] = {}
        self.teachers = [one for one in crowd if one.place == "Trung tâm Y tế"][:2]

    def open_first(self) -> None:
        """Those who were there from the start."""
        self.office = self._open(
            self._new("Lò Thị Xuân", "Chuyên viên Sở Nội vụ", self.receiver), "coquan", Role.OFFICE, self.province
        ).id
        for one, username in zip(self.teachers, ("giangvien", "giangvien2"), strict=True):
            self._open(db.session.get_one(Person, one.id), username, Role.TRAINER, one.unit_id)
            self.trainers.append(one.id)

    def open_today(self, crowd: list[Someone]) -> list[Desk]:
        """Those of today's communes, and the list of all."""
        here = [one for one in crowd if one.unit_id and one.category in WIDE]
        for username, place in (("daumoi", "Xã Bình Lư"), ("daumoi2", "Xã Sin Suối Hồ")):
            one = next(
                one
                for one in here
                if one.place == place and one.category == "công chức" and one.id not in self.trainers
            )
            self._open(db.session.get_one(Person, one.id), username, Role.FOCAL, one.unit_id)
            here.remove(one)
        self._open(self._new("Trần Văn Sơn", "Quản trị hệ thống", self.province), "quantri", Role.ADMIN, self.province)
        here = [one for one in here if not one.direct]  # whose only course is the first one
        nearest = sorted(here, key=lambda one: one.place != "Xã Bình Lư")  # so that its focal person sees them too
        for username, done in (("hocvien", False), ("hocvien2", True)):
            one = next(
                one
                for one in nearest
                if (GENERAL in one.trained if done else one.reading) and one.id not in self.trainers
            )
            self._open(db.session.get_one(Person, one.id), username)
            nearest.remove(one)
        what = {
            "hocvien": N_("An official in the middle of a course"),
            "hocvien2": N_("An official who has completed it"),
            "giangvien": N_("A trainer with a class today"),
            "giangvien2": N_("Another trainer"),
            "daumoi": N_("Focal person of xã Bình Lư"),
            "daumoi2": N_("Focal person of xã Sin Suối Hồ"),
            "coquan": N_("The office that answers for all units"),
            "quantri": N_("The administrator of accounts"),
        }
        return [
            Desk(username, self.phrases[username][1], self.phrases[username][0], words)
            for username, words in what.items()
        ]

    def _new(self, name: str, position: str, unit_id: int) -> Person:
        person = people.add_person(name)
        people.post_person(
            person.id,
            unit_id,
            category="công chức",
            position=position,
            direct_support=False,
            valid_from=date(2020, 1, 1),
        )
        return person

    def _open(self, person: Person, username: str, role: Role | None = None, unit_id: int = 0) -> Account:
        account, phrase = people.open_account(person, username=username)
        if role:
            people.grant_role(
                account.id, role, unit_id, valid_from=date(2022, 1, 1) if role in {Role.OFFICE, Role.TRAINER} else None
            )
        self.phrases[username] = (person.full_name, phrase)
        return account
