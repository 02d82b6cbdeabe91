"""A rule in words: what it says, and what is different in another one."""

from collections.abc import Mapping

from lms.coverage.words import course_name, month_day, proof_name
from lms.kernel.i18n import gettext as _
from lms.tracks.course import Course
from lms.tracks.rules import PopulationRule

Courses = Mapping[str, Course]
PRESETS: dict[str, tuple[str, ...]] = {  # the two readings of the plan's first target, part I.2
    "wide": ("cán bộ", "công chức", "viên chức", "nhân viên", "cộng tác viên"),
    "narrow": ("nhân viên", "cộng tác viên"),
}


def reading_name(reading: str) -> str:
    return {"wide": _("Wide reading"), "narrow": _("Narrow reading")}.get(reading, reading)


def reading_means(reading: str) -> str:
    """Whom a reading of the plan's sentence counts."""
    return {
        "wide": _("Every official, civil servant, public employee, staff member and collaborator at the grassroots."),
        "narrow": _(
            "Only staff and collaborators of social work, and civil servants for labour and social affairs. The register "
            "knows categories, not fields of work: name those civil servants one by one as “has to be trained”."
        ),
    }.get(reading, "")


def described(rule: PopulationRule, courses: Courses) -> list[tuple[str, str]]:
    """(what, how) of everything a rule says, in the order of the form."""
    return [
        (_("Reading"), "" if rule.direct_support else reading_name(rule.reading)),
        (_("Counted"), _("only those who directly assist") if rule.direct_support else ", ".join(rule.categories)),
        (_("Courses"), "; ".join(course_name(slug, courses) for slug in rule.courses)),
        (_("Of several courses"), _("one is enough") if rule.courses_needed == "any" else _("all of them")),
        (_("How often"), _("each year") if rule.once == "year" else _("once in the period")),
        (_("Newcomers' grace"), _("%(days)s days", days=rule.grace_days) if rule.grace_days else _("no days of grace")),
        (_("Training holds"), _("%(months)s months", months=rule.valid_months) if rule.valid_months else _("for good")),
        (_("Accepted proofs"), ", ".join(proof_name(one) for one in rule.grades)),
        (_("Day of counting"), month_day(rule.count_on) or _("the last day of the year")),
        (_("In each place at least"), str(rule.least) if rule.least else ""),
    ]


def changes(old: PopulationRule, new: PopulationRule, courses: Courses) -> list[tuple[str, str, str]]:
    """(what, before, after) of everything that is different."""
    pairs = zip(described(old, courses), described(new, courses), strict=True)
    return [(what, before or "–", after or "–") for (what, before), (_same, after) in pairs if before != after]


def move_name(move: str) -> str:
    """A group of people whom the change concerns."""
    return {
        "in": _("have to be trained from now on"),
        "out": _("no longer have to be trained"),
        "lost": _("no longer counted as trained"),
        "gained": _("now counted as trained"),
    }.get(move, _("concerned by the change"))
