"""`hcc2l tree`: conditional inference survival tree."""
