"""The command line: options in, a report out; one file a subcommand."""
