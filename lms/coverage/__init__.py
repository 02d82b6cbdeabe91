"""Coverage (tỷ lệ bao phủ): who of those who have to be trained is trained, on any day, as known at any moment, under any day's tree.

Everyone on the roster stands in exactly one place: done, not done, exempt, on leave, or unknown. Every figure opens the people behind it.
"""
