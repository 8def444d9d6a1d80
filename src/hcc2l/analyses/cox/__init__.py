"""`hcc2l cox`: Cox regression."""
