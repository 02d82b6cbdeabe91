"""How many of those who have to be trained are trained: n of N, at a date, with the people behind every figure."""
