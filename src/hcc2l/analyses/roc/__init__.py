"""`hcc2l roc`: ROC analysis and cut-offs."""
