"""The one loop of long calculations: here, on several processes, or on a Dask cluster."""

from __future__ import annotations

import logging
import platform
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.progress import track

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 5  # seconds, to reach a scheduler
_NUMBERS_COME_FROM = ("hcc2l", "numpy", "scipy")
_TALKATIVE = ("distributed", "distributed.client", "tornado", "asyncio")


@dataclass(frozen=True)
class Workers:
    """Where a long calculation runs.

    Attributes
    ----------
    jobs
        Processes on this machine; no more are started than it has cores.
    scheduler
        The address of a Dask cluster that runs it instead, ``tcp://HOST:PORT``.
    """

    jobs: int = 1
    scheduler: str | None = None


HERE = Workers()


def repeated(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    number: int,
    what: str,
    workers: Workers = HERE,
) -> list[Result]:
    """The results of a function for some items, in their order.

    The results do not depend on the workers. `function` must not draw random numbers from a
    generator that it shares with other calls: draw them in `items`, which are taken one by one,
    in order and in this process, or give each item its own seed.

    Parameters
    ----------
    function
        What is repeated; with what it refers to, it is sent to other processes.
    items
        Of any length, such as a generator of bootstrap samples: few are held at a time.
    number
        How many items there are.
    what
        The description beside the progress bar: ``Bootstrap``.
    workers
        Where the function runs; a function that itself repeats another does so `HERE`.

    Raises
    ------
    UsageError
        The Dask cluster cannot be used.
    AnalysisError
        Workers ended before they answered.
    """
    with _running(function, items, number, workers) as results:
        return [result for _, result in zip(track(range(number), what), results, strict=True)]


@contextmanager
def _running(
    function: Callable[[Item], Result], items: Iterable[Item], number: int, workers: Workers
) -> Iterator[Iterator[Result]]:
    """The results as they come, in order."""
    if workers.scheduler is not None:
        with _on_cluster(function, items, workers.scheduler) as results:
            yield results
    elif workers.jobs > 1 and number > 1:
        with _on_processes(function, items, min(workers.jobs, number)) as results:
            yield results
    else:
        yield map(function, items)


@contextmanager
def _on_processes(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[Iterator[Result]]:
    import joblib
    from joblib.externals.loky import BrokenProcessPool

    jobs = min(jobs, joblib.cpu_count())
    try:
        with joblib.parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1):
            yield _results(function, items)
    except BrokenProcessPool:
        raise AnalysisError(
            "A process ended before it answered, probably for lack of memory.",
            where="--jobs", hint="Use fewer --jobs.",
        ) from None  # fmt: skip


def _results(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The results of workers, in order."""
    import joblib

    # Bound to the call, an item stays with the scheduler; as an argument, joblib would hold it on
    # one worker of a cluster alone, and lose it with that worker.
    calls = (joblib.delayed(partial(_silently, function, item))() for item in items)
    results: Iterator[Result] = joblib.Parallel(return_as="generator")(calls)
    return results


def _silently(function: Callable[[Item], Result], item: Item) -> Result:
    """The result; what Python warns of is for developers, and would be printed by every worker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(item)


@contextmanager
def _on_cluster(
    function: Callable[[Item], Result], items: Iterable[Item], address: str
) -> Iterator[Iterator[Result]]:
    distributed = _dask(address)
    import joblib

    with _without_logs():
        client = _connected(distributed, address)
        try:
            _check_versions(client, address)
            with joblib.parallel_config("dask", client=client):
                yield _results(function, items)
        except (distributed.KilledWorker, distributed.CancelledError, OSError):
            raise AnalysisError(
                "The cluster stopped answering, or its workers ended again and again.",
                where=f"--scheduler {address}",
                hint="Look at the logs of the scheduler and of the workers, which may lack memory.",
            ) from None
        finally:
            client.close(timeout=PATIENCE)


def _dask(address: str) -> Any:
    """The package of Dask's clusters; UsageError where it is not installed."""
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "A cluster needs the package dask, which is not installed.",
            where=f"--scheduler {address}",
            hint="Install it: pip install 'hcc2l[dask]', or pip install '.[dask]' in a clone. "
            "Or use --jobs N, which needs nothing else.",
        ) from None
    return distributed


@contextmanager
def _without_logs() -> Iterator[None]:
    """A context without the logs of Dask; what a user should know is an error."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _connected(distributed: Any, address: str) -> Any:
    """A client of a Dask cluster; UsageError where no scheduler answers."""

    async def greet() -> None:
        async with distributed.core.rpc(address, timeout=PATIENCE) as peer:
            if (await peer.identity())["type"] != "Scheduler":
                raise OSError

    # A client can wait for ever for what is no scheduler, so it is greeted before, in time.
    runner = distributed.utils.LoopRunner()
    runner.start()
    try:
        runner.run_sync(greet, callback_timeout=PATIENCE + 1)
        return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception:  # what listens there may answer anything
        raise UsageError(
            f"No Dask scheduler answered within {PATIENCE} seconds.",
            where=f"--scheduler {address}",
            hint="Start one with 'dask scheduler', which prints its address, and workers with "
            f"'dask worker {address}'; or use --jobs N on this machine.",
        ) from None
    finally:
        runner.stop()


def _check_versions(client: Any, address: str) -> None:
    """UsageError where the cluster has no workers, or some that would not give the same numbers."""
    where = f"--scheduler {address}"
    answers = client.run(versions, on_error="return")
    if not answers:
        raise UsageError(
            "The cluster has no workers.", where=where, hint=f"Start some: dask worker {address}"
        )
    here = versions()
    for worker, found in answers.items():
        if found != here:
            differ = (
                [f"{name} {found[name]} instead of {here[name]}" for name in here
                 if found[name] != here[name]]
                if isinstance(found, dict)
                else ["no hcc2l of this version"]
            )  # fmt: skip
            raise UsageError(
                f"The worker {worker} has {quoted_list(differ)}.",
                where=where,
                hint=f"Install hcc2l {here['hcc2l']} and its dependencies on every worker in the "
                "versions of this machine; other versions can give other numbers.",
            )


def versions() -> dict[str, str]:
    """Versions that numbers depend on."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"Python": python, **{name: version(name) for name in _NUMBERS_COME_FROM}}
