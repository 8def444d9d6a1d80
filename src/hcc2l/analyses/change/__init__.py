"""`hcc2l change`: markers, scores and classes before and after."""
