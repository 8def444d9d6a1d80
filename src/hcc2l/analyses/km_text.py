"""What a km analysis says about itself: the footer and the paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.km_data import KmData
from hcc2l.cohort import Cohort
from hcc2l.design import RowAccount

_REFERENCES = {
    "kaplan-meier": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. "
    "J Am Stat Assoc 1958;53:457-481.",
    "brookmeyer": "Brookmeyer R, Crowley J. A confidence interval for the median survival time. "
    "Biometrics 1982;38:29-41.",
    "reverse": "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. "
    "Control Clin Trials 1996;17:343-346.",
    "logrank": "Mantel N. Evaluation of survival data and two new rank order statistics arising in "
    "its consideration. Cancer Chemother Rep 1966;50:163-170.",
    "peto": "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. "
    "J R Stat Soc A 1972;135:185-206.",
    "gehan": "Gehan EA. A generalized Wilcoxon test for comparing arbitrarily singly-censored "
    "samples. Biometrika 1965;52:203-223.",
    "tarone-ware": "Tarone RE, Ware J. On distribution-free tests for equality of survival "
    "distributions. Biometrika 1977;64:156-160.",
    "fh": "Fleming TR, Harrington DP. Counting processes and survival analysis. Wiley, 1991.",
    "trend": "Tarone RE. Tests for trend in life table analysis. Biometrika 1975;62:679-682.",
    "rmst": "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard "
    "ratio. BMC Med Res Methodol 2013;13:152.",
    "landmark": "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. "
    "J Clin Oncol 1983;1:710-719.",
    "aalen": "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov "
    "chains based on censored observations. Scand J Stat 1978;5:141-150.",
    "gray": "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a "
    "competing risk. Ann Stat 1988;16:1141-1154.",
    "weights": "Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. "
    "J Am Stat Assoc 1989;84:1074-1078.",
    "holm": "Holm S. A simple sequentially rejective multiple test procedure. "
    "Scand J Stat 1979;6:65-70.",
    "bh": "Benjamini Y, Hochberg Y. Controlling the false discovery rate. "
    "J R Stat Soc B 1995;57:289-300.",
}
TEST_LABELS = {
    "logrank": "Log-rank",
    "peto": "Peto–Peto",
    "gehan": "Gehan–Breslow",
    "tarone-ware": "Tarone–Ware",
    "fh": "Fleming–Harrington",
    "logrank-stratified": "Log-rank, stratified",
    "logrank-trend": "Log-rank, trend",
    "gray": "Gray",
}
FAMILY_LABELS = {
    "exponential": "Exponential",
    "weibull": "Weibull",
    "lognormal": "Log-normal",
    "loglogistic": "Log-logistic",
}
_TEST_WORDS = {
    "logrank": "the log-rank test",
    "peto": "the Peto–Peto test",
    "gehan": "the Gehan–Breslow test",
    "tarone-ware": "the Tarone–Ware test",
    "fh": "the Fleming–Harrington test",
}
_CI_WORDS = {
    "log": "log",
    "log-log": "log-log",
    "plain": "untransformed",
    "logit": "logit",
    "arcsin": "arcsine-square-root",
}


def conventions(data: KmData) -> list[str]:
    """The footer's second line: endpoint, estimator, interval type, tests."""
    spec, endpoint = data.spec, data.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    parts = [f"{endpoint.label} ({endpoint.described}){unit}"]
    name = "Aalen–Johansen" if spec.competing else "Kaplan–Meier"
    parts.append(f"{name}, {spec.conf_level * 100:g}% CI {spec.conf_type}")
    if data.weights is not None:
        parts.append(
            f"weights {spec.weights} ({'robust variance' if data.robust else 'repeated rows'})"
        )
    if data.group:
        parts.append(f"test: {', '.join(_test_names(data))}")
    return parts


def _test_names(data: KmData) -> list[str]:
    spec = data.spec
    labels = {**TEST_LABELS, "fh": f"Fleming–Harrington ({spec.rho:g}, {spec.gamma:g})"}
    names = [labels[test] for test in spec.test]
    names += [f"log-rank stratified by {data.strata.label}"] if data.strata else []
    names += ["log-rank trend"] if spec.trend else []
    names += [f"pairwise log-rank ({spec.adjust})"] if spec.pairwise else []
    return names + (["Gray"] if spec.competing else [])


def trend_order(data: KmData) -> list[str]:
    """The groups in the order of the trend's scores: level order, whichever is the reference."""
    if data.group is None:
        return []
    return [level for _, level in sorted(zip(data.group.ranks, data.group.levels, strict=True))]


