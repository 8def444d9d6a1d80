"""`hcc2l adverse`: adverse events of a cohort, by grade and by group."""
