"""`check`: how the columns of a cohort are understood, and what in it is doubtful."""
