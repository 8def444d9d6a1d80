"""A study: several reports made into one document."""
