"""The footer of a table of characteristics, and its methods paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.table1.characteristics import statistics_used
from hcc2l.analyses.table1.comparisons import Comparison
from hcc2l.analyses.table1.data import Table1Data
from hcc2l.analyses.table1.labels import ADJUSTMENTS
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.cohort import Cohort
from hcc2l.wording import in_sentence, listed

_QUANTILES = {2: "SAS", 6: "SPSS", 7: "R"}
_STATISTICS = {
    "median-iqr": "medians with quartiles",
    "median-range": "medians with ranges",
    "mean-sd": "means with standard deviations",
}
_TEST_WORDS = TEST_LABELS | {"chi-square": "χ²", "fisher": "Fisher's exact"}


def conventions(data: Table1Data, comparisons: Sequence[Comparison]) -> list[str]:
    """The footer's second line: quantiles, percentages, weights, pairs, adjustment."""
    parts = []
    if "median-iqr" in statistics_used(data):
        of_type = f"of type {data.spec.quantile_type} ({_QUANTILES[data.spec.quantile_type]})"
        weighted = "of the weighted distribution function"
        parts.append(f"quartiles {of_type if data.weights is None else weighted}")
    if data.spec.weights:
        parts.append(f"weights {data.spec.weights}")
    if data.spec.pair:
        parts.append(f"tests within {data.spec.pair}")
    if data.spec.adjust != "none" and any(one.test for one in comparisons):
        parts.append(f"p adjusted by {ADJUSTMENTS[data.spec.adjust]}")
    return parts


def methods(
    data: Table1Data, cohort: Cohort, comparisons: Sequence[Comparison]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was done, and its references."""
    sentences = [*opening_sentences(cohort), _description(data)]
    cited = []
    sentences += _test_sentences(data, comparisons)
    if data.spec.smd != "none" and comparisons:
        sd = "the pooled standard deviation"
        if data.spec.smd == "att":
            second = data.by.levels[1] if data.by and data.compared == 2 else "the second group"
            sd = f"the standard deviation of {second}"
        sentences.append(
            "Differences between groups were expressed as standardised mean differences, "
            f"calculated with {sd}."
        )
        cited += [references.AUSTIN_2009]
        if any(one.variable.values is None for one in comparisons):
            cited += [references.YANG_DALTON_2012]
    if data.spec.adjust == "bh" and any(one.test for one in comparisons):
        cited += [references.BENJAMINI_HOCHBERG_1995]
    if data.spec.adjust == "holm" and any(one.test for one in comparisons):
        cited += [references.HOLM_1979]
    if any(one.test and one.test.name == "fisher" and one.counts is not None
           and one.counts.shape != (2, 2) for one in comparisons):  # fmt: skip
        cited += [references.MEHTA_PATEL_1983]
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), (*score_references(cohort), *cited)


def _description(data: Table1Data) -> str:
    """How numbers and levels were summarised."""
    parts = []
    numbers = [_STATISTICS[name] for name in statistics_used(data)]
    if numbers:
        parts.append(f"continuous variables as {listed(numbers)}")
    if any(variable.values is None for variable in data.variables):
        how = "numbers and percentages" if data.weights is None else "percentages"
        parts.append(f"categorical variables as {how}")
    text = f"{', and '.join(parts)}{', weighted' if data.weights is not None else ''}"
    subject, _, rest = text.partition(" as ")
    return f"{subject[0].upper()}{subject[1:]} were summarised as {rest}."


def _test_sentences(data: Table1Data, comparisons: Sequence[Comparison]) -> list[str]:
    """Which tests compared the groups; those with a p-value only."""
    done = [one.test.name for one in comparisons if one.test and one.test.p == one.test.p]
    if not done or data.by is None:
        return []
    names = [_TEST_WORDS[name] for name in dict.fromkeys(done)]
    within = ", within matched sets," if data.spec.pair else ""
    test = "tests" if len(names) > 1 else "test"
    text = (
        f"Groups ({in_sentence(data.by.label)}) were compared{within} by the {listed(names)} {test}"
    )
    if data.spec.adjust != "none":
        text += f", with p-values adjusted by {ADJUSTMENTS[data.spec.adjust]}"
    return [f"{text}."]
