"""Which statistic describes, and which test compares, each variable: what the options ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.analyses.table1.variables import Variable
from hcc2l.errors import UsageError, did_you_mean
from hcc2l.specs import Table1Spec
from hcc2l.specs.table1 import STATISTICS, TESTS


@dataclass(frozen=True)
class Requests:
    """Names of statistics and tests, for single variables (by term) and for all.

    Attributes
    ----------
    test, tests
        For one variable; for all those that the test fits.
    """

    statistic: dict[str, tuple[str, ...]]
    statistics: tuple[str, ...]
    test: dict[str, str]
    tests: tuple[str, ...]

    def statistics_of(self, variable: Variable) -> tuple[str, ...]:
        """The statistics that describe a number."""
        return self.statistic.get(variable.text, self.statistics)


def requests(spec: Table1Spec, variables: Sequence[Variable]) -> Requests:
    """What --statistic and --test ask for.

    Raises
    ------
    UsageError
        A name is unknown, or a variable is not in the table.
    """
    statistic: dict[str, tuple[str, ...]] = {}
    statistics: list[str] = []
    for term, name in _parts(spec.statistic, "--statistic", STATISTICS, variables):
        if term is None:
            statistics.append(name)
        else:
            statistic[term] = tuple(dict.fromkeys((*statistic.get(term, ()), name)))
    test: dict[str, str] = {}
    tests: list[str] = []
    for term, name in _parts(spec.test, "--test", ("auto", "none", *TESTS), variables):
        if term is None:
            tests.append(name)
        else:
            test[term] = name
    return Requests(
        statistic, tuple(dict.fromkeys(statistics)) or (STATISTICS[0],), test,
        tuple(dict.fromkeys(tests)),
    )  # fmt: skip


def _parts(
    given: Sequence[str], option: str, known: Sequence[str], variables: Sequence[Variable]
) -> list[tuple[str | None, str]]:
    """The variable, None for all, and the name in each value of an option."""
    found: list[tuple[str | None, str]] = []
    for text in given:
        term, _, name = (part.strip() for part in text.rpartition("="))
        if name not in known:
            raise UsageError(
                f"There is no {option.removeprefix('--')} {name!r}.",
                where=f"{option} {text}",
                hint=did_you_mean(name, known),
            )
        if not term:
            found.append((None, name))
            continue
        named = [v.text for v in variables if term in (v.text, v.column)]
        if not named:
            raise UsageError(
                f"{term!r} is not in the table.",
                where=f"{option} {text}",
                hint=did_you_mean(term, [v.text for v in variables]),
            )
        found += [(variable, name) for variable in named]
    return found
