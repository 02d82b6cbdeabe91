"""Codes of an app on a phone (TOTP): the secret is shown once, as a picture and as text, and kept sealed."""

import hmac

import pyotp
from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.sealing import opened, seal
from lms.kernel.settings import setting
from lms.people.factors import proving, rules
from lms.people.factors.models import CodeApp
from lms.people.factors.telling import tell

OFFER_HOLDS = 1800  # seconds to take the phone out, install an app and type a code
KEPT, OFFERED = "code app", "code app offered"


def still_offered(account_id: int, sealed: str) -> tuple[str, str]:
    """The secret that a page shows, and the same sealed, which the page carries and the database does not: as before when the
    page comes back after a wrong code, another one when it was left open for too long."""
    secret = offered_secret(account_id, sealed)
    if secret is None:
        secret = pyotp.random_base32(32)  # 160 bits, as RFC 4226 recommends
        sealed = seal(OFFERED, {"account": account_id, "secret": secret})
    return secret, sealed


def offered_secret(account_id: int, sealed: str) -> str | None:
    """The secret of an offer made to this account in the last half hour."""
    values = opened(OFFERED, sealed, seconds=OFFER_HOLDS)
    return str(values["secret"]) if values and values["account"] == account_id else None


def address_of(secret: str, username: str) -> str:
    """What the QR code says to the app (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=setting("site_name"))


def fits(secret: str, typed: str) -> bool:
    """Whether an app with this secret shows that code now."""
    return _step_of(secret, typed) is not None


def set_up(account_id: int, secret: str, typed: str, *, by: int | None) -> bool:
    """From now on this app's codes count, the former app's do not; False when the code does not fit the secret."""
    step = _step_of(secret, typed)
    if step is None:
        return False
    take_off(account_id)
    app = CodeApp(account_id=account_id, sealed=seal(KEPT, {"secret": secret}), set_up_at=now())
    db.session.add(app)
    db.session.flush()
    proving.spend(f"code {app.id} {step}")  # the code that proved the set-up opens no door afterwards
    tell(account_id, "code_app_set_up", by=by)
    db.session.flush()
    return True


def check(account_id: int, typed: str) -> bool:
    """Whether the app shows this code now, and it was not used before."""
    app = of_account(account_id)
    values = opened(KEPT, app.sealed) if app else None
    step = _step_of(str(values["secret"]), typed) if values else None
    return app is not None and step is not None and proving.spend(f"code {app.id} {step}")


def of_account(account_id: int) -> CodeApp | None:
    """The app that counts, if one was set up."""
    return db.session.scalar(select(CodeApp).where(CodeApp.account_id == account_id, CodeApp.superseded_at == CURRENT))


def take_off(account_id: int) -> bool:
    """Its codes no longer count; whether there was one."""
    app = of_account(account_id)
    if app is None:
        return False
    app.superseded_at = now()
    app.sealed = ""  # nobody needs the secret any more
    db.session.flush()
    return True


def _step_of(secret: str, typed: str) -> int | None:
    code = rules.digits(typed)
    if code is None:
        return None
    totp = pyotp.TOTP(secret)
    return next((step for step in rules.steps_at(now()) if hmac.compare_digest(totp.generate_otp(step), code)), None)
