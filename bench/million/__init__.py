"""A country of a million invented people: 2,000 communes, 63 provinces that became 34, five years of postings. PostgreSQL.

`make bench-million`, or BENCH_DATABASE_URL=postgresql+psycopg://… python -m bench million. See docs/bench.md.
"""
