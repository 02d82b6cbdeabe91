"""Accounts of another house that are linked to ours, by (issuer, subject): by the holder, signed in, or by a code of the administrator."""

import secrets

from sqlalchemy import ColumnElement, select, update

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people.factors import rules
from lms.people.factors.models import LinkCode, OidcIdentity
from lms.people.factors.telling import tell
from lms.people.models import Account
from lms.people.oidc import Identity

DOOR = "link"  # where wrong codes are counted


def account_of(identity: Identity) -> Account | None:
    """Whose it is, if it was linked and the account is open."""
    return db.session.scalar(
        select(Account)
        .join(OidcIdentity, OidcIdentity.account_id == Account.id)
        .where(_same(identity), OidcIdentity.superseded_at == CURRENT, Account.disabled_at.is_(None))
    )


def of_account(account_id: int) -> list[OidcIdentity]:
    """What is linked to an account."""
    query = select(OidcIdentity).where(OidcIdentity.account_id == account_id, OidcIdentity.superseded_at == CURRENT)
    return list(db.session.scalars(query.order_by(OidcIdentity.id)))


def link(account_id: int, identity: Identity, *, by: int | None) -> None:
    """From now on it opens this account. Linking twice changes nothing."""
    whose = db.session.scalar(
        select(OidcIdentity.account_id).where(_same(identity), OidcIdentity.superseded_at == CURRENT)
    )
    if whose == account_id:
        return
    if whose is not None:
        raise Refused("That account of the other house is linked to somebody else here. Tell the administrator.")
    row = OidcIdentity(
        account_id=account_id, issuer=identity.issuer, subject=identity.subject, linked_at=now(), linked_by=by
    )
    db.session.add(row)
    db.session.flush()
    tell(account_id, "identity_linked", by=by, identity=row.id)
    db.session.flush()


def unlink(row: OidcIdentity, *, by: int | None) -> None:
    """It opens nothing any more."""
    row.superseded_at = now()
    tell(row.account_id, "identity_unlinked", by=by, identity=row.id)
    db.session.flush()


def new_code() -> str:
    """The secret part of a code that links (its hash costs some 50 ms: make it before the transaction begins to write)."""
    return "".join(secrets.choice(rules.LETTERS) for _ in range(rules.CODE_LENGTH))


def keep_code(account_id: int, code_hash: str, *, by: int | None) -> None:
    """It holds for a week, for this account; those of before do not count any more."""
    moment = now()
    unused = update(LinkCode).where(LinkCode.account_id == account_id, LinkCode.used_at.is_(None))
    db.session.execute(unused.values(used_at=moment))
    expires_at = moment + rules.LINK_HOLDS
    db.session.add(
        LinkCode(account_id=account_id, code_hash=code_hash, made_at=moment, made_by=by, expires_at=expires_at)
    )
    tell(account_id, "link_code_made", by=by)
    db.session.flush()


def find_code(account_id: int) -> LinkCode | None:
    """The code that may be used for this account."""
    return db.session.scalar(
        select(LinkCode)
        .join(Account, Account.id == LinkCode.account_id)
        .where(
            LinkCode.account_id == account_id,
            LinkCode.used_at.is_(None),
            LinkCode.expires_at > now(),
            Account.disabled_at.is_(None),
        )
        .order_by(LinkCode.id.desc())
        .limit(1)
    )


def use_code(row: LinkCode) -> bool:
    """Whether it was still unused: of two at the same moment, one hears no."""
    spent = update(LinkCode).where(LinkCode.id == row.id, LinkCode.used_at.is_(None)).values(used_at=now())
    return db.session.execute(spent.returning(LinkCode.id)).first() is not None


def _same(identity: Identity) -> ColumnElement[bool]:
    return (OidcIdentity.issuer == identity.issuer) & (OidcIdentity.subject == identity.subject)
