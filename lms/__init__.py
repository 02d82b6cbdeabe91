"""The app. `create_app` is its table of contents."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.confidential.quiet import Quiet
from lms.config import ROOT, Config
from lms.kernel import access, assets, csrf, errors, filters, headers, i18n, jobs, look, once, watching
from lms.kernel.app import App
from lms.kernel.db import db, listen
from lms.people import sign_in
from lms.registry import BLUEPRINTS, COMMANDS, menu
from lms.watched import LOOKS


def create_app(config: Config | None = None) -> Flask:
    """The whole app, from a configuration (by default the environment's)."""
    config = config or Config.from_environment()
    app = App("lms", root_path=str(ROOT), template_folder="templates", static_folder=None)
    configure(app, config)
    database(app)
    for part in (i18n, filters, look, csrf, access, once, errors, headers, assets, sign_in, jobs):
        part.init(app)
    watching.init(app, LOOKS)
    Compress(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.context_processor(lambda: {"menu": menu, "site_name": config.site_name})
    app.wsgi_app = Quiet(app.wsgi_app, https=config.https, hosts=config.quiet_hosts)  # type: ignore[method-assign]  # Flask's place for WSGI middleware
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, config.proxies, config.proxies, config.proxies, config.proxies)  # type: ignore[method-assign]  # Flask's place for WSGI middleware
    return app


def configure(app: Flask, config: Config) -> None:
    """Our settings, under Flask's names."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.old_secret_keys),
        AUDIT_KEY=config.audit_key,
        DATA_DIR=Path(config.data_dir),
        REDIS_URL=config.redis_url,
        HTTPS=config.https,
        SETTINGS=config,
        TESTING=config.testing,
        RAISE_ERRORS=config.testing,
        TRUSTED_HOSTS=list(config.hosts) or None,
        PREFERRED_URL_SCHEME="https" if config.https else "http",
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not config.database_url.startswith("sqlite")},
        SESSION_COOKIE_NAME="__Host-s" if config.https else "s",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,  # a phone's photo arrives, so that the form can say it is too big
        COMPRESS_MIMETYPES=["text/html", "application/json", "image/svg+xml"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=600,
    )


def database(app: Flask) -> None:
    """Connect, and say how transactions begin."""
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
