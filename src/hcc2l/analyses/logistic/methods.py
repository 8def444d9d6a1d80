"""The methods paragraph of a logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.logistic.data import LogisticData, limits_kind
from hcc2l.analyses.regression.methods import (
    FIRTH,
    bootstrap_sentences,
    interaction_sentences,
    model_sentences,
    spline_sentences,
)
from hcc2l.analyses.regression.models import (
    Fitted,
)
from hcc2l.cohort import Cohort
from hcc2l.numerals import confidence_level
from hcc2l.wording import in_sentence

if TYPE_CHECKING:
    from hcc2l.analyses.regression.splines import SplineCurve


def logistic_methods(
    data: LogisticData,
    fitted: Fitted,
    cohort: Cohort,
    outcome: str,
    curves: Sequence[SplineCurve] = (),
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, cited = data.spec, [references.COX_1958]
    kind = "profile-likelihood" if limits_kind(spec) == "profile" else "Wald"
    sentences = opening_sentences(cohort)
    sentences.append(
        f"Odds ratios for {in_sentence(outcome)} with {confidence_level(spec.conf_level)} "
        f"{kind} confidence intervals were estimated by logistic "
        f"regression{' with ' + FIRTH if spec.firth else ''}."
    )
    if spec.firth:
        sentences.append("The p-values are those of penalised likelihood-ratio tests.")
        cited.append(references.HEINZE_SCHEMPER_2002)
    sentences += model_sentences(spec, fitted, cohort)
    of_splines, more = spline_sentences(data, curves, cohort)
    sentences += of_splines
    cited += more
    sentences += interaction_sentences(spec, fitted, bool(spec.interaction))
    if spec.performance:
        sentences.append(
            "The performance of the multivariable model was measured by the area under the ROC "
            "curve, the Brier score and the calibration slope."
        )
        cited.append(references.HARRELL_1996)
    sentences += bootstrap_sentences(spec)
    if any(model.describe()["hosmer_lemeshow_p"] is not None for model in fitted.models):
        sentences.append("Calibration was assessed by the Hosmer–Lemeshow test.")
        cited.append(references.HOSMER_LEMESHOW_1980)
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), (*score_references(cohort), *cited)
