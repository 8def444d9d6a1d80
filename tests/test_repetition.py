"""The loop of long calculations gives the same results wherever it runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.progress import shown_by
from hcc2l.render import render_report
from hcc2l.repetition import Workers, repeated
from hcc2l.specs import CoxSpec, RocSpec, TreeSpec

TWO = Workers(jobs=2)


def _free_address() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def _json(**options: Any) -> str:
    """A bootstrap of the bundled cohort as JSON."""
    report = hcc2l.cox(None, covariates=["age", "child_pugh"], performance=True, boot=6, **options)
    return render_report(report, "json")


def _drawn(number: int) -> Iterator[float]:
    """Random numbers of one stream, each drawn when it is asked for."""
    random = np.random.default_rng(1)
    for _ in range(number):
        yield float(random.random())


@pytest.mark.parametrize("workers", [Workers(), TWO])
def test_results_come_in_the_order_of_the_items(workers: Workers) -> None:
    def late(item: float) -> float:
        time.sleep(item / 50)
        return item

    assert repeated(late, _drawn(12), 12, "Bootstrap", workers) == list(_drawn(12))


def test_a_bootstrap_is_the_same_on_one_process_and_on_two() -> None:
    assert _json() == _json(jobs=2)


def test_imputations_are_the_same_on_one_process_and_on_two() -> None:
    """With a score among the covariates, which workers compute again."""
    one, two = (
        hcc2l.cox(None, covariates=["albi_grade", "crp"], impute=2, jobs=jobs) for jobs in (1, 2)
    )
    assert render_report(one, "json") == render_report(two, "json")


@pytest.mark.slow
def test_limits_of_adjusted_incidences_are_the_same_on_one_process_and_on_two() -> None:
    incidence = {"endpoint": "ttp", "competing": "death", "adjusted_incidence": "child_pugh"}
    one, two = (
        hcc2l.cox(None, covariates=["child_pugh"], at=[6], boot=5, jobs=jobs, **incidence)
        for jobs in (1, 2)
    )
    assert render_report(one, "json") == render_report(two, "json")


@pytest.mark.slow
def test_optimism_of_a_saved_model_is_the_same_on_one_process_and_on_two(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    made = hcc2l.cox(None, covariates=["age", "child_pugh"], save_model="m.json")
    assert made.save is not None
    path.write_text(made.save())
    one, two = (
        hcc2l.validate(None, model=[str(path)], at=[12], boot=5, jobs=jobs) for jobs in (1, 2)
    )
    assert render_report(one, "json") == render_report(two, "json")


def test_a_loop_on_one_process_imports_nothing_of_several() -> None:
    code = (
        "import sys; from hcc2l.repetition import repeated; "
        "repeated(abs, [1, 2], 2, 'x'); print({'joblib', 'distributed'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("workers", [Workers(), TWO])
def test_every_result_moves_the_progress_bar_by_one(workers: Workers) -> None:
    seen: list[int] = []

    def bar(steps: Any, total: int, what: str) -> Iterator[int]:
        assert (total, what) == (5, "Bootstrap")
        for step in steps:
            yield step
            seen.append(step)

    with shown_by(bar):
        repeated(abs, range(5), 5, "Bootstrap", workers)
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("workers", [Workers(), TWO])
def test_an_error_of_a_repetition_is_that_of_the_loop(workers: Workers) -> None:
    def fail(item: int) -> int:
        raise AnalysisError(f"No {item}.", where="here", hint="Do this.")

    with pytest.raises(AnalysisError) as caught:
        repeated(fail, [7, 7], 2, "Bootstrap", workers)
    assert str(caught.value) == "here: No 7.\nDo this."


def test_no_warning_of_a_worker_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    def warn(item: int) -> int:
        warnings.warn("for developers", stacklevel=1)
        return item

    assert repeated(warn, [1, 2], 2, "Bootstrap", TWO) == [1, 2]
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_a_process_that_is_killed_is_an_error_that_says_what_to_do() -> None:
    def end(item: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(AnalysisError, match="A process ended before it answered") as caught:
        repeated(end, [1, 2, 3, 4], 4, "Bootstrap", TWO)
    assert caught.value.hint == "Use fewer --jobs."


@pytest.mark.slow
def test_an_interrupt_is_answered_at_once_by_all_processes() -> None:
    words = ["cox", "-x", "age,child_pugh", "--performance", "--boot=1000000", "--jobs=2", "-q"]
    run = subprocess.Popen(
        [sys.executable, "-m", "hcc2l", *words], start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(5)
    os.killpg(run.pid, signal.SIGINT)
    output = run.communicate(timeout=20)
    assert run.returncode == 130
    assert output == ("", "error: Interrupted; no file was written.\n")


@pytest.mark.parametrize(
    ("jobs", "message"),
    [(0, "0 is out of range."), (-2, "-2 is out of range."), (1025, "1025 is out of range."),
     (1.5, "1.5 is not a whole number.")],
)  # fmt: skip
def test_a_number_of_jobs_that_cannot_be_is_refused(jobs: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        CoxSpec(covariates=["age"], jobs=jobs)
    assert caught.value.where == "--jobs"


@pytest.mark.parametrize(
    "address",
    ["localhost", "localhost:8786", "http://localhost:8786", "tcp://localhost", "tcp://h:0",
     "tcp://h:65536", "tcp://:8786", "tcp://a b:8786"],
)  # fmt: skip
def test_what_is_no_address_of_a_scheduler_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a Dask scheduler"):
        TreeSpec(covariates=["age"], boot=2, scheduler=address)


@pytest.mark.parametrize(
    "address", ["tcp://node-1.lab:8786", "tcp://10.0.0.5:1", "tcp://[::1]:8786"]
)
def test_host_names_and_addresses_of_the_internet_are_accepted(address: str) -> None:
    spec = TreeSpec(covariates=["age"], boot=2, scheduler=address)
    assert spec.workers == Workers(scheduler=address)


def test_a_cluster_and_jobs_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="A cluster has its own number of workers"):
        RocSpec(outcome="death", boot=2, jobs=2, scheduler="tcp://localhost:8786")


def test_a_cluster_without_dask_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs the package dask") as caught:
        repeated(abs, [1], 1, "Bootstrap", Workers(scheduler="tcp://localhost:8786"))
    assert caught.value.hint is not None
    assert "pip install 'hcc2l[dask]'" in caught.value.hint


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_told_within_seconds() -> None:
    address = _free_address()
    start = time.monotonic()
    with pytest.raises(UsageError, match="No Dask scheduler answered") as caught:
        repeated(abs, [1], 1, "Bootstrap", Workers(scheduler=address))
    assert time.monotonic() - start < 30
    assert caught.value.where == f"--scheduler {address}"


class Cluster:
    """A Dask cluster on this machine."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.address = _free_address()
        port = self.address.rpartition(":")[2]
        self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """A new worker with one thread."""
        return self._start("worker", self.address, "--nthreads=1", "--no-nanny", "--no-dashboard")

    def wait_for(self, workers: int) -> None:
        """Return when the cluster has so many workers."""
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    started = Cluster()
    yield started
    for process in started.processes:
        process.kill()
        process.wait()


def _ending(worker: subprocess.Popen[bytes], number: int, at: int) -> Iterator[int]:
    """Items, one of which ends a worker before it is sent."""
    for item in range(number):
        if item == at:
            worker.kill()
        yield item


@pytest.mark.slow
def test_a_cluster_gives_the_same_results_when_one_of_two_workers_is_killed(
    cluster: Cluster,
) -> None:
    one = cluster.worker()
    cluster.worker()
    cluster.wait_for(2)
    workers = Workers(scheduler=cluster.address)
    assert _json(scheduler=cluster.address) == _json()

    def root(item: int) -> float:
        time.sleep(0.05)
        return float(item**0.5)

    results = repeated(root, _ending(one, 200, at=60), 200, "Bootstrap", workers)
    assert one.wait() == -signal.SIGKILL
    assert results == [item**0.5 for item in range(200)]


@pytest.mark.slow
def test_a_cluster_without_workers_is_refused(cluster: Cluster) -> None:
    with pytest.raises(UsageError, match="The cluster has no workers") as caught:
        repeated(abs, [1], 1, "Bootstrap", Workers(scheduler=cluster.address))
    assert caught.value.hint == f"Start some: dask worker {cluster.address}"
