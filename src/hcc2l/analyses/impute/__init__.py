"""Multiple imputation of a cohort."""
