"""`hcc2l flow`: the patients from screening to analysis, as a table and a diagram."""
