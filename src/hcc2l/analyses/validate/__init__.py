"""`hcc2l validate`: whether scores and models predict in these patients."""
