"""Track 5: neutral public pages. No person anywhere; no table, no account, no identifying log line.

Words: a *shelf* is what one kind of reader finds, with a front, a gate, pages, numbers to call and a way out of its own: two
shelves share no page, path or link, and neither says that there is another. The *front* says what is there; the *gate* stands before the first page and tells honestly what leaving can and cannot do;
a *page* is read without anyone being asked who they are; the *way out* is on each of them.
"""
