"""The command `hcc2l`, and `python -m hcc2l`."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line; also while it is still being loaded, an interrupt is one message."""
    signal.signal(signal.SIGTERM, terminated)
    try:
        from hcc2l.cli.app import main as run
    except KeyboardInterrupt:
        sys.stderr.write("error: Interrupted; no file was written.\n")
        sys.exit(130)
    run()


def terminated(number: int, frame: FrameType | None) -> None:
    """End as at an error, so that temporary files are removed."""
    del frame
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
