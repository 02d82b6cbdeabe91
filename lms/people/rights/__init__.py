"""What a person may ask of us: to know how their data is used, to have it corrected or deleted, and an answer in time."""
