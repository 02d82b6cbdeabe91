"""What changed in somebody's ways in, in words."""

from lms.kernel.i18n import lazy_gettext as _l

EVENTS = {
    "code_app_set_up": _l("A code app was set up."),
    "code_app_removed": _l("The code app was removed."),
    "passkey_added": _l("A screen lock was added."),
    "passkey_removed": _l("A screen lock was removed."),
    "passkey_counter": _l(
        "A screen lock was refused: its counter went back, so a copy of it may be about. Remove it and add it anew."
    ),
    "recovery_codes_made": _l("New recovery codes were made; the former ones count no more."),
    "recovery_code_used": _l("A recovery code was used to sign in."),
    "loss_said": _l("A keeper of accounts said that you lost your second factor. A second one has to confirm it."),
    "loss_withdrawn": _l("What was said about a lost second factor was taken back."),
    "all_taken_off": _l(
        "Your second factors were taken off, because two keepers of accounts confirmed that they were lost."
    ),
    "taken_off_by_operator": _l("Your second factors were taken off by whoever runs this server."),
    "slip_made": _l("A paper slip for a new passphrase was printed for you."),
    "slip_used": _l("Your passphrase was set anew with a paper slip; every device was signed out."),
    "link_code_made": _l("The administrator made a code that links an account of another house to yours."),
    "identity_linked": _l("An account of another house was linked to yours."),
    "identity_unlinked": _l("An account of another house is no longer linked to yours."),
}
