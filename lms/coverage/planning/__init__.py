"""From the people an indicator misses to classes they can be called to: how many, where, when, by whom, at what cost.

`flows`, `packing`, `timetable`, `proposing`, `terms`, `draft` and `worth` are pure. A proposal is a draft that the office
edits; one action makes draft classes of it (`lms.attendance`). No course of the confidential track is ever planned here.
"""