def km_methods(data: KmData, cohort: Cohort, account: RowAccount) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, endpoint = data.spec, data.endpoint
    sentences: list[str] = []
    cited: list[str] = []
    unit = f" (in {endpoint.unit})" if endpoint.unit else ""
    level = f"{spec.conf_level * 100:g}%"
    if cohort.source.synthetic:
        sentences.append("The data are synthetic.")
    if spec.competing:
        sentences.append(
            f"The cumulative incidence of {endpoint.event_name}{unit} was estimated by the "
            f"Aalen–Johansen method with {data.competing_name} as competing event; "
            f"{level} confidence intervals use the {_CI_WORDS[spec.conf_type]} transformation."
        )
        cited.append("aalen")
    else:
        sentences.append(
            f"{endpoint.label}{unit} was estimated by the Kaplan–Meier method; medians are given "
            f"with {level} confidence intervals based on the {_CI_WORDS[spec.conf_type]} "
            "transformation with Greenwood's variance."
            if not data.robust
            else f"{endpoint.label}{unit} was estimated by the weighted Kaplan–Meier method; "
            f"medians are given with {level} confidence intervals based on the "
            f"{_CI_WORDS[spec.conf_type]} transformation with a robust (infinitesimal jackknife) "
            "variance."
        )
        cited += ["kaplan-meier", "brookmeyer"]
    sentences.append("Median follow-up was estimated by the reverse Kaplan–Meier method.")
    cited.append("reverse")
    sentences += _landmark_sentence(data, cited)
    if data.group:
        sentences += _test_sentences(data, cited)
    if spec.tau is not None:
        sentences.append(
            f"Restricted mean survival time was the area under the curve to {spec.tau:g}"
            f"{' ' + endpoint.unit if endpoint.unit else ''}"
            + ("; differences between groups were tested by a z-test." if data.group else ".")
        )
        cited.append("rmst")
    if spec.parametric:
        sentences.append(_parametric_sentence(data))
    sentences += _row_sentences(data, cohort, account)
    return " ".join(sentences), tuple(_REFERENCES[key] for key in dict.fromkeys(cited))


def _landmark_sentence(data: KmData, cited: list[str]) -> list[str]:
    if data.spec.landmark is None:
        return []
    cited.append("landmark")
    unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
    return [
        f"Time was counted from a landmark at {data.spec.landmark:g}{unit}; patients with an event "
        "or censored by then were left out."
    ]


def _test_sentences(data: KmData, cited: list[str]) -> list[str]:
    spec = data.spec
    words = dict(_TEST_WORDS)
    words["fh"] = f"the Fleming–Harrington test (rho = {spec.rho:g}, gamma = {spec.gamma:g})"
    sentences = [f"Groups were compared by {_join([words[t] for t in spec.test])}."]
    cited += list(spec.test)
    if spec.competing:
        sentences[0] = (
            f"Cause-specific hazards were compared by {_join([words[t] for t in spec.test])}, "
            "cumulative incidences by Gray's test."
        )
        cited.append("gray")
    if data.robust:
        sentences.append("Tests used a robust variance.")
        cited.append("weights")
    if data.strata:
        sentences.append(f"A log-rank test stratified by {data.strata.label} was done as well.")
        cited.append("logrank")
    if spec.trend:
        sentences.append("A trend over the ordered groups was tested with equally spaced scores.")
        cited.append("trend")
    if spec.pairwise:
        method = {"holm": "adjusted by Holm's method", "bonferroni": "adjusted by Bonferroni's "
                  "method", "bh": "adjusted by the method of Benjamini and Hochberg",
                  "none": "not adjusted"}[spec.adjust]  # fmt: skip
        kind = "stratified log-rank" if data.strata else "log-rank"
        sentences.append(f"p-values of pairwise {kind} tests were {method}.")
        cited.append("logrank")
        cited += [spec.adjust] if spec.adjust in ("holm", "bh") else []
    return sentences


def _parametric_sentence(data: KmData) -> str:
    if "best" in data.spec.parametric:
        names = [FAMILY_LABELS[f].lower() for f in FAMILY_LABELS]
        choice = " The one with the smallest Akaike information criterion in each group is given."
    else:
        names = [FAMILY_LABELS[f].lower() for f in FAMILY_LABELS if f in data.spec.parametric]
        choice = ""
    models = f"{_join(names)} model{'s were' if len(names) > 1 else ' was'}"
    return f"The {models} fitted by maximum likelihood.{choice}".replace("weibull", "Weibull")


def _row_sentences(data: KmData, cohort: Cohort, account: RowAccount) -> list[str]:
    from importlib.metadata import version

    left_out = cohort.rows - account.analysed
    sentence = f"All {cohort.rows} patients were analysed."
    if left_out:
        reasons = "; ".join(f"{e.reason}, {e.rows}" for e in account.excluded)
        sentence = (
            f"Of {cohort.rows} patients, {left_out} were left out ({reasons}) and "
            f"{account.analysed} analysed."
        )
    weighted = ""
    if data.weights is not None:
        kind = "with a robust variance" if data.robust else "counted as repeated rows"
        weighted = f"Patients were weighted by {data.spec.weights}, {kind}."
    return [
        *([weighted] if weighted else []),
        sentence,
        f"p-values are two-sided. Analyses were done with hcc2l {version('hcc2l')}.",
    ]


def _join(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return ", ".join(words[:-1]) + " and " + words[-1]
