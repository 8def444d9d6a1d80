"""Where the long loops of a command run: options of those commands that have one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.repetition import Workers
from hcc2l.specs.options import Options, option
from hcc2l.specs.rules import Excludes, NoEffect, Rule

MOST_JOBS = 1024

PROCESSES = "Processes"
_ADDRESS = re.compile(r"tcp://([\w.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")


@dataclass(frozen=True, kw_only=True)
class LoopOptions(Options):
    """Processes or a cluster for long loops; neither changes a number, so neither is recorded."""

    jobs: int = option(
        1, "Processes on this machine for long loops; at most one for each core.",
        metavar="N", panel=PROCESSES, low=1, high=MOST_JOBS, in_dictionary=False,
        recorded=False,
    )  # fmt: skip
    scheduler: str | None = option(
        None, "The scheduler of a Dask cluster for long loops (pip install 'hcc2l[dask]').",
        metavar="tcp://HOST:PORT", panel=PROCESSES, in_dictionary=False, recorded=False,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scheduler is not None and not _is_address(self.scheduler):
            raise UsageError(
                f"{self.scheduler!r} is not the address of a Dask scheduler.",
                where="--scheduler",
                hint="Write tcp://HOST:PORT, such as tcp://10.0.0.5:8786.",
            )

    @property
    def workers(self) -> Workers:
        """Where the loops run."""
        return Workers(self.jobs, self.scheduler)


def loop_rules(*loops: str) -> tuple[Rule, ...]:
    """The rules of both options in a command whose loops `loops` ask for; none: it always loops."""
    one_place = Excludes(
        "--scheduler", "--jobs",
        message="A cluster has its own number of workers; --jobs is for this machine.",
    )  # fmt: skip
    if not loops:
        return (one_place,)
    return (one_place, NoEffect("--jobs", loops), NoEffect("--scheduler", loops))


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and 0 < int(found[2]) < 65_536
