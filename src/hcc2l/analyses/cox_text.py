"""What a cox analysis says about itself: the footer and the paragraph for a manuscript."""

from __future__ import annotations

from importlib.metadata import version

from hcc2l.analyses.cox_models import CoxData
from hcc2l.analyses.cox_tables import CoxResults
from hcc2l.analyses.performance import HARRELL
from hcc2l.analyses.regression import Fitted
from hcc2l.cohort import Cohort
from hcc2l.specs import RegressionSpec

_COX = "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220."
_TIES = {
    "efron": "Efron B. The efficiency of Cox's likelihood function for censored data. "
    "J Am Stat Assoc 1977;72:557-565.",
    "breslow": "Breslow N. Covariance analysis of censored survival data. "
    "Biometrics 1974;30:89-99.",
}
_HAZARDS = (
    "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted "
    "residuals. Biometrika 1994;81:515-526."
)
_ROBUST = (
    "Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. "
    "J Am Stat Assoc 1989;84:1074-1078."
)
_UNO = (
    "Uno H, Cai T, Pencina MJ, D'Agostino RB, Wei LJ. On the C-statistics for evaluating overall "
    "adequacy of risk prediction procedures with censored survival data. "
    "Stat Med 2011;30:1105-1117."
)
_ADJUSTED = (
    "Gail MH, Byar DP. Variance calculations for direct adjusted survival curves, with "
    "applications to testing for no treatment effect. Biom J 1986;28:587-599."
)
_FIRTH_COX = (
    "Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox regression. "
    "Biometrics 2001;57:114-119."
)
FIRTH = "Firth's penalised likelihood, with p-values of the penalised likelihood ratio"
_LANDMARK = (
    "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. "
    "J Clin Oncol 1983;1:710-719."
)


def conventions(data: CoxData) -> list[str]:
    """The footer's second line: endpoint, model, ties, variance."""
    spec, endpoint = data.spec, data.outcome.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    parts = [
        f"{endpoint.label} ({endpoint.described}){unit}",
        f"Cox model{', Firth penalised likelihood' if spec.firth else ''}, "
        f"{spec.ties.capitalize()} ties, {spec.conf_level * 100:g}% CI "
        f"({'Profile' if spec.firth else 'Wald'})",
    ]
    if spec.strata:
        parts.append(f"stratified by {data.labels[spec.strata]}")
    if spec.weights:
        parts.append(f"weights {spec.weights}")
    if spec.cluster:
        parts.append(f"robust variance, clustered on {spec.cluster}")
    elif spec.robust:
        parts.append("robust variance")
    return parts


def cox_methods(data: CoxData, results: CoxResults, cohort: Cohort) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, endpoint = data.spec, data.outcome.endpoint
    said = ["The data are synthetic."] if cohort.source.synthetic else []
    cited = [_COX, _TIES[spec.ties]]
    said.append(
        f"Hazard ratios for {endpoint.label[:1].lower() + endpoint.label[1:]} with "
        f"{spec.conf_level * 100:g}% {'profile-likelihood' if spec.firth else 'Wald'} confidence "
        f"intervals were estimated by Cox regression{' with ' + FIRTH if spec.firth else ''}, "
        f"{'and' if spec.firth else 'with'} {spec.ties.capitalize()}'s method for ties."
    )
    if spec.firth:
        cited.append(_FIRTH_COX)
    if spec.strata:
        said.append(f"The baseline hazard was stratified by {data.labels[spec.strata]}.")
    if any(m.robust_std_err is not None for m in results.models):
        within = f", clustered on {spec.cluster}" if spec.cluster else ""
        said.append(f"Standard errors were robust (sandwich estimator{within}).")
        cited.append(_ROBUST)
    if spec.landmark is not None:
        said.append(
            f"Time was counted from a landmark at {spec.landmark:g}"
            f"{' ' + endpoint.unit if endpoint.unit else ''}; patients with an event or censored "
            "by then were left out."
        )
        cited.append(_LANDMARK)
    said += selection_sentences(spec, results.fitted)
    said += performance_sentences(spec)
    if spec.performance:
        cited += [HARRELL, _UNO]
    if spec.adjusted_curves is not None:
        said.append(
            f"Survival adjusted for the other covariates was predicted for each level of "
            f"{data.labels[spec.adjusted_curves]} and averaged over the patients."
        )
        cited.append(_ADJUSTED)
    if results.ph_tests:
        said.append(
            "Proportional hazards were checked by the score test of a coefficient that changes "
            "with time."
        )
        cited.append(_HAZARDS)
    if results.interactions:
        said.append("Interactions were tested by the likelihood-ratio test.")
    said.append(
        "Every model used the patients with complete data for its covariates. Analyses were done "
        f"with hcc2l {version('hcc2l')}."
    )
    return " ".join(said), tuple(cited)


def selection_sentences(spec: RegressionSpec, fitted: Fitted) -> list[str]:
    """How the covariates of the multivariable model were chosen."""
    if not spec.models[1]:
        return []
    if spec.stepwise == "aic":
        return ["The multivariable model was chosen by backward elimination by Akaike's "
                "information criterion."]  # fmt: skip
    if spec.stepwise is not None:
        test = {"lr": "likelihood-ratio", "wald": "Wald"}[spec.stepwise]
        return [f"The multivariable model was chosen by backward elimination; variables with "
                f"{test} p below {spec.stays_below:g} stayed."]  # fmt: skip
    if spec.select is not None:
        return [f"Variables with univariable p below {spec.select:g} entered the multivariable "
                "model."]  # fmt: skip
    return ["The multivariable model contained all covariates."] if fitted.final else []


def performance_sentences(spec: RegressionSpec) -> list[str]:
    """How the performance of the model was measured."""
    if not spec.performance or not spec.samples:
        return []
    way = ", selection included," if spec.select is not None or spec.stepwise is not None else ""
    return ["Discrimination and calibration slope were corrected for optimism by a bootstrap of "
            f"{spec.samples} samples, in each of which the model{way} was made anew."]  # fmt: skip
