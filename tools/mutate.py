"""Break the code in sampled places, one at a time, and print the breaks that no test notices.

``python tools/mutate.py [--mutants 400] [--minutes 60] [--seed 1] [FOLDER …]``

A mutant is one changed operator, boundary, sign, condition, number or function. Only the tests that
execute the changed line are run (coverage.py tells which), the fastest first; a mutant survives
when all of them pass. The baseline, one run of the suite, is kept until a file changes.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from coverage import CoverageData

ROOT = Path(__file__).parents[1]
WORK = ROOT / ".mutants"
ROOMS = ("stats", "analyses", "design", "figures")
COPIED = ("src", "tests", "sample_data", "docs", "benchmarks", "README.md", "CHANGELOG.md",
          "CONTRIBUTING.md", "LICENSE", "Makefile", "pyproject.toml")  # fmt: skip
WORKERS = 2
BATCHES = (5.0, 300.0)  # seconds of tests: most mutants fall to a few fast ones

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
             "maximum": "minimum", "floor": "ceil", "ceil": "floor", "abs": "float",
             "nanmin": "nanmax", "nanmax": "nanmin", "fmin": "fmax"}  # fmt: skip
SIDES = {"left": "right", "right": "left"}  # of a search in sorted numbers, of a text in a figure


@dataclass(frozen=True)
class Mutant:
    """The `place`-th node of a file's syntax tree, to be broken."""

    path: Path
    place: int
    line: int


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    for place, node in _nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if _break(node) is not None:
            yield Mutant(path, place, node.lineno)


def broken_source(mutant: Mutant) -> tuple[str, str, str]:
    """The expression before and after, and the text of the file with it."""
    tree = ast.parse(mutant.path.read_text(encoding="utf-8"))
    node = next(node for place, node in _nodes(tree) if place == mutant.place)
    before = ast.unparse(node)
    change = _break(node)
    assert change is not None
    change()
    return before, ast.unparse(node), ast.unparse(tree)


