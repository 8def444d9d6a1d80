"""What `hcc2l cox` and `hcc2l logistic` share."""
