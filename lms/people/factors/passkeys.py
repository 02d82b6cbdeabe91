"""Passkeys (WebAuthn): a key pair on a phone or computer, opened with its screen lock, found without typing a user name.

The address they belong to comes from the configuration (`Config.passkey_origin`), never from the request. The screen lock is
demanded (`user verification`), so one passkey is two factors: the device, and what unlocks it.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import or_, select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.sealing import opened, seal
from lms.kernel.settings import setting
from lms.people.factors import proving, rules
from lms.people.factors.models import Passkey
from lms.people.factors.telling import tell
from lms.people.models import Account

HOLDS = 600  # seconds between the question and the answer
Options = PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions
MAKE, SHOW = "passkey new", "passkey shown"


@dataclass(frozen=True)
class Asked:
    """What the browser is asked (WebAuthn's options as JSON), and the sealed question that comes back with the answer."""

    options: dict[str, object]
    sealed: str


@dataclass(frozen=True)
class Made:
    """A new passkey that was proved and is not kept yet; the fields of `Passkey`."""

    credential_id: str
    user_handle: str
    public_key: bytes
    sign_count: int
    synced: bool


class NotRight(Exception):
    """What the device answered does not fit what it was asked."""


def ask_new(account: Account, shown_name: str, browser: str) -> Asked:
    """Ask for a new passkey of this account. `browser`: a value of that browser alone, so that nobody else can answer."""
    mine = of_account(account.id)
    rules.check_one_more(len(mine))
    question = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=setting("site_name"),
        user_id=base64url_to_bytes(mine[0].user_handle) if mine else secrets.token_bytes(32),
        user_name=account.username,
        user_display_name=shown_name,
        challenge=secrets.token_bytes(32),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in mine],
    )
    handle = bytes_to_base64url(question.user.id)
    return _asked(MAKE, question, question.challenge, browser, account=account.id, handle=handle)


def proved(account_id: int, sealed: str, answer: str, browser: str) -> Made:
    """What the device made, if it answers what it was asked. Writes nothing. Raises `NotRight`."""
    values = _question(MAKE, sealed, browser)
    if values["account"] != account_id:
        raise NotRight("asked of another account")
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(values["challenge"]),
            expected_rp_id=_host(),
            expected_origin=setting("passkey_origin"),
            require_user_verification=True,
        )
    except Exception as error:  # malformed answers leave the library in many shapes; each of them is a no
        raise NotRight(str(error)) from error
    return Made(
        credential_id=bytes_to_base64url(made.credential_id),
        user_handle=values["handle"],
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        synced=made.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
    )


def keep(account_id: int, made: Made, name: str) -> Passkey:
    """From now on it opens the account. Raises `NotRight` for one that somebody has already."""
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise NotRight("known already")
    rules.check_one_more(len(of_account(account_id)))
    row = Passkey(account_id=account_id, name=name, made_at=now(), **asdict(made))
    db.session.add(row)
    db.session.flush()
    tell(account_id, "passkey_added", by=account_id, passkey=row.id)
    return row


def ask_shown(browser: str, account_id: int | None = None) -> Asked:
    """Ask to show a passkey: any that belongs here, or one of this account (the second step of signing in)."""
    mine = of_account(account_id) if account_id is not None else []
    question = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=secrets.token_bytes(32),
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in mine],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _asked(SHOW, question, question.challenge, browser, account=account_id)


def shown(sealed: str, answer: str, browser: str) -> Passkey:
    """The passkey that was shown, its counter moved on. Raises `NotRight`; each question is answered once.

    A counter that went back is told to the holder: commit also then (the view answers with a redirect).
    """
    values = _question(SHOW, sealed, browser)
    row = _of_answer(answer)
    if row is None or values["account"] not in {None, row.account_id}:
        raise NotRight("no passkey of ours")
    try:
        said = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(values["challenge"]),
            expected_rp_id=_host(),
            expected_origin=setting("passkey_origin"),
            credential_public_key=row.public_key,
            credential_current_sign_count=0,  # its counter is judged below, so that the holder can be told
            require_user_verification=True,
        )
    except Exception as error:  # malformed answers leave the library in many shapes; each of them is a no
        raise NotRight(str(error)) from error
    if not proving.spend(f"passkey {hashlib.sha256(values['challenge'].encode()).hexdigest()}"):
        raise NotRight("answered before")
    if not _moved_on(row, said.new_sign_count):
        tell(row.account_id, "passkey_counter", by=None, passkey=row.id)
        raise NotRight("the counter went back")
    return row


def _moved_on(row: Passkey, said: int) -> bool:
    """Note what the counter says now; False when it did not move on (a copy may be about: WebAuthn 7.2, step 22)."""
    if not rules.counts_on(row.sign_count, said):
        return False
    moved = (
        update(Passkey)
        .where(Passkey.id == row.id, or_(Passkey.sign_count < said, Passkey.sign_count == 0))
        .values(sign_count=said, used_at=now())
        .returning(Passkey.id)
    )
    return db.session.execute(moved).first() is not None


def of_account(account_id: int) -> list[Passkey]:
    """The passkeys that count, the oldest first."""
    query = select(Passkey).where(Passkey.account_id == account_id, Passkey.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Passkey.id)))


def rename(row: Passkey, name: str) -> None:
    """Another name, to know it by."""
    row.name = name
    db.session.flush()


def take_off(row: Passkey, *, by: int | None) -> None:
    """It opens nothing any more."""
    row.ended_at = now()
    tell(row.account_id, "passkey_removed", by=by, passkey=row.id)
    db.session.flush()


def _of_answer(answer: str) -> Passkey | None:
    """The passkey that the device says it used, if we know it and its account is open."""
    try:
        said = json.loads(answer)
        credential_id = said["id"]
        handle = said["response"].get("userHandle")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(credential_id, str) or not credential_id.isascii() or "\x00" in credential_id:
        return None
    row = db.session.scalar(
        select(Passkey)
        .join(Account, Account.id == Passkey.account_id)
        .where(Passkey.credential_id == credential_id, Passkey.ended_at.is_(None), Account.disabled_at.is_(None))
    )
    return row if row and handle in {None, "", row.user_handle} else None


def _asked(purpose: str, question: Options, challenge: bytes, browser: str, **values: object) -> Asked:
    sealed = seal(purpose, {"challenge": bytes_to_base64url(challenge), "browser": browser, **values})
    return Asked(json.loads(webauthn.options_to_json(question)), sealed)


def _question(purpose: str, sealed: str, browser: str) -> dict[str, Any]:
    values = opened(purpose, sealed, seconds=HOLDS)
    if values is None or values["browser"] != browser:
        raise NotRight("no question of ours, or too long ago")
    return values


def _host() -> str:
    return urlsplit(setting("passkey_origin")).hostname or ""


def usable_at(address: str) -> bool:
    """Whether passkeys work on a page of this address (scheme, host and port)."""
    return address.rstrip("/") == setting("passkey_origin") and not _is_number(_host())


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