def _nodes(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """Expressions that calculate or decide, with their place; not annotations or formats."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        parts = [getattr(node, name, None) for name in ("annotation", "returns", "format_spec")]
        for part in [p for p in parts if p is not None]:
            skipped |= {id(inner) for inner in ast.walk(part)}
    for place, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.expr) and id(node) not in skipped:
            yield place, node


def _break(node: ast.expr) -> Callable[[], None] | None:
    """A call that breaks a node in its tree; None where there is nothing to break."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in OPERATORS:
            return lambda: setattr(node, "ops", [OPERATORS[type(op)]()])
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
            return lambda: setattr(node, "op", OPERATORS[type(op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert() as op, operand=operand):
            return lambda: setattr(node, "operand", ast.UnaryOp(type(op)(), operand))  # undone
        case ast.IfExp(test=test):
            return lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool() as value):
            return lambda: setattr(node, "value", not value)
        case ast.Constant(value=int() | float() as value):
            return lambda: setattr(node, "value", value + 1)
        case ast.Constant(value=str() as value) if value in SIDES:
            return lambda: setattr(node, "value", SIDES[value])
        case ast.Call(func=ast.Name(id=name) as function) if name in FUNCTIONS:
            return lambda: setattr(function, "id", FUNCTIONS[name])
        case ast.Call(func=ast.Attribute(attr=name) as function) if name in FUNCTIONS:
            return lambda: setattr(function, "attr", FUNCTIONS[name])
    return None


# ---------------------------------------------------------------- which tests run a line


class Baseline:
    """Results of one run of the suite: the tests that run each line, and their durations."""

    def __init__(self) -> None:
        self._data = CoverageData(str(WORK / "coverage"))
        self._data.read()
        self.seconds: dict[str, float] = {}
        for case in ET.parse(WORK / "tests.xml").iter("testcase"):
            module = case.attrib["classname"].replace(".", "/")
            self.seconds[f"{module}.py::{case.attrib['name']}"] = float(case.attrib["time"])

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run its line, fastest first; those of its file if run at import only."""
        contexts = self._data.contexts_by_lineno(str(mutant.path))
        names = _names(contexts.get(mutant.line, ()))
        if not names and "" in contexts.get(mutant.line, ()):
            names = {name for line in contexts.values() for name in _names(line)}
        return sorted(names, key=lambda name: (self.seconds.get(name, 1.0), name))


def _names(contexts: list[str] | tuple[str, ...]) -> set[str]:
    return {context.rpartition("|")[0] for context in contexts if context}


def baseline() -> Baseline:
    """Run the suite with coverage, unless it was run on these very files."""
    digest = hashlib.sha256()
    for folder in ("src", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    mark = WORK / "made-from"
    if not mark.exists() or mark.read_text() != digest.hexdigest():
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir()
        command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), "--cov=hcc2l",
                   "--cov-context=test", "--cov-report=", f"--junitxml={WORK / 'tests.xml'}",
                   "-o", "junit_family=xunit1"]  # fmt: skip
        environment = os.environ | {"COVERAGE_FILE": str(WORK / "coverage")}
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            sys.exit("The suite fails on the unchanged code. Make it pass first.")
        mark.write_text(digest.hexdigest())
    return Baseline()


# ---------------------------------------------------------------- running


def copy_of_project(number: int) -> Path:
    """A copy of the project that mutants are written into."""
    folder = WORK / f"copy-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


def killed(mutant: Mutant, source: str, tests: list[str], base: Baseline, folder: Path) -> bool:
    """Whether a test fails, or does not end, with the broken file in place."""
    target = folder / mutant.path.relative_to(ROOT)
    intact = target.read_text(encoding="utf-8")
    target.write_text(source, encoding="utf-8")
    try:
        begin = 0
        for limit in BATCHES:
            end, total = begin, 0.0
            while end < len(tests) and (total < limit or end == begin):
                total += base.seconds.get(tests[end], 1.0)
                end += 1
            if begin < end and _fails(tests[begin:end], folder, 60 + 10 * total):
                return True
            begin = end
        return False
    finally:
        target.write_text(intact, encoding="utf-8")


def _fails(tests: list[str], folder: Path, limit: float) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist", "-p", "no:cov",
               "-p", "no:cacheprovider", "--no-header", "--tb=no", *tests]  # fmt: skip
    environment = os.environ | {
        "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    try:
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True,
                             timeout=limit, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    if run.returncode in (4, 5):  # pytest found no such test: the baseline does not fit
        raise RuntimeError(run.stdout.decode() + run.stderr.decode())
    return run.returncode != 0


def main() -> int:
    """Break a sample of the code; 1 when a mutant survives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", default=[f"src/hcc2l/{room}" for room in ROOMS])
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    base = baseline()
    paths = [p for folder in options.folders for p in sorted((ROOT / folder).rglob("*.py"))]
    everything = [mutant for path in paths for mutant in mutants(path)]
    sample = random.Random(options.seed).sample(everything, min(options.mutants, len(everything)))
    folders: SimpleQueue[Path] = SimpleQueue()
    for number in range(WORKERS):
        folders.put(copy_of_project(number))
    until = time.monotonic() + 60 * options.minutes

    def survives(mutant: Mutant) -> bool | None:
        if time.monotonic() > until:
            return None
        before, after, source = broken_source(mutant)
        tests = base.tests(mutant)
        folder = folders.get()
        try:
            alive = not killed(mutant, source, tests, base, folder)
        finally:
            folders.put(folder)
        if alive:
            where = f"{mutant.path.relative_to(ROOT)}:{mutant.line}"
            print(f"{where}: {before}  ->  {after}  ({len(tests)} tests)", flush=True)
        return alive

    with ThreadPoolExecutor(WORKERS) as pool:
        results = [result for result in pool.map(survives, sample) if result is not None]
    print(f"{len(results)} of {len(everything)} mutants run, {sum(results)} survived "
          f"({sum(results) / max(len(results), 1):.1%}).")  # fmt: skip
    return int(any(results))


if __name__ == "__main__":
    sys.exit(main())
