"""One module a subcommand: `run(cohort, spec) -> Report`."""
