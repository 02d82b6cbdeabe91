"""A reorganisation of units: what is asked (`rules`), what it would do (`foreseeing`), what rests on it once done (`resting`)."""
