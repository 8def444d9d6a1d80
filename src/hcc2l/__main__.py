"""`python -m hcc2l`."""

from hcc2l.cli.app import main

if __name__ == "__main__":
    main()
