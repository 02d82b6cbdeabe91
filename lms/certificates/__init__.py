"""Who has earned one, the register, the PDF, the public check page."""
