"""Units, persons, postings, rosters; accounts, sign-in, roles. Everything here is dated: who worked where, when, as known when."""
