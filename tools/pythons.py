"""Run the suite on every supported Python with three sets of dependencies, and lock versions.

``python tools/pythons.py lock`` renews ``constraints/`` from the newest dependencies;
``python tools/pythons.py test [3.11-locked 3.13-newest …]`` runs the suite. `locked` are the tested
versions of ``constraints/``, `newest` those of a new installation, `lowest` the lower bounds of
``pyproject.toml``. Environments stay in ``.venvs`` and are updated when those versions change.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints"
VERSIONS = ("3.11", "3.12", "3.13")
KINDS = ("locked", "newest", "lowest")


def interpreters() -> Iterator[tuple[str, str]]:
    """Version and executable of every supported Python on this machine."""
    for version in VERSIONS:
        installed = Path.home() / ".pyenv" / "versions"
        candidates = [shutil.which(f"python{version}")]
        candidates += sorted(str(p) for p in installed.glob(f"{version}.*/bin/python{version}"))
        for executable in filter(None, candidates):
            command = [executable, "-c", "import venv"]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                yield version, executable
                break
        else:
            print(f"{version}: not found")


def lower_bounds(version: str) -> str:
    """The lower bounds of pyproject.toml as constraints, for one version of Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = {}  # the last line that names a package and applies is the strictest
    for text in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        requirement = Requirement(text)
        environment = {"python_version": version, "python_full_version": f"{version}.0"}
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (bound,) = (s.version for s in requirement.specifier if s.operator == ">=")
            bounds[requirement.name] = bound
    return "".join(f"{name}=={bound}\n" for name, bound in bounds.items())


def environment(version: str, executable: str, kind: str) -> Path:
    """The folder of a virtual environment with the project and one set of its dependencies."""
    folder = ROOT / ".venvs" / f"{version}-{kind}"
    locked = CONSTRAINTS / f"python{version}.txt"
    text = {"locked": locked.read_text() if locked.exists() else "", "newest": "",
            "lowest": lower_bounds(version)}[kind]  # fmt: skip
    state = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + text.encode()).hexdigest()
    mark = folder / "made-from"
    if kind != "newest" and mark.exists() and mark.read_text() == state:
        return folder
    if not mark.exists():
        subprocess.run([executable, "-m", "venv", "--clear", folder], check=True)
    constraints = folder / "constraints.txt"
    constraints.write_text(text)
    subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet",
         "--disable-pip-version-check", "--upgrade", "--upgrade-strategy", "eager",
         "--constraint", constraints, "--editable", ".[dev]"],
        cwd=ROOT, check=True,
    )  # fmt: skip
    mark.write_text(state)
    return folder


def lock() -> int:
    """Write the newest versions of all dependencies, for every Python found."""
    CONSTRAINTS.mkdir(exist_ok=True)
    for version, executable in interpreters():
        folder = environment(version, executable, "newest")
        frozen = subprocess.run(
            [folder / "bin" / "python", "-m", "pip", "freeze", "--exclude-editable"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        pins = [line for line in frozen.splitlines() if re.fullmatch(r"[\w.-]+==[\w.]+", line)]
        head = f"# Tested with Python {version}; renewed by make lock, after make test-pythons.\n"
        (CONSTRAINTS / f"python{version}.txt").write_text(head + "\n".join(pins) + "\n")
        print(f"{version}: {len(pins)} versions")
    return 0


def test(names: list[str]) -> int:
    """Run the suite in every environment found, or in those named; 0 when all pass."""
    unknown = set(names) - {f"{version}-{kind}" for version in VERSIONS for kind in KINDS}
    if unknown:
        sys.exit(f"Unknown: {', '.join(sorted(unknown))}. {__doc__}")
    summary = []
    for version, executable in interpreters():
        for kind in KINDS:
            name = f"{version}-{kind}"
            if names and name not in names:
                continue
            folder = environment(version, executable, kind)
            started = time.monotonic()
            run = subprocess.run(
                [folder / "bin" / "python", "-m", "pytest", "-n", "2", "--tb=short"],
                cwd=ROOT, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            last = (run.stdout.strip().splitlines() or [run.stderr.strip()])[-1]
            failed = re.findall(r"^(?:FAILED|ERROR) .*", run.stdout, re.MULTILINE)
            print(*failed, f"{name}: {last}", sep="\n", flush=True)
            summary.append(
                (run.returncode, f"{name:12}  {time.monotonic() - started:4.0f} s  {last}")
            )
    print(*(line for _, line in summary), sep="\n")
    return max((status for status, _ in summary), default=0)


if __name__ == "__main__":
    if sys.argv[1:2] not in (["lock"], ["test"]):
        sys.exit(__doc__)
    sys.exit(lock() if sys.argv[1] == "lock" else test(sys.argv[2:]))
