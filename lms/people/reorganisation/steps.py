"""The rows a reorganisation touches, by kind, and what each of them says."""

from typing import Any

from lms.people.models import Posting, Succession, UnitVersion

KINDS: dict[str, type[Any]] = {"unit_version": UnitVersion, "succession": Succession, "posting": Posting}
FIELDS: dict[type[Any], tuple[str, ...]] = {
    UnitVersion: ("unit_id", "parent_id", "name", "kind", "code", "search_key", "valid_from", "valid_to"),
    Succession: ("old_unit_id", "new_unit_id", "on", "legal_basis"),
    Posting: (
        "person_id",
        "unit_id",
        "category",
        "position",
        "direct_support",
        "valid_from",
        "valid_to",
        "because",
    ),
}


def values_of(row: Any) -> dict[str, Any]:
    """What the row says, without who said it and when."""
    return {name: getattr(row, name) for name in FIELDS[type(row)]}
