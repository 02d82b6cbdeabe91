"""Why a person stands where they stand, said to them or of them."""

from lms.coverage.reasons import Held, Reason
from lms.coverage.rules import State
from lms.coverage.words import proof_name, why
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import short_date
from lms.people.models import Standing


def answer(reason: Reason, *, own: bool) -> str:
    """The one sentence that answers the question."""
    if reason.state is None or reason.line is None:
        return (
            _("You are on no list of this plan's units on that day.")
            if own
            else _("On no list of the plan's units that you see on that day.")
        )
    if reason.line.why == "outside" and reason.one.rule.direct_support:
        return _("Does not directly assist, and the rule counts only who does.")
    return f"{why(reason.line)}."


def state_of(reason: Reason) -> tuple[str, str]:
    """(words, badge)."""
    if reason.state is None:
        return _("not on the list"), "plain"
    return {
        State.DONE: (_("has to be trained; is trained"), "good"),
        State.NOT_DONE: (_("has to be trained; not yet trained"), "wait"),
        State.UNKNOWN: (_("not known"), "bad"),
        State.ON_LEAVE: (_("on leave: not counted"), "plain"),
        State.EXEMPT: (_("does not have to be trained"), "plain"),
    }[reason.state]


def binding(binds: bool | None) -> str:
    """Whether the rule binds a posting."""
    return {True: _("this asks for it"), False: _("the rule does not count this"), None: _("cannot be told")}[binds]


def assists(direct_support: bool | None) -> str:
    return {True: _("directly assists"), False: _("does not directly assist"), None: _("direct assistance not known")}[
        direct_support
    ]


def completion(held: Held) -> str:
    """Whether a completion counts, and how long."""
    sentences = {
        "counts": _("counts until %(day)s", day=short_date(held.until)),
        "before": _("not within the days that count"),
        "expired": _("expired after %(day)s", day=short_date(held.until)),
        "proof": _("this proof is not accepted"),
    }
    return f"{proof_name(held.grade)}; {sentences[held.code]}"


def exception_name(row: Standing) -> str:
    return {
        "exempt": _("exempt"),
        "on_leave": _("on leave"),
        "required": _("named: has to be trained"),
    }.get(row.kind, row.kind)
