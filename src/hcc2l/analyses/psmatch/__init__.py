"""`hcc2l psmatch`: propensity-score matching."""
