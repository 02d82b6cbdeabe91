"""What every room stands on: the database, the clock, doors, forms, pages, jobs, the audit trail. Knows no room."""
