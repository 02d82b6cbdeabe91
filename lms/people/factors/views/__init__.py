"""The pages of second factors: asked for while signing in, set up, kept by oneself, and lost."""

from lms.people.factors.views import keepers, mine, passkey_in, second, setting_up
from lms.people.factors.views.room import bp

__all__ = ["bp", "keepers", "mine", "passkey_in", "second", "setting_up"]
