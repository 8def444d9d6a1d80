"""Tumour response of a cohort: categories, rates, comparisons, duration and depth."""
