"""`hcc2l derive`: scores and derived columns, added to the cohort."""
