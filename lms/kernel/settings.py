"""What the operator set (lms/config.py), for actions and papers that know nothing of Flask."""

from flask import current_app


def setting(name: str) -> str:
    """A setting by its name in `Config`: `site_name`, `site_address`, `certificate_series`."""
    return str(getattr(current_app.config["SETTINGS"], name))
