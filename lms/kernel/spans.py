"""The ends of time in our half-open intervals. Pure, so that rules may use them."""

from datetime import UTC, date, datetime

BEGINNING = date(1900, 1, 1)  # valid_from of what was so before our records
STILL = date(9999, 12, 31)  # valid_to of what still is
CURRENT = datetime(9999, 12, 31, tzinfo=UTC)  # superseded_at of what we still hold to be true
