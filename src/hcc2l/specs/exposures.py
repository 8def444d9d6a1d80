"""Options of exposures that begin later, and what they exclude."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hcc2l.specs.options import SELECTION, option
from hcc2l.specs.rules import Excludes


def when_option() -> Any:
    """Exposures that begin after time 0."""
    return option(
        (), "An exposure that begins later, as the term NAME: the column of its date, or of the "
        "time since time 0; empty where it never begins.",
        metavar="NAME=COL", panel=SELECTION, commas=False,
    )  # fmt: skip


def exposure_columns(when: Sequence[str]) -> list[str]:
    """Columns that ``NAME=COL`` name, unchecked, so that they can be read in one pass."""
    return [text.partition("=")[2].strip() for text in when]


_NOT_IN_KM = {
    "--entry": "An exposure begins in patients who are followed from time 0.",
    "--from": "Curves of an exposure begin later with --landmark.",
    "--competing": "A curve for each state of an exposure has no competing event.",
    "--nph": "The panel of --nph compares groups that do not change.",
    "--given": "Conditional survival is that of groups that do not change.",
    "--tau": "The area under the curve of an exposure is the mean survival of no patient.",
    "--parametric": "Parametric models are of groups that do not change.",
    "--weights": "Case weights are not available where patients move between the groups.",
    "--trend": "An exposure has two levels, so there is no trend to test.",
    "--pairwise": "An exposure has two levels, which the Mantel–Byar test compares.",
    **{
        f"--test {test}": "Curves of an exposure are compared by the Mantel–Byar test."
        for test in ("peto", "gehan", "tarone-ware", "fh")
    },
    "--show hazard": "The figure of an exposure shows survival, or the risk.",
    "--impute": "Groups are imputed where they are known from time 0.",
    "--imputations": "Groups are imputed where they are known from time 0.",
    "--cumulative-events": "The figure of an exposure has the numbers at risk alone.",
}
_NOT_IN_COX = {
    "--entry": "What changes with time cuts the follow-up of patients followed from time 0.",
    "--firth": "The penalised likelihood is that of rows from time 0.",
    "--performance": "A model whose covariates change later predicts nothing at time 0.",
    "--adjusted-curves": "A model whose covariates change later has no survival curve of a "
    "patient.",
    "--subgroups": "Subgroups are of covariates that do not change.",
    "--frailty": "The frailty of centres is estimated from patients with one row each.",
    "--competing": "Competing events are analysed with covariates that do not change.",
    "--impute": "Missing values are imputed where covariates do not change.",
    "--imputations": "Imputed values are analysed where covariates do not change.",
    "--save-model": "A model whose covariates change later predicts nothing at time 0.",
}


def _excluded(options: dict[str, str], other: str) -> tuple[Excludes, ...]:
    return tuple(
        Excludes(name, other, message=why, hint=f"Omit {name}.") for name, why in options.items()
    )


KM_RULES = _excluded(_NOT_IN_KM, "--when")
COX_RULES = (*_excluded(_NOT_IN_COX, "--when"), *_excluded(_NOT_IN_COX, "--visits"))
