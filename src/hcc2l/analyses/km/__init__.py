"""`hcc2l km`: Kaplan–Meier analysis."""
