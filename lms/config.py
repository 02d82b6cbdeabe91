"""Everything the environment decides, read once. No other module reads the environment.

The table of variables is in docs/operate.md; `Config.from_environment` refuses what would be unsafe to serve,
each in one sentence that says what to do.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32  # characters; `secrets.token_urlsafe(32)` gives 43
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


class Unsafe(SystemExit):
    """The app will not start like this; the message says what to change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Config:
    """How this installation runs."""

    database_url: str
    data_dir: Path
    secret_key: str
    audit_key: str
    old_secret_keys: tuple[str, ...] = ()
    redis_url: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    https: bool = False
    proxies: int = 0  # how many reverse proxies stand in front; only so many X-Forwarded-* hops are believed
    bind: str = "127.0.0.1"
    debug: bool = False
    site_name: str = "Tập huấn Tam Đường"
    confidential_host: str | None = None
    exit_to: str = "https://nchmf.gov.vn/"  # the national weather forecast: the same for everyone who looks
    certificate_series: str = "GCN-BLG"
    site_url: str = ""  # where strangers find this installation, for the QR codes; by default from trusted_hosts
    audit_checkpoint_dir: Path | None = None  # on another machine, best; None: beside the database
    second_factor: str = "required"  # of everyone who can see another person's data; or "offered" (the demo)
    passkey_address: str = ""  # where passkeys belong; by default the site's own address
    oidc_issuer: str = ""  # empty: no sign-in by another house's accounts
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    notice: str = "shown"  # once in each wording, after signing in; or "off"
    course_review: str = "required"  # a second person reads a course changed in the browser before it is out; or "off"
    oidc_name: str = ""  # what the button calls those accounts
    testing: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that are answered; none named: any (only on loopback)."""
        return (*self.trusted_hosts, *(self.quiet_hosts if self.trusted_hosts else ()))

    @property
    def quiet_hosts(self) -> tuple[str, ...]:
        """The host names that answer the quiet pages only: none, one for all of them, or one for each shelf."""
        return _words(self.confidential_host)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> "Config":
        """Read and check the environment. Raises `Unsafe` with one sentence."""
        env = os.environ if env is None else env
        data_dir = Path(env.get("DATA_DIR") or ROOT / "instance").resolve()
        _writable(data_dir)
        database_url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'lms.sqlite'}"
        embedded = database_url.startswith("sqlite")
        config = cls(
            database_url=_driver(database_url),
            data_dir=data_dir,
            secret_key=_key(env.get("SECRET_KEY"), "SECRET_KEY", data_dir / "secret_key", embedded),
            audit_key=_key(env.get("AUDIT_KEY"), "AUDIT_KEY", data_dir / "audit_key", embedded),
            old_secret_keys=_words(env.get("OLD_SECRET_KEYS")),
            redis_url=env.get("REDIS_URL") or None,
            trusted_hosts=_words(env.get("TRUSTED_HOSTS")),
            https=_yes(env.get("HTTPS")),
            proxies=_count(env.get("PROXIES"), "PROXIES"),
            bind=env.get("BIND") or "127.0.0.1",
            debug=_yes(env.get("FLASK_DEBUG")),
            site_name=env.get("SITE_NAME") or cls.site_name,
            confidential_host=env.get("CONFIDENTIAL_HOST") or None,
            exit_to=env.get("EXIT_TO") or cls.exit_to,
            certificate_series=env.get("CERTIFICATE_SERIES") or cls.certificate_series,
            site_url=env.get("SITE_URL") or "",
            audit_checkpoint_dir=Path(kept).resolve() if (kept := env.get("AUDIT_CHECKPOINT_DIR")) else None,
            second_factor=(env.get("SECOND_FACTOR") or cls.second_factor).strip().lower(),
            passkey_address=env.get("PASSKEY_ADDRESS") or "",
            oidc_issuer=(env.get("OIDC_ISSUER") or "").strip(),
            oidc_client_id=env.get("OIDC_CLIENT_ID") or "",
            oidc_client_secret=env.get("OIDC_CLIENT_SECRET") or "",
            notice=(env.get("NOTICE") or cls.notice).strip().lower(),
            course_review=(env.get("COURSE_REVIEW") or cls.course_review).strip().lower(),
            oidc_name=env.get("OIDC_NAME") or "",
        )
        config.check()
        return config

    @property
    def site_address(self) -> str:
        """Without a slash at its end: SITE_URL, else the first trusted host, else this machine."""
        if self.site_url:
            return self.site_url.rstrip("/")
        if self.trusted_hosts:
            return f"{'https' if self.https else 'http'}://{self.trusted_hosts[0].removeprefix('.')}"
        return "http://127.0.0.1:8000"

    @property
    def passkey_origin(self) -> str:
        """Scheme, host and port that passkeys are bound to. A number is no name: on this machine it is `localhost`."""
        parts = urlsplit(self.passkey_address or self.site_address)
        host = "localhost" if parts.hostname in LOOPBACK else parts.hostname or "localhost"
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")

    def check(self) -> None:
        """Raise `Unsafe` for what must never be served."""
        self._check_sign_in()
        on_loopback = self.bind in LOOPBACK
        if self.debug and not on_loopback:
            raise Unsafe("Debug mode shows the server's insides: unset FLASK_DEBUG, or BIND to 127.0.0.1.")
        if len(self.secret_key) < SHORTEST_KEY:
            raise Unsafe(f"SECRET_KEY is too short: give at least {SHORTEST_KEY} random characters.")
        if len(self.audit_key) < SHORTEST_KEY:
            raise Unsafe(f"AUDIT_KEY is too short: give at least {SHORTEST_KEY} random characters.")
        if len(set(self.quiet_hosts)) != len(self.quiet_hosts) or len(self.quiet_hosts) > 2:
            raise Unsafe("CONFIDENTIAL_HOST is one host name, or two different ones separated by a comma.")
        if not self.trusted_hosts and not on_loopback:
            raise Unsafe("TRUSTED_HOSTS is not set: name the host names people will type, separated by commas.")

    def _check_sign_in(self) -> None:
        if self.second_factor not in {"required", "offered"}:
            raise Unsafe(f"SECOND_FACTOR is “required” or “offered”, not “{self.second_factor}”.")
        if self.notice not in {"shown", "off"}:
            raise Unsafe(f"NOTICE is “shown” or “off”, not “{self.notice}”.")
        if self.course_review not in {"required", "off"}:
            raise Unsafe(f"COURSE_REVIEW is “required” or “off”, not “{self.course_review}”.")
        given = [bool(one) for one in (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)]
        if any(given) and not all(given):
            raise Unsafe("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together: set all three, or none.")
        issuer = urlsplit(self.oidc_issuer)
        if self.oidc_issuer and issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
            raise Unsafe("OIDC_ISSUER has to begin with https://: what it says decides who comes in.")


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unsafe(
            f"The data folder {folder} cannot be written to ({error.strerror}): change its owner, or set DATA_DIR."
        ) from None


def _key(given: str | None, name: str, kept_in: Path, embedded: bool) -> str:
    """The key from the environment; for the embedded database one is made once and kept beside it."""
    if given:
        return given
    if not embedded:
        raise Unsafe(f"{name} is not set: give at least {SHORTEST_KEY} random characters.")
    if not kept_in.exists():
        kept_in.touch(mode=0o600)
        kept_in.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return kept_in.read_text(encoding="ascii").strip()


def _driver(url: str) -> str:
    """Name the driver we ship, whatever spelling of PostgreSQL the operator uses."""
    for spelling in ("postgres://", "postgresql://"):
        if url.startswith(spelling):
            return "postgresql+psycopg://" + url.removeprefix(spelling)
    return url


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


def _count(text: str | None, name: str) -> int:
    if text and not text.strip().isdecimal():
        raise Unsafe(f"{name} is a number, not “{text}”: how many reverse proxies stand in front.")
    return int(text or 0)


def _yes(text: str | None) -> bool:
    return (text or "").strip().lower() in {"1", "true", "yes", "on"}
