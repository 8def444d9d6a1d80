"""`hcc2l size`: how many patients and events a study needs, or what those at hand suffice for."""
