"""`hcc2l table1`: characteristics of the patients, by group."""
