"""The public Python functions: each analysis as a function that returns the command's report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hcc2l.cohort import Cohort
from hcc2l.errors import UsageError
from hcc2l.report import Report
from hcc2l.specs import (
    SPECS,
    CoxSpec,
    KmSpec,
    LogisticSpec,
    PsmatchSpec,
    RocSpec,
    TreeSpec,
    check_names,
)

if TYPE_CHECKING:
    from hcc2l.analyses.tree.run import FittedTree


def km(cohort: Cohort | str | Path | None = None, **options: Any) -> Report:
    """Kaplan–Meier analysis; the same report as ``hcc2l km``.

    Parameters
    ----------
    cohort
        A cohort from `read_cohort`, a path, or None for the default cohort.
    **options
        The fields of `KmSpec`, such as ``by="child_pugh"``, ``at=[6, 12, 24]``.
    """
    from hcc2l.analyses.km.run import run

    subject = _cohort(cohort)
    return run(subject, KmSpec(**_options("km", subject, options)))


def cox(cohort: Cohort | str | Path | None = None, **options: Any) -> Report:
    """Cox regression; the same report as ``hcc2l cox``.

    Parameters
    ----------
    cohort
        A cohort from `read_cohort`, a path, or None for the default cohort.
    **options
        The fields of `CoxSpec`, such as ``covariates=["age", "child_pugh", "afp@400"]``.
    """
    from hcc2l.analyses.cox.run import run

    subject = _cohort(cohort)
    return run(subject, CoxSpec(**_options("cox", subject, options)))


def logistic(cohort: Cohort | str | Path | None = None, **options: Any) -> Report:
    """Logistic regression; the same report as ``hcc2l logistic``.

    Parameters
    ----------
    cohort
        A cohort from `read_cohort`, a path, or None for the default cohort.
    **options
        The fields of `LogisticSpec`, such as ``outcome="primary_resistance"``.
    """
    from hcc2l.analyses.logistic.run import run

    subject = _cohort(cohort)
    return run(subject, LogisticSpec(**_options("logistic", subject, options)))


def tree(cohort: Cohort | str | Path | None = None, **options: Any) -> Report:
    """Conditional inference survival tree; the same report as ``hcc2l tree``.

    Parameters
    ----------
    cohort
        A cohort from `read_cohort`, a path, or None for the default cohort.
    **options
        The fields of `TreeSpec`, such as ``covariates=["afp", "child_pugh"]``, ``alpha=0.1``.
    """
    return fit_tree(cohort, **options).report


def fit_tree(cohort: Cohort | str | Path | None = None, **options: Any) -> FittedTree:
    """The tree of `tree` as an object that assigns patients of other cohorts to its leaves.

    Parameters
    ----------
    cohort, **options
        As in `tree`.
    """
    from hcc2l.analyses.tree.run import fit

    subject = _cohort(cohort)
    return fit(subject, TreeSpec(**_options("tree", subject, options)))


def psmatch(cohort: Cohort | str | Path | None = None, **options: Any) -> Report:
    """Propensity-score matching; the same report as ``hcc2l psmatch``.

    Parameters
    ----------
    cohort
        A cohort from `read_cohort`, a path, or None for the default cohort.
    **options
        The fields of `PsmatchSpec`, such as ``treat="lenvatinib", covariates=["age", "sex"]``.
    """
    from hcc2l.analyses.psmatch.run import run

    subject = _cohort(cohort)
    return run(subject, PsmatchSpec(**_options("psmatch", subject, options)))


def roc(cohort: Cohort | str | Path | None = None, **options: Any) -> Report:
    """ROC analysis; the same report as ``hcc2l roc``.

    Parameters
    ----------
    cohort
        A cohort from `read_cohort`, a path, or None for the default cohort.
    **options
        The fields of `RocSpec`, such as ``outcome="primary_resistance", boot=1000``.
    """
    from hcc2l.analyses.roc.run import run

    subject = _cohort(cohort)
    return run(subject, RocSpec(**_options("roc", subject, options)))


def _cohort(cohort: Cohort | str | Path | None) -> Cohort:
    if isinstance(cohort, Cohort):
        return cohort.unused()
    from hcc2l.readers import read_cohort

    return read_cohort(cohort)


def _refuse_list_in_text(cohort: Cohort, name: str, value: object) -> None:
    """UsageError for ``covariates="afp,child_pugh"``: commas separate values in a shell only."""
    if not isinstance(value, str) or "," not in value or value in cohort.names:
        return
    parts = [part.strip() for part in value.split(",")]
    if all(re.split("[@=!<>≤≥]", part)[0].strip() in cohort.names for part in parts):
        raise UsageError(
            f"{value!r} is a single string, not a list of columns.",
            where=name,
            hint=f"Give a list: {name}={parts}.",
        )


def _options(command: str, cohort: Cohort, options: dict[str, Any]) -> dict[str, Any]:
    """A command's options: those given, else the dictionary's."""
    check_names(command, options)
    for name, value in options.items():
        _refuse_list_in_text(cohort, name, value)
    fields = SPECS[command].__dataclass_fields__
    return {k: v for k, v in cohort.dictionary.options(command, options).items() if k in fields}
