"""Why each class is as it is, and why somebody is in none: said from the draft itself, so that it stays true after each change."""

from collections.abc import Iterable, Mapping
from datetime import date

from lms.coverage.planning.draft import Draft, Planned
from lms.coverage.planning.proposing import Why
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.kernel.vietnamese import number


def joined(names: Iterable[str]) -> str:
    """Tả Lèng, Khun Há và Bản Bo."""
    *first, last = names
    return _("%(first)s and %(last)s", first=", ".join(first), last=last) if first else last


def why(draft: Draft, one: Planned, names: Mapping[int, str], over: Mapping[tuple[str, int], int]) -> list[str]:
    """Sentences: who was put together, what was split, why here. `over`: (course, commune) -> over how many classes it is spread."""
    homes = one.by_home(draft.homes)
    if not homes:
        return [_("Nobody is in this class yet.")]
    return [_together(one, homes, names), *_split(one, homes, names, over), *_here(one, homes, names)]


def _together(one: Planned, homes: Mapping[int, list[int]], names: Mapping[int, str]) -> str:
    people = len(one.people)
    if len(homes) == 1:
        [home] = homes
        return _("%(people)s people of %(home)s.", people=people, home=names.get(home, ""))
    sizes = " + ".join(str(len(group)) for group in homes.values())
    sentence = _(
        "Put together %(homes)s: %(sizes)s = %(people)s people, not more than %(seats)s seats, in one travel group",
        homes=joined(names.get(home, "") for home in homes),
        sizes=sizes,
        people=people,
        seats=one.seats,
    )
    saved = len(homes) - 1
    return ngettext(
        "%(sentence)s; %(num)s class less than each by itself.",
        "%(sentence)s; %(num)s classes less than each by itself.",
        saved,
        sentence=sentence,
    )


def _split(
    one: Planned,
    homes: Mapping[int, list[int]],
    names: Mapping[int, str],
    over: Mapping[tuple[str, int], int],
) -> list[str]:
    return [
        _("%(home)s is divided over %(n)s classes.", home=names.get(home, ""), n=over[one.course, home])
        for home in homes
        if over[one.course, home] > 1
    ]


def _here(one: Planned, homes: Mapping[int, list[int]], names: Mapping[int, str]) -> list[str]:
    at_home = len(homes.get(one.place, ()))
    travelling = len(one.people) - at_home
    if not travelling:
        return [_("Nobody has to travel to another commune.")]
    if at_home:
        return [
            _(
                "Held in %(place)s, where %(at_home)s live; %(travelling)s travel.",
                place=names.get(one.place, ""),
                at_home=at_home,
                travelling=travelling,
            )
        ]
    return [_("All %(travelling)s travel to %(place)s.", travelling=travelling, place=names.get(one.place, ""))]


def bound(draft: Draft, course: str) -> str:
    """How few classes would do: "Ít nhất 3 lớp; đề xuất 3 lớp"."""
    least, exact = draft.at_least.get(course, (0, False))
    n = sum(one.course == course for one in draft.classes)
    if exact and n <= least:
        return _("Proposed: %(n)s classes. Fewer cannot take in as many people under these terms.", n=n)
    return _("At least %(least)s classes are needed; proposed: %(n)s.", least=least, n=n)


def left(code: str) -> str:
    """Why somebody is in no class, and what would help."""
    return {
        Why.NO_PLACE: _("no place they can reach: add a place, or put their unit in a travel group"),
        Why.NO_DAY: _("no half-day is left before the deadline where they can go: choose a later one, or more places"),
        Why.NO_TRAINER: _("no trainer is free: choose more trainers, more classes a week, or a later deadline"),
        Why.TOO_FEW: _("fewer people than are worth a class: put their unit in a travel group"),
        Why.BUSY: _("they teach, or sit in another class, on the days of every class they could go to"),
        Why.DROPPED: _("taken out by the office"),
    }[Why(code)]


def weekday(day: date) -> str:
    names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    return names[day.weekday()]


def money(amount: int) -> str:
    return _("%(amount)s đồng", amount=number(amount))
