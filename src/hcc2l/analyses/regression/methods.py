"""The sentences of a methods paragraph that regressions share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hcc2l import references
from hcc2l.analyses.regression.models import Fitted, Regression
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm
from hcc2l.numerals import cutpoint, in_text, p_below
from hcc2l.specs import RegressionSpec
from hcc2l.wording import in_sentence, in_words, listed

if TYPE_CHECKING:
    from hcc2l.analyses.regression.splines import SplineCurve

FIRTH = "Firth's penalised likelihood"


def model_sentences(spec: RegressionSpec, fitted: Fitted, cohort: Cohort) -> list[str]:
    """The sentences on the covariates of the multivariable model and its patients."""
    final = fitted.final
    if final is None:
        return []
    names = [_name(term, cohort) for term in final.terms]
    if spec.stepwise is not None or spec.select is not None:
        sentence = _selection(spec, fitted)
    elif len(names) == 1:
        return []
    else:
        sentence = f"The multivariable model included {listed(names)}."
    patients = f"{final.n} patients with complete data on "
    whose = "all candidate variables" if spec.stepwise is not None else "all of its covariates"
    if final.pooled is not None:
        return [sentence, f"It was fitted to {final.n} patients ({final.events} events)."]
    sentences = [sentence, f"It was fitted to the {patients}{whose} ({final.events} events)."]
    if fitted.alone:
        sentences.append("Each univariable model included all patients with data on its covariate.")
    return sentences


def _name(term: ModelTerm, cohort: Cohort) -> str:
    """A covariate in a sentence: `AFP`, `AFP (per doubling)`, `Child-Pugh A5 or A6`."""
    if term.spline is not None:
        return f"{in_sentence(cohort.label(term.column))} (as a spline)"
    compared = term.factor is not None and set(term.factor.levels) <= {"no", "yes"}
    whole = term.scale is not None or (compared and term.text != term.column)
    whole |= term.column not in cohort.nameable and not cohort.computable(term.column)
    return in_sentence(term.label if whole else cohort.label(term.column))


def _selection(spec: RegressionSpec, fitted: Fitted) -> str:
    assert fitted.final is not None
    kept, candidates = len(fitted.final.terms), len(dict.fromkeys(spec.covariates))
    share = f"{in_words(kept)} of {in_words(candidates)}"
    if spec.select is not None:
        return (f"Variables with {p_below(spec.select)} in univariable analysis were entered into "
                f"the multivariable model ({share}).")  # fmt: skip
    if spec.stepwise == "aic":
        rule = "Akaike's information criterion"
    else:
        test = {"lr": "likelihood-ratio", "wald": "Wald"}[str(spec.stepwise)]
        rule = f"{test} tests ({p_below(spec.stays_below)} to stay)"
    return (f"The multivariable model was selected by backward elimination based on {rule}; "
            f"{share} candidate variables were retained.")  # fmt: skip


def spline_sentences(
    data: Regression, curves: Sequence[SplineCurve], cohort: Cohort
) -> tuple[list[str], list[str]]:
    """The sentences on splines, and what they cite."""
    sentences = []
    ratio = "Hazard" if data.ratio == "hr" else "Odds"
    for curve in curves:
        if curve.by is not None:
            continue
        unit = cohort.dictionary.column(curve.term.column).unit
        after = f" {unit}" if unit else ""
        name = in_sentence(cohort.label(curve.term.column))
        logarithm = curve.term.scale is not None and curve.term.scale.kind != "per"
        form = f"the logarithm of {name}" if logarithm else name
        given = curve.term.spline is not None and curve.term.spline.reference is not None
        median = "" if given else " (the median)"
        at = listed([in_text(knot) for knot in curve.knots.tolist()])
        sentences += [
            f"{form[:1].upper()}{form[1:]} entered the model as a restricted cubic spline with "
            f"{in_words(len(curve.knots))} knots at {at}{after}.",
            f"{ratio} ratios along the curve are relative to "
            f"{cutpoint(curve.reference)}{after}{median}, with pointwise confidence intervals.",
        ]
    if not sentences:
        return [], []
    robust = any(curve.model.robust_std_err is not None for curve in curves)
    sentences.append(
        "The association as a whole and its departure from linearity were assessed by "
        f"{'Wald' if robust else 'likelihood-ratio'} tests."
    )
    return sentences, [references.HARRELL_2015]


def interaction_sentences(spec: RegressionSpec, fitted: Fitted, tested: bool) -> list[str]:
    """The sentence on tests of interaction, where there were any."""
    if not tested:
        return []
    added = "added to the multivariable model" if fitted.final and spec.interaction else ""
    return [f"Interactions were assessed by likelihood-ratio tests of product terms"
            f"{' ' + added if added else ''}."]  # fmt: skip


def bootstrap_sentences(spec: RegressionSpec) -> list[str]:
    """The sentence on the correction for optimism, where there was one."""
    if not spec.performance or not spec.samples:
        return []
    selection = spec.select is not None or spec.stepwise is not None
    repeated = ", repeating the selection of variables in each sample" if selection else ""
    return ["Discrimination and the calibration slope were corrected for optimism by bootstrapping "
            f"({spec.samples} samples, seed {spec.seed}){repeated}."]  # fmt: skip
