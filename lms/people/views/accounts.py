"""Ways in: opened for the people of a unit, handed over on paper, ended; and roles."""

from concurrent.futures import ThreadPoolExecutor

from flask import Response, current_app, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel import once, pdf
from lms.kernel.access import door, fresh, missing
from lms.kernel.clock import now, today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.kernel.spans import STILL
from lms.kernel.vietnamese import tidy
from lms.people import account_queries, actions, queries, register_queries, rules, slip_paper
from lms.people.forms import ROLES, GrantForm, SlipsForm
from lms.people.register_queries import Filters
from lms.people.roles import Role
from lms.people.slip_paper import A_SHEET
from lms.people.views.room import bp, number_of

KEEPERS = (Role.FOCAL, Role.OFFICE, Role.ADMIN)


@bp.get("/accounts")
@door(*KEEPERS)
def accounts():
    """The people of my units, and who has a way in."""
    return _accounts_page(SlipsForm())


def _accounts_page(form):
    wanted = Filters(words=tidy(request.args.get("q", "")[:200]), unit_id=number_of(request.args.get("unit", "")))
    query = register_queries.found_persons(current_user, wanted)
    page = page_of(query, page=request.args.get("page", 1), per_page=A_SHEET)
    found = account_queries.accounts_of(page.rows)
    return render_template(
        "people/accounts.html",
        wanted=wanted,
        page=page,
        lines=register_queries.lines_of(current_user, page.rows),
        accounts=found,
        slips=account_queries.slips_of(found.values()),
        now=now(),
        units=register_queries.unit_choices(queries.unit_scope(current_user), queries.units_at(today())),
        address={name: value for name, value in request.args.items() if name != "page" and value},
        form=form,
    )


@bp.post("/accounts")
@door(*KEEPERS)
@fresh
def print_slips():
    """First slips for chosen people, whose accounts are opened if need be: shown this once."""
    form = SlipsForm.filled(request.form)
    form.person.choices = [one for one in request.form.getlist("person") if number_of(one)]
    if not form.validate() or len(form.person.data) > A_SHEET:
        form.form_errors.append(_("Choose between 1 and %(most)s persons.", most=A_SHEET))
        return _accounts_page(form), 422
    account_queries.slip_receivers(current_user, form.person.data)
    codes = _codes(len(form.person.data))
    made = []
    for (person, account), secret in zip(
        account_queries.slip_receivers(current_user, form.person.data), codes, strict=True
    ):
        if account and account.password_hash:
            raise Refused("Somebody chosen signs in already. On their own page you print a slip for a new passphrase.")
        opened = account or actions.add_account(person, by=current_user.account_id)
        made.append((person, opened, secret[0], actions.make_slip(opened, secret, by=current_user.account_id)))
    return _sheet(made)


def _codes(count):
    """Codes and their hashes, made while nobody waits for us to write.

    The transaction so far has only read and taken the form's once-id: it is given up, and the id taken again in a way that
    keeps no answer, since the answer shows the codes.
    """
    db.session.rollback()
    with ThreadPoolExecutor(2) as two:  # hashing lets go of Python's lock: sixty take a second and a half, not three
        codes = list(two.map(lambda _number: actions.new_code(), range(count)))
    once.claim_for_once()
    return codes


def _sheet(made):
    """The slips on a page to print, or as a PDF; `made`: (person or None, account, code, row)."""
    lines = register_queries.lines_of(current_user, [person for person, *_rest in made if person])
    settings = current_app.config["SETTINGS"]
    named = (
        settings.site_url or settings.trusted_hosts
    )  # not named: only this machine reaches us, under the address it typed
    site = settings.site_address if named else request.host_url.rstrip("/")
    slips = [
        slip_paper.slip(
            account,
            code,
            row.expires_at,
            name=person.full_name if person else account.username,
            unit="; ".join(line.unit_name for line in lines.get(person.id, [])) if person else "",
            site=site,
        )
        for person, account, code, row in made
    ]
    values = {"slips": slips, "address": site.partition("://")[2], "site": settings.site_name}
    if request.form.get("as") != "pdf":
        return render_template("people/slips.html", **values)
    answer = Response(pdf.render("people/slips_pdf.html", **values), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename="phieu-dang-nhap.pdf")
    return answer


@bp.get("/accounts/<int:account_id>")
@door(*KEEPERS)
def account(account_id):
    """One account: its roles, and what can be done with it."""
    page = account_queries.account_page(current_user, account_id)
    return _account_page(page, _grant_form())


def _grant_form(formdata=None):
    mine = account_queries.powers(current_user)
    form = GrantForm.filled(formdata) if formdata is not None else GrantForm()
    return form.offer(mine.grantable, register_queries.unit_choices(mine.grantable_over, queries.units_at(today())))


def _account_page(page, form):
    may_grant = bool(account_queries.powers(current_user).grantable)
    return render_template(
        "people/account.html",
        page=page,
        form=form,
        may_grant=may_grant,
        words=dict(ROLES),
        sign_ins=account_queries.sign_ins_of(page.account.id) if page.may_handle else [],
        slip=account_queries.slips_of([page.account]).get(page.account.id),
        now=now(),
    )


@bp.post("/accounts/<int:account_id>/slips")
@door(*KEEPERS)
@fresh
def print_slip(account_id):
    """A slip for a new passphrase, shown once. What they have goes on working until the slip is used."""
    _handled(account_id)
    secret = _codes(1)[0]
    page = _handled(account_id)
    row = actions.make_slip(page.account, secret, by=current_user.account_id)
    return _sheet([(page.person, page.account, secret[0], row)])


@bp.post("/accounts/<int:account_id>/sign-ins/ends")
@door(*KEEPERS)
def end_sign_ins(account_id):
    """One of their devices is signed out, or all of them."""
    page, one = _handled(account_id), number_of(request.form.get("sign_in", ""))
    if one and one not in {row.id for row in account_queries.sign_ins_of(account_id)}:
        missing()
    actions.end_sign_ins(page.account, one, by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)


@bp.post("/accounts/<int:account_id>/disablings")
@door(*KEEPERS)
def disable(account_id):
    """No more signing in, at once."""
    actions.disable_account(_handled(account_id).account, by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)


@bp.post("/accounts/<int:account_id>/enablings")
@door(*KEEPERS)
def enable(account_id):
    """The account works again."""
    actions.enable_account(_handled(account_id).account, by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)


def _handled(account_id):
    page = account_queries.account_page(current_user, account_id)
    return page if page.may_handle else missing()


@bp.post("/accounts/<int:account_id>/roles")
@door(Role.OFFICE, Role.ADMIN)
@fresh
def grant(account_id):
    """Grant a role over a unit and all below it: none that the one who grants could not."""
    page, form = account_queries.account_page(current_user, account_id), _grant_form(request.form)
    if not form.validate():
        return _account_page(page, form), 422
    if not account_queries.powers(current_user).may_grant(form.role.data, form.unit.data):
        missing()
    try:
        last = form.last_day.data
        until = rules.day_after(last) if last else STILL
        actions.grant_role(account_id, form.role.data, form.unit.data, valid_to=until, by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _account_page(account_queries.account_page(current_user, account_id), form), 409
    return redirect(url_for(".account", account_id=account_id), 303)


@bp.post("/accounts/<int:account_id>/roles/<int:grant_id>/ends")
@door(Role.OFFICE, Role.ADMIN)
@fresh
def end_role(account_id, grant_id):
    """The role ends today."""
    grant = account_queries.grant_of(current_user, account_id, grant_id)
    actions.end_role(grant, on=today(), by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)
