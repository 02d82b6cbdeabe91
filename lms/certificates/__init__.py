"""Who has earned one, the register, the PDF, the public check page.

A certificate is a row of the register: a number that is never used twice, and the facts as they were when it was issued.
It is never edited; a corrected one is a new version with a number of its own, and a revocation is a row beside it.
"""
