"""The roll of a half-day: taken, closed after a look at the exceptions, corrected with a reason."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.attendance import actions, people_queries, queries, rolls, rules
from lms.attendance.forms import CorrectionForm
from lms.attendance.rules import STATES, Tap
from lms.attendance.views.blueprint import LEADERS, bp
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.fields import LARGEST
from lms.kernel.forms import choices_of, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.kernel.once import given_id, new_id
from lms.kernel.refused import Refused


@bp.get("/<int:class_id>/sessions/<int:session_id>/roll")
@door(*LEADERS)
def roll(class_id, session_id):
    return page(class_id, session_id)


@bp.post("/<int:class_id>/sessions/<int:session_id>/roll")
@door(*LEADERS)
def save(class_id, session_id):
    _find(class_id, session_id)
    seated = [seat.person_id for seat in rolls.seats_of(class_id)]
    sent = {one: state for one in seated if (state := request.form.get(f"state-{one}", "")) in STATES}
    shown = rolls.roll_of(session_id, up_to=_seen())
    batch = given_id() or new_id()
    taps = [Tap(person_id, state, f"{batch}:{person_id}") for person_id, state in rules.changed(sent, shown).items()]
    if request.form.get("then") == "all":
        new = actions.mark_all_present(session_id, batch, by=current_user.account_id)
    else:
        new = actions.save_roll(session_id, taps, by=current_user.account_id)
    flash(ngettext("%(num)s mark was saved.", "%(num)s marks were saved.", new), "good")
    then = ".closing" if request.form.get("then") == "close" else ".roll"
    return redirect(url_for(then, class_id=class_id, session_id=session_id), 303)


@bp.get("/<int:class_id>/sessions/<int:session_id>/closing")
@door(*LEADERS)
def closing(class_id, session_id):
    row, session, sight = _find(class_id, session_id)
    people = people_queries.seated(row, sight)
    states = {line.id: line.states.get(session_id) for line in people}
    return render_template(
        "attendance/closing.html",
        row=row,
        session=session,
        exceptions=[line for line in people if states[line.id] not in (None, "present")],
        unmarked=[line for line in people if states[line.id] is None],
        count=rules.count({one: state for one, state in states.items() if state}, states),
        last=len(rolls.closings_of(class_id)) == len(row.sessions) - 1,
    )


@bp.post("/<int:class_id>/sessions/<int:session_id>/closing")
@door(*LEADERS)
def close(class_id, session_id):
    row, _session, _sight = _find(class_id, session_id)
    actions.close_roll(session_id, by=current_user.account_id)
    if row.closed_at:
        flash(_("The roll is closed, and with it the class. Completions are recorded."), "good")
    else:
        flash(_("The roll is closed."), "good")
    return redirect(url_for(".roll", class_id=class_id, session_id=session_id), 303)


@bp.post("/<int:class_id>/sessions/<int:session_id>/corrections")
@door(*LEADERS)
def correct(class_id, session_id):
    row, _session, sight = _find(class_id, session_id)
    form = _correction_form(people_queries.seated(row, sight), request.form)
    if not form.validate():
        return page(class_id, session_id, form), 422
    try:
        actions.correct_mark(
            session_id,
            form.person_id.data,
            form.state.data,
            given_id() or new_id(),
            reason=form.reason.data,
            by=current_user.account_id,
        )
    except Refused as refused:
        refuse(form, refused)
        return page(class_id, session_id, form), 409
    flash(_("The correction is recorded."), "good")
    return redirect(url_for(".roll", class_id=class_id, session_id=session_id), 303)


def page(class_id, session_id, form=None):
    """The roll to take, or as it was closed with its corrections."""
    row, session, sight = _find(class_id, session_id)
    people = people_queries.seated(row, sight)
    closed = rolls.closing_of(session_id)
    states = {line.id: line.states[session_id] for line in people if session_id in line.states}
    seen = rolls.last_mark(session_id)
    return render_template(
        "attendance/roll.html" if closed is None else "attendance/closed_roll.html",
        row=row,
        session=session,
        people=people,
        states=states,
        count=rules.count(states, [line.id for line in people]),
        closing=closed,
        corrections=people_queries.corrections(session_id) if closed else [],
        seen=seen,
        draft=f"{session_id}-{seen}-{'.'.join(str(line.id) for line in people)}",
        ahead=session.on > today(),
        form=form or _correction_form(people),
    )


def _find(class_id, session_id):
    """The class, its half-day and the viewer's sight of it, for who keeps its rolls."""
    row, sight = queries.find(current_user, class_id)
    session = next((one for one in row.sessions if one.id == session_id), None) or missing()
    return (row, session, sight) if sight.leads else missing()


def _seen():
    """Up to which mark the sent page knew the roll."""
    seen = request.form.get("seen", 0, type=int)
    return seen if 0 <= seen <= LARGEST else 0


def _correction_form(people, formdata=None):
    form = CorrectionForm.filled(formdata) if formdata is not None else CorrectionForm()
    form.person_id.choices = choices_of(((line.id, line.name) for line in people), empty=_("Choose a person"))
    return form
