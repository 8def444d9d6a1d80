"""The footer of a psmatch analysis, and its methods paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.outcome import computed_sentences
from hcc2l.analyses.psmatch.balance import LARGE_DIFFERENCE, Summary
from hcc2l.analyses.psmatch.data import MatchData
from hcc2l.analyses.psmatch.propensity import estimand
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.cohort import Cohort
from hcc2l.design import Factor
from hcc2l.numerals import confidence, confidence_level, plain
from hcc2l.report import Table
from hcc2l.stats import boosting
from hcc2l.stats.test import Test
from hcc2l.wording import in_sentence, listed


def conventions(data: MatchData) -> list[str]:
    """The footer's second line: score, matching, confidence level, weights, seed."""
    spec = data.spec
    trees = data.score.trees
    score = "logistic regression" if trees is None else f"boosted trees ({trees})"
    parts = [f"propensity by {score}", _matching_words(data), confidence(spec.conf_level)]
    computed = [outcome.endpoint for outcome in data.outcomes if outcome.endpoint.computed]
    parts += [f"{e.label} ({e.described}), {e.unit}" for e in computed]
    if spec.weighting != "none":
        parts.append(_weights_words(data))
    if _random_order(data) or spec.propensity == "boosted":
        parts.append(f"seed {spec.seed}")
    return parts


def _greedy(data: MatchData) -> bool:
    """Whether the order of the treated has an effect."""
    return data.spec.method == "nearest" and not data.spec.reuses


def _random_order(data: MatchData) -> bool:
    return data.spec.order == "random" and _greedy(data)


def _matching_words(data: MatchData) -> str:
    spec = data.spec
    on = "logit of the propensity score" if spec.distance == "logit" else "propensity score"
    kind = "nearest-neighbour" if spec.method == "nearest" else "optimal"
    text = f"1:{spec.controls_each} {kind} matching on the {on}"
    text += " with replacement" if spec.reuses else ""
    if spec.caliper is not None:
        unit = " SD (all patients)" if spec.caliper_scale == "sd" else ""
        text += f", caliper {plain(spec.caliper)}{unit}"
    if _greedy(data):
        orders = {"largest": "largest score first", "smallest": "smallest score first",
                  "data": "file order", "random": "random order"}  # fmt: skip
        text += f", {orders[spec.order]}"
    return text + (f", exact on {', '.join(spec.exact)}" if spec.exact else "")


def _weights_words(data: MatchData) -> str:
    spec = data.spec
    if spec.weighting == "overlap":
        text = "overlap weights"
    elif estimand(data.spec) == "att":
        text = "inverse-probability weights for the effect in the treated"
    else:
        text = f"{'stabilised ' if spec.stabilised else ''}inverse-probability weights"
    if spec.truncate is not None:
        low, high = (plain(100 * q) for q in (spec.truncate, 1 - spec.truncate))
        text += f", truncated at the {low}% and {high}% quantiles"
    return text


def methods(
    data: MatchData, cohort: Cohort, summaries: Sequence[Summary], tables: Sequence[Table]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec = data.spec
    sentences = opening_sentences(cohort)
    sentences += [_score_sentence(data, cohort), _matching_sentence(data, cohort)]
    sentences += [_matched_sentence(data), _balance_sentence(data)]
    cited = [references.ROSENBAUM_RUBIN_1983]
    cited += [references.MCCAFFREY_2004] if spec.propensity == "boosted" else []
    matching = references.AUSTIN_2011 if spec.method == "nearest" else references.ROSENBAUM_1989
    cited += [matching, references.AUSTIN_2009]
    sentences += _test_sentences(summaries)
    if spec.weighting != "none":
        sentences.append(f"In a second analysis, all patients were weighted by "
                         f"{_weights_words(data)}.")  # fmt: skip
        overlap = spec.weighting == "overlap"
        cited.append(references.LI_2018 if overlap else references.ROBINS_2000)
    for measured in data.outcomes:
        sentences += computed_sentences(measured.endpoint, cohort)
    outcome, more = _outcome_sentences(data, tables)
    sentences += outcome
    cited += more
    if spec.nph:
        from hcc2l.analyses.psmatch.panel import panel_methods

        of_panel, more = panel_methods(data, tables)
        sentences += of_panel
        cited += more
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), (*score_references(cohort), *dict.fromkeys(cited))


def _score_sentence(data: MatchData, cohort: Cohort) -> str:
    spec, t = data.spec, data.treatment
    model = "logistic regression"
    if spec.propensity == "boosted":
        model = (f"boosted regression trees (scikit-learn; {data.score.trees} trees of depth "
                 f"{boosting.DEPTH}, a number chosen to minimise the weighted standardised mean "
                 f"differences; shrinkage {plain(boosting.SHRINKAGE)}; "
                 f"seed {spec.seed})")  # fmt: skip
    labels = [
        in_sentence(term.label)
        if term.scale or term.spline
        else _term_label(cohort, term.column, term.factor)
        for term in data.terms
    ]
    return (
        f"Propensity scores for {t.treated} versus {t.control} were estimated by {model} with "
        f"{listed(labels)} as covariate{'s' if len(labels) > 1 else ''}."
    )


def _term_label(cohort: Cohort, column: str, factor: Factor | None) -> str:
    """A term's label without the unit of a number, but with the cut-points of one that is cut."""
    label = cohort.label(column)
    if factor is None:
        return in_sentence(label)
    levels = factor.levels
    if not any(sign in levels[0] for sign in "<≥≤>"):
        return in_sentence(factor.label)
    unit = factor.label.removeprefix(label).lstrip(",")
    if len(levels) == 2:
        return f"{in_sentence(label)} {levels[1]}{unit}"
    return f"{in_sentence(label)} ({', '.join(levels)}{unit})"


