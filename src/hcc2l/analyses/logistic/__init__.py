"""`hcc2l logistic`: logistic regression."""
