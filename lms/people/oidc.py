"""Signing in with an account of another house (OpenID Connect 1.0, code flow with PKCE, RFC 7636). Knows no page and no table.

The switch is `OIDC_ISSUER`. All that is asked, is asked of that issuer's own scheme, host and port: the transport has no way to any
other (a redirect or an address of elsewhere in its configuration ends here). The e-mail and the name that it tells are not even read.
"""

import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException

from lms.kernel.clock import now
from lms.kernel.settings import setting

HOLDS = 600  # seconds between leaving for the provider and coming back
PATIENCE = (3.05, 6)  # seconds to connect, and between bytes
LEEWAY = 120  # seconds that the provider's clock may differ
SIGNED_BY = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)  # never none or HS…


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does."""


class NotProved(Exception):
    """What came back does not prove who it is."""


@dataclass(frozen=True)
class Started:
    """Where to go, and what this browser keeps until it is back (in its signed cookie)."""

    address: str
    kept: dict[str, Any]


@dataclass(frozen=True)
class Identity:
    """Who it is for the provider; never an e-mail address, which can be given to somebody else."""

    issuer: str
    subject: str


def is_on() -> bool:
    """Whether an issuer is configured."""
    return bool(setting("oidc_issuer"))


def start(back: str) -> Started:
    """Begin at the provider, to come back to the address `back`. Raises `ProviderAway`."""
    kept = {name: generate_token(48) for name in ("state", "nonce", "verifier")}
    with _session(back) as session:
        address, _state = session.create_authorization_url(
            _told(session)["authorization_endpoint"],
            state=kept["state"],
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
        )
    return Started(address, {**kept, "at": now().timestamp()})


def identity_of(back: str, kept: dict[str, Any], *, state: str, code: str, issuer: str = "") -> Identity:
    """Who came back with this code. Raises `NotProved` or `ProviderAway`."""
    if not kept or now().timestamp() - kept["at"] > HOLDS:
        raise NotProved("too late, or another browser")
    if not hmac.compare_digest(state.encode("utf-8", "surrogatepass"), str(kept["state"]).encode()):
        raise NotProved("the answer to another question")
    if issuer and issuer != setting("oidc_issuer"):
        raise NotProved("another issuer (RFC 9207)")
    with _session(back) as session:
        told = _told(session)
        try:
            token = session.fetch_token(
                told["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=kept["verifier"],
                timeout=PATIENCE,
            )
        except (RequestException, ValueError) as error:
            raise ProviderAway(str(error)) from error
        except AuthlibBaseError as error:
            raise NotProved(str(error)) from error
        keys = _json(session, told["jwks_uri"])
    return _identity(token.get("id_token"), keys, str(kept["nonce"]))


def _identity(id_token: object, keys: Any, nonce: str) -> Identity:
    issuer, client = setting("oidc_issuer"), setting("oidc_client_id")
    try:
        read = jwt.decode(str(id_token), KeySet.import_key_set(keys), algorithms=SIGNED_BY)
        wanted = {
            "iss": {"essential": True, "values": [issuer]},
            "aud": {"essential": True, "value": client},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }
        claims = CodeIDToken(read.claims, read.header, wanted, {"nonce": nonce, "client_id": client})
        claims.validate(now=int(now().timestamp()), leeway=LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
        raise NotProved(str(error)) from error
    subject = read.claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\x00" in subject:  # OpenID Connect Core, 2
        raise NotProved("no subject")
    return Identity(issuer, subject)


def _told(session: OAuth2Session) -> dict[str, Any]:
    """What the provider says about itself (OpenID Connect Discovery)."""
    told = _json(session, setting("oidc_issuer").rstrip("/") + "/.well-known/openid-configuration")
    if told.get("issuer") != setting("oidc_issuer"):
        raise ProviderAway("it calls itself otherwise")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(told.get(name), str) or not told[name].startswith(_home()):
            raise ProviderAway(f"{name} is elsewhere")
    return told


def _json(session: OAuth2Session, address: str) -> dict[str, Any]:
    try:
        answer: Response = session.request("GET", address, withhold_token=True, timeout=PATIENCE)
        answer.raise_for_status()
        found = answer.json()
    except (RequestException, ValueError) as error:
        raise ProviderAway(str(error)) from error
    if not isinstance(found, dict):
        raise ProviderAway("no object")
    return found


def _home() -> str:
    """The issuer's scheme, host and port, with a slash."""
    parts = urlsplit(setting("oidc_issuer"))
    return f"{parts.scheme}://{parts.netloc}/"


def _session(back: str) -> OAuth2Session:
    session = OAuth2Session(
        setting("oidc_client_id"),
        setting("oidc_client_secret"),
        scope="openid",
        redirect_uri=back,
        code_challenge_method="S256",
    )
    session.trust_env = False  # no .netrc, and nobody else's proxy
    session.max_redirects = 0
    session.adapters.clear()
    session.mount(_home(), HTTPAdapter())
    return session
