"""The conventions and the methods paragraph of an analysis of response."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.outcome import computed_sentences
from hcc2l.analyses.response.data import ResponseData
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.cohort import Cohort
from hcc2l.numerals import confidence, confidence_level
from hcc2l.report import Table
from hcc2l.wording import in_sentence, listed

_INTERVALS = {
    "clopper-pearson": ("Clopper–Pearson", references.CLOPPER_PEARSON_1934),
    "wilson": ("Wilson", references.WILSON_1927),
}
_TEST_WORDS = {
    "chi-square": "the chi-square test without continuity correction",
    "fisher": "Fisher's exact test for 2 × 2 tables with an expected count below 5",
    "mcnemar": "McNemar's test without continuity correction",
    "stuart-maxwell": "the Stuart–Maxwell test",
    "mantel-haenszel": "the Mantel–Haenszel test",
}


def conventions(data: ResponseData, tables: dict[str, Table]) -> list[str]:
    """The footer's second line: intervals and tests."""
    spec = data.spec
    parts = [f"{_INTERVALS[spec.ci][0]} {confidence(spec.conf_level)}"]
    if "differences" in tables:
        parts.append("differences: Newcombe; odds ratios: Woolf")
    tests = [TEST_LABELS[test] for test in _tests_used(tables)]
    if tests:
        parts.append(f"tests: {', '.join(tests)}")
    if data.duration:
        parts.append(f"duration to {data.duration.endpoint.described}")
    return parts


def _tests_used(tables: dict[str, Table]) -> list[str]:
    """The tests with a p, each once."""
    rows = tables["tests"].rows if "tests" in tables else ()
    return list(dict.fromkeys(str(row["test"]) for row in rows if row["p"] is not None))


def response_methods(
    cohort: Cohort, data: ResponseData, tables: dict[str, Table]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, and its references."""
    cited: list[str] = []
    sentences = [
        *opening_sentences(cohort), *_rate_sentences(data, cited),
        *_test_sentences(data, tables, cited), *_duration_sentences(cohort, data, cited),
    ]  # fmt: skip
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), (*score_references(cohort), *dict.fromkeys(cited))


def _rate_sentences(data: ResponseData, cited: list[str]) -> Iterator[str]:
    spec = data.spec
    names = [in_sentence(criterion.label) for criterion in data.criteria]
    inside = listed(names).replace("(", "[").replace(")", "]")
    modified = any("mrecist" in _words(c.name, c.label) for c in data.criteria)
    plain = any(re.search(r"(?<!m)recist", _words(c.name, c.label)) for c in data.criteria)
    cited += [references.EISENHAUER_2009] * plain + [references.LENCIONI_2010] * modified
    yield (
        f"Tumour response ({inside}) was classified as complete response (CR), partial "
        "response (PR), stable disease (SD), progressive disease (PD) or not evaluable (NE)."
    )
    interval, reference = _INTERVALS[spec.ci]
    cited.append(reference)
    unknown = any((c.codes < 0).any() for c in data.criteria)
    rest = " or had no recorded response" if unknown else ""
    yield (
        "The objective response rate (ORR, CR + PR) and the disease control rate (DCR, CR + PR + "
        f"SD) were calculated among all patients, counting patients who were not evaluable{rest} "
        f"as having neither, and among evaluable patients ({listed(spec.evaluable, 'or')}), with "
        f"{interval} {confidence_level(spec.conf_level)} confidence intervals."
    )


def _words(name: str, label: str) -> str:
    return f"{name} {label}".casefold()


def _test_sentences(
    data: ResponseData, tables: dict[str, Table], cited: list[str]
) -> Iterator[str]:
    used = _tests_used(tables)
    if used:
        how = "within matched pairs" if data.pairs else "between groups"
        tests = listed([_TEST_WORDS[test] for test in used], "or")
        yield f"Responses were compared {how} by {tests}."
        cited += [references.MCNEMAR_1947] * ("mcnemar" in used)
    if "differences" in tables:
        cited += [references.NEWCOMBE_1998, references.WOOLF_1955]
        yield (
            "Confidence intervals of differences between rates were calculated by Newcombe's "
            "method from the Wilson intervals, those of odds ratios by Woolf's method."
        )


def _duration_sentences(cohort: Cohort, data: ResponseData, cited: list[str]) -> Iterator[str]:
    duration = data.duration
    if duration is None:
        return
    cited += [references.KAPLAN_MEIER_1958, references.BROOKMEYER_CROWLEY_1982]
    endpoint = replace(duration.endpoint, label="Duration of response")
    if endpoint.from_dates:
        yield from computed_sentences(endpoint, cohort)
    else:
        unit = f" (in {endpoint.unit})" if endpoint.unit else ""
        start = in_sentence(cohort.label(duration.column))
        event = endpoint.event_name
        yield f"{endpoint.label}{unit} was measured from {start} to the event {event}."
    yield (
        "It was estimated in patients with CR or PR by the Kaplan–Meier method, with "
        f"{confidence_level(data.spec.conf_level)} confidence intervals of the median on the log "
        "scale."
    )