_ORDER_WORDS = {
    "largest": "with the treated in descending order of the score",
    "smallest": "with the treated in ascending order of the score",
    "data": "with the treated in the order of the file",
    "random": "with the treated in random order",
}


def _matching_sentence(data: MatchData, cohort: Cohort) -> str:
    spec, t = data.spec, data.treatment
    on = "the logit of the propensity score" if spec.distance == "logit" else "the propensity score"
    ways = "with" if spec.reuses else "without"
    kind = "optimal" if spec.method == "optimal" else "nearest-neighbour"
    text = f"Patients treated with {t.treated} were matched 1:{spec.controls_each} to patients "
    text += f"treated with {t.control} on {on} by {kind} matching {ways} replacement"
    if _greedy(data):
        seed = f" (seed {spec.seed})" if _random_order(data) else ""
        text += f", {_ORDER_WORDS[spec.order]}{seed}"
    if spec.caliper is not None:
        text += f", within a caliper of {plain(spec.caliper)}"
        if spec.caliper_scale == "sd":
            scale = "logit" if spec.distance == "logit" else "score"
            many = "s" if spec.caliper != 1 else ""
            text += f" standard deviation{many} of the {scale} in all patients"
    if data.exact:
        labels = [_term_label(cohort, factor.column, factor) for factor in data.exact]
        text += f", and exactly on {listed(labels)}"
    return text + "."


def _matched_sentence(data: MatchData) -> str:
    t, n = data.treatment, int(data.treated.sum())
    matched = int(np.unique(data.matches.treated).size)
    controls = int(np.unique(data.matches.control).size)
    return (
        f"Of {n} patients treated with {t.treated} and {int((~data.treated).sum())} treated with "
        f"{t.control}, {matched} and {controls}, respectively, were matched."
    )


def _balance_sentence(data: MatchData) -> str:
    sd = "the standard deviation of the treated" if data.spec.smd == "att" else (
        "the pooled standard deviation"
    )  # fmt: skip
    return (
        f"Balance was assessed by standardised mean differences, calculated with {sd} before "
        f"matching; absolute values up to {plain(LARGE_DIFFERENCE)} were taken to indicate balance."
    )


_TEST_WORDS = TEST_LABELS | {"chi-square": "χ²", "fisher": "Fisher's exact"}


def _test_sentences(summaries: Sequence[Summary]) -> list[str]:
    """Which tests compared the groups; those with a p-value only."""

    def words(tests: Sequence[Test | None]) -> str:
        names = [_TEST_WORDS[t.name] for t in tests if t is not None and np.isfinite(t.p)]
        unique = list(dict.fromkeys(names))
        return f"the {listed(unique)} test{'s' if len(unique) > 1 else ''}" if unique else ""

    before, after = words([s.test_before for s in summaries]), words(
        [s.test_after for s in summaries]
    )  # fmt: skip
    parts = [f"before matching by {before}"] if before else []
    parts += [f"after matching, within matched sets, by {after}"] if after else []
    return [f"Groups were compared {listed(parts)}."] if parts else []


def _outcome_sentences(data: MatchData, tables: Sequence[Table]) -> tuple[list[str], list[str]]:
    """How outcomes were compared, from the rows that have a result; and the references."""
    if not data.outcomes:
        return [], []
    rows = {table.name: table.rows for table in tables}
    effects = {(str(r["sample"]), str(r["model"])) for r in rows["effects"] if r["hr"] is not None}
    tests = {str(r["test"]) for r in rows["tests"] if r["p"] is not None}
    pair = "pair" if data.spec.controls_each == 1 else "matched set"
    labels = listed([in_sentence(outcome.endpoint.label) for outcome in data.outcomes])
    text = f"{labels[0].upper()}{labels[1:]} {_were(data)} estimated by the Kaplan–Meier method"
    text += " and compared by the log-rank test" if tests else ""
    if "logrank-stratified" in tests:
        text += f" and, after matching, also by the log-rank test stratified by {pair}"
    sentences, cited = [f"{text}."], []
    if effects:
        sentences.append(_hazard_sentences(data, effects, pair))
        cited.append(references.AUSTIN_2014)
    if any(r["p"] is not None for r in rows["ph_tests"]):
        sentences.append("The proportional-hazards assumption for the treatment was assessed by "
                         "the Grambsch–Therneau score test.")  # fmt: skip
        cited.append(references.GRAMBSCH_THERNEAU_1994)
    if any(r["e_value"] is not None for r in rows["effects"]):
        sentences.append("E-values were calculated for the hazard ratios and for the confidence "
                         "limits nearer to 1.")  # fmt: skip
        cited.append(references.VANDERWEELE_DING_2017)
    return sentences, cited


def _were(data: MatchData) -> str:
    return "were" if len(data.outcomes) > 1 else "was"


def _hazard_sentences(data: MatchData, effects: set[tuple[str, str]], pair: str) -> str:
    """Which Cox models gave hazard ratios, and their standard errors."""
    level = confidence_level(data.spec.conf_level)
    text = f"Hazard ratios with {level} confidence intervals were estimated by Cox regression."
    if ("after", "cox-cluster") in effects:
        text += f" After matching, standard errors were clustered on the {pair}."
    if ("after", "cox-robust") in effects:
        text += " After matching, robust standard errors were used."
    if ("after", "cox-strata") in effects:
        text += f" A further model of the matched patients was stratified by {pair}."
    if ("weighted", "cox") in effects:
        text += " In the weighted analysis, robust standard errors were used."
    if any(model == "cox-adjusted" for _, model in effects):
        text += " Hazard ratios were additionally adjusted for the covariates (doubly robust)."
    return text
