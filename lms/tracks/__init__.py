"""The plan, its tracks and courses, editions, enrolment, parts and completions. Completions are the facts coverage rests on."""
