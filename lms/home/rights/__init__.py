"""What is held about a person, shown and handed over to them; their requests; the notice; and what is no longer kept."""
