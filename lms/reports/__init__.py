"""A unit's yearly figures, computed for a period."""
