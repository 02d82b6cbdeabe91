"""The register with an indicator of places beside the two of persons: at least one trained person in each commune."""

from datetime import date
from typing import Any

from lms.kernel.clock import at_hour, frozen
from lms.tracks import publishing
from tests.coverage.conftest import OFFICIALS, Register

SLUG = "moi-xa"


def with_places(register: Register, **rule: Any) -> None:
    """Known since the plan began."""
    asked = {
        "reading": "wide",
        "categories": OFFICIALS,
        "direct_support": False,
        "courses": ["chung"],
        "least": 1,
        **rule,
    }
    specs = [publishing.IndicatorSpec(slug, slug, slug, one) for slug, one in register.rules.items()]
    with frozen(at_hour(date(2024, 1, 2))), register.doing():
        publishing.add_plan(
            "mau",
            "Kế hoạch mẫu 2024 – 2025",
            issuer="UBND huyện Mẫu",
            starts_on=date(2024, 1, 1),
            ends_on=date(2025, 12, 31),
            scope_unit_id=register.units["district"],
            indicators=[
                *specs,
                publishing.IndicatorSpec(SLUG, "Mỗi xã có người", "Mỗi xã có người", asked, 100, "places"),
            ],
        )
