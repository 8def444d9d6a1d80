"""The conventions and the methods paragraph of a comparison of before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.change.data import ChangeData
from hcc2l.analyses.change.results import Change
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.cohort import Cohort
from hcc2l.numerals import confidence, confidence_level
from hcc2l.wording import in_sentence, listed


def conventions(data: ChangeData, shown: Sequence[str]) -> list[str]:
    """The second line of the footer: columns, estimates and tests."""
    pairs = [f"{before} → {after}" for before, after in (pair.columns for pair in data.pairs)]
    parts = [listed(pairs)]
    if any(pair.numbers for pair in data.pairs):
        parts.append(
            f"Hodges–Lehmann estimate and mean with {confidence(data.spec.conf_level)}; Wilcoxon "
            "signed-rank test with normal approximation and continuity correction"
        )
    if "mcnemar" in shown:
        parts.append("McNemar's test with continuity correction")
    return parts


def tests_shown(found: Sequence[Change]) -> list[str]:
    """The tests that readers see, by name, each once."""
    parts = (part for change in found for part in (change.numbers, change.classes) if part)
    return list(dict.fromkeys(part.tests[0].name for part in parts))


def change_methods(
    cohort: Cohort, data: ChangeData, found: Sequence[Change], between: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph and its references; `between` are the tests between the groups."""
    shown = tests_shown(found)
    sentences = [*opening_sentences(cohort), *_sentences(data, shown, between)]
    sentences.append(f"The analysis was performed with hcc2l {version('hcc2l')}.")
    cited = [*score_references(cohort)]
    if "wilcoxon" in shown:
        cited += [references.WILCOXON_1945, references.HODGES_LEHMANN_1963]
    if "mcnemar" in shown:
        cited.append(references.MCNEMAR_1947)
    if "stuart-maxwell" in shown:
        cited += [references.STUART_1955, references.MAXWELL_1970]
    return " ".join(sentences), tuple(cited)


def _sentences(data: ChangeData, shown: Sequence[str], between: Sequence[str]) -> Iterator[str]:
    names = [
        f"{in_sentence(pair.before_label)} and {in_sentence(pair.after_label)}"
        for pair in data.pairs
    ]
    by = f", separately by {in_sentence(data.group.label)}" if data.group else ""
    yield (
        f"Values before and after ({'; '.join(names)}) were compared within patients, in those "
        f"with both values{by}."
    )
    if "wilcoxon" in shown:
        yield (
            "Values are given as medians with quartiles. The change was estimated by the "
            f"Hodges–Lehmann method with {confidence_level(data.spec.conf_level)} confidence "
            "intervals and tested by the Wilcoxon signed-rank test with continuity correction."
        )
    for pair in data.pairs:
        if pair.is_cut and pair.classes:
            cut, unit = pair.classes.levels, f", {pair.unit}," if pair.unit else ""
            yield f"{pair.label}{unit} was also divided into the classes {listed(cut)}."
    if "mcnemar" in shown:
        yield (
            "Changes between two classes were tested by McNemar's test with continuity correction."
        )
    if "stuart-maxwell" in shown:
        yield "Changes between several classes were tested by the Stuart–Maxwell test."
    words = {"mann-whitney": "Mann–Whitney", "kruskal-wallis": "Kruskal–Wallis"}
    for test in dict.fromkeys(between):
        yield f"Changes were compared between the groups by the {words[test]} test."
