"""The pages of a reorganisation: what is typed (`asked`), what was done (`queries`), the pages themselves (`views`)."""
