"""The yearly report (báo cáo năm): a unit's figures for a period, computed when asked. Nothing is stored."""
