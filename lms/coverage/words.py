"""How coverage is worded, on the screen, on paper and in the workbook alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from lms.coverage.confirmed import Marks
from lms.coverage.filters import NOT_TOLD, Filter
from lms.coverage.listing import Line as PersonLine
from lms.coverage.over_years import Row
from lms.coverage.places import Places, Someone
from lms.coverage.queries import Line
from lms.coverage.question import Question, Ruled
from lms.coverage.restating import NOWHERE
from lms.coverage.rules import State
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.kernel.vietnamese import short_date, short_datetime
from lms.people.rules import CATEGORIES, SEXES
from lms.tracks.course import Course
from lms.tracks.rules import GRADES


def line_name(line: Line | Row) -> str:
    """The name of a row in the table by unit."""
    if line.unit_id == NOWHERE:
        return _("Not restated under this tree")
    return _("%(unit)s, posted there directly", unit=line.name) if line.own else line.name


def category_name(category: str) -> str:
    return category or _("category not known")


def state_name(state: State) -> str:
    """A state in a word or two."""
    return {
        State.DONE: _("trained"),
        State.NOT_DONE: _("not yet trained"),
        State.UNKNOWN: _("not known"),
        State.ON_LEAVE: _("on leave"),
        State.EXEMPT: _("exempt or outside"),
    }[state]


def filter_name(state: str) -> str:
    """A choice of the filter; "" is everyone."""
    return {
        "required": _("has to be trained"),
        "not_done": _("not yet trained"),
        "done": _("trained"),
        "unknown": _("not known"),
        "on_leave": _("on leave"),
        "exempt": _("exempt or outside"),
    }.get(state, _("everyone on the roster"))


def sex_name(sex: str) -> str:
    return {"female": _("women"), "male": _("men")}.get(sex, _("sex not known"))


def grade_name(grade: str) -> str:
    """As a filter: at least so well proved."""
    return {
        "test": _("only with a test"),
        "roll": _("with a roll or better"),
        "document": _("with an approved document or better"),
        "claim": _("any proof, claims too"),
    }.get(grade, grade)


def proved(grade: str) -> str:
    """How well a completion is proved."""
    return {
        "test": _("has a test"),
        "roll": _("closed roll"),
        "document": _("a paper that was approved"),
        "claim": _("own statement"),
    }.get(grade, grade)


def category_choices() -> list[tuple[str, str]]:
    return [*((one, one) for one in CATEGORIES), (NOT_TOLD, category_name(""))]


def sex_choices() -> list[tuple[str, str]]:
    return [(one or NOT_TOLD, sex_name(one)) for one in SEXES]


def grade_choices() -> list[tuple[str, str]]:
    return [(one, grade_name(one)) for one in GRADES]


def track_choices(tracks: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, track_name(one)) for one in tracks]


def track_name(track: str) -> str:
    return _("track %(number)s", number=track)


def course_name(slug: str, courses: Mapping[str, Course]) -> str:
    return courses[slug].title if slug in courses else slug


def narrowed(one: Filter, courses: Mapping[str, Course]) -> str:
    """A filter that is on, in words."""
    value = "" if one.value == NOT_TOLD else one.value
    if one.name == "course":
        return _("the course “%(course)s”", course=course_name(value, courses))
    words = {"category": category_name, "sex": sex_name, "grade": grade_name, "track": track_name}
    return words[one.name](value)


def only(on: Iterable[Filter], courses: Mapping[str, Course]) -> str:
    """Every filter that is on, as it stands above a table; "" when none is."""
    told = ", ".join(narrowed(one, courses) for one in on)
    return f"{_('Only counted:')} {told}" if told else ""


def state_choices(states: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, filter_name(one)) for one in states]


def part_name(part: str) -> str:
    return {"lessons": _("lessons"), "test": _("test"), "class": _("class")}.get(part, part)


def lacking(line: PersonLine, one: Ruled) -> str:
    """What a person has not done yet; of who has, when and how well that is proved."""
    several = len(one.rule.courses) > 1
    lacks = []
    for lack in line.lacks:
        parts = ", ".join(part_name(part) for part in lack.parts)
        course = lack.course if several or not parts else ""
        lacks.append(": ".join(text for text in (course, parts) if text))
    if line.done_on:
        done = _("completed on %(day)s", day=short_date(line.done_on))
        lacks.append(f"{done}: {proved(line.grade)}" if line.grade else done)
    return "; ".join(lacks)


def posted(line: PersonLine) -> list[str]:
    """Where a person works, and as what."""
    return [
        f"{name} ({posting.position})" if posting.position else name
        for name, posting in zip(line.units, line.postings, strict=True)
    ]


def why(line: PersonLine) -> str:
    """Why this person stands where they stand."""
    detail = line.detail
    sentences = {
        "on_leave": _("On leave: %(why)s", why=detail),
        "excepted": _("Exempt: %(why)s", why=detail),
        "outside": _("Outside the rule (%(category)s)", category=detail or _("category not known")),
        "newcomer": _("New: not counted in the first %(days)s days", days=detail),
        "category_ended": _("The category has ended (%(category)s); nobody has told the new one", category=detail),
        "support_unknown": _("Nobody has told whether they directly assist"),
        "category_unknown": _("Nobody has told their category"),
        "supports": _("Directly assists"),
        "category": _("Belongs by category: %(category)s", category=detail),
        "named": _("Named by the office: %(why)s", why=detail),
    }
    return sentences[line.why]


def reading(one: Ruled) -> str:
    """Whom the rule counts, in one sentence."""
    rule = one.rule
    if rule.direct_support:
        return _("Counted: whoever directly assists, of any category.")
    narrow = _("narrow reading") if rule.reading == "narrow" else _("wide reading")
    return _("Counted (%(reading)s): %(categories)s.", reading=narrow, categories=", ".join(rule.categories))


def needed(one: Ruled, courses: Mapping[str, Course]) -> str:
    """What counts as trained, in one sentence."""
    titles = ", ".join(f"“{courses[slug].title if slug in courses else slug}”" for slug in one.rule.courses)
    if not titles:
        return _("No course is named yet, so nobody counts as trained.")
    if len(one.rule.courses) == 1:
        return _("Trained: completed %(course)s.", course=titles)
    if one.rule.courses_needed == "any":
        return _("Trained: completed one of %(courses)s.", courses=titles)
    return _("Trained: completed all of %(courses)s.", courses=titles)


def rule(question: Question, one: Ruled, courses: Mapping[str, Course]) -> str:
    """The rule in force, as it stands under every table."""
    kept = one.rule
    since, last = question.since(one)
    proofs = question.grades(one)
    sentences = [reading(one), needed(one, courses)]
    if one.indicator.kind == "places":
        sentences.append(_("Enough: at least %(least)s people in each place.", least=kept.least))
    sentences.append(_("Anew each year.") if kept.once == "year" else _("Once in the period."))
    if len(proofs) < len(GRADES):
        sentences.append(_("Accepted proofs: %(proofs)s.", proofs=", ".join(proof_name(proof) for proof in proofs)))
    if kept.valid_months:
        sentences.append(_("Training counts for %(months)s months.", months=kept.valid_months))
    if kept.grace_days:
        sentences.append(_("Newcomers are not counted in their first %(days)s days.", days=kept.grace_days))
    sentences.append(_("From %(first)s to %(last)s.", first=short_date(since), last=short_date(last)))
    if kept.count_on:
        sentences.append(_("A year is counted on %(day)s.", day=month_day(kept.count_on)))
    sentences.append(_("Rule on record since %(moment)s.", moment=short_datetime(one.row.recorded_at)))
    return " ".join(sentences)


def month_day(text: str) -> str:
    """ "11-30" as people write it: 30/11."""
    month, _dash, day = text.partition("-")
    return f"{day}/{month}" if day else ""


def proof_name(grade: str) -> str:
    return {"test": _("test"), "roll": _("roll"), "document": _("approved document"), "claim": _("claim")}.get(
        grade, grade
    )


def mark(line: Line, marks: Marks) -> str:
    """Whether the lists that a row rests on are confirmed; "" when all are."""
    if line.own:
        return _("not confirmed") if line.unit_id in marks.own else ""
    count = marks.below.get(line.unit_id, 0)
    if count == 1 and line.unit_id in marks.own:
        return _("not confirmed")
    return ngettext("%(num)s list not confirmed", "%(num)s lists not confirmed", count) if count else ""


def unconfirmed(marks: Marks) -> str:
    """How many lists nobody has confirmed; "" when all are."""
    if not marks.total:
        return ""
    return ngettext(
        "%(num)s unit has not confirmed its list", "%(num)s units have not confirmed their lists", marks.total
    )


def place_noun(told: Places) -> str:
    """What the places are called: commune, ward, …"""
    nouns = {"commune": _("communes"), "township": _("townships"), "ward": _("wards")}
    kinds = {one.kind for one in told.lines}
    return ", ".join(noun for kind, noun in nouns.items() if kind in kinds) or _("places")


def enough(n: int, of: int, least: int) -> str:
    """The answer of an indicator of places, in one line."""
    return _("%(n)s/%(of)s places with at least %(least)s trained people", n=n, of=of, least=least)


def names(people: Iterable[Someone]) -> str:
    return ", ".join(one.person.full_name for one in people)


def until(people: Iterable[Someone]) -> str:
    """Each with the first day on which the training no longer counts."""
    return ", ".join(f"{one.person.full_name} ({short_date(one.until)})" for one in people if one.until)


def causes(found: Iterable[Mapping[str, str]]) -> list[str]:
    """Why a place fell short, without names: one sentence for each way and day."""
    counts = Counter((cause["why"], cause["on"]) for cause in found)
    return [cause(why, date.fromisoformat(on), count) for (why, on), count in counts.items()]


def cause(why: str, on: date, count: int) -> str:
    day = short_date(on)
    words = {
        "left": ngettext("One person left on %(day)s.", "%(num)s people left on %(day)s.", count, day=day),
        "on_leave": ngettext(
            "One person is on leave since %(day)s.", "%(num)s people are on leave since %(day)s.", count, day=day
        ),
        "expired": ngettext(
            "One person's training expired on %(day)s.", "%(num)s people's training expired on %(day)s.", count, day=day
        ),
        "retracted": ngettext(
            "One person's completion was taken back on %(day)s.",
            "%(num)s people's completions were taken back on %(day)s.",
            count,
            day=day,
        ),
        "rule": ngettext(
            "One person is not counted any more since %(day)s.",
            "%(num)s people are not counted any more since %(day)s.",
            count,
            day=day,
        ),
    }
    return words[why]
