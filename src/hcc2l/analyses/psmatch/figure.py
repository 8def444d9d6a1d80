"""The figures of a psmatch analysis, as finished tables: love plot, scores, survival."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.km.data import KmData
from hcc2l.analyses.km.figure import km_figure
from hcc2l.analyses.km.labels import TEST_LABELS
from hcc2l.analyses.psmatch.balance import LARGE_DIFFERENCE, SAMPLES
from hcc2l.analyses.psmatch.data import MatchData, Sample
from hcc2l.analyses.psmatch.outcomes import LOGRANK_LABELS, worded
from hcc2l.design import Factor
from hcc2l.errors import AnalysisError
from hcc2l.report import Figure, Row, Table, Value
from hcc2l.specs import KmSpec
from hcc2l.stats.risk_sets import fractional

BINS = 20


def psmatch_figure(data: MatchData, tables: Sequence[Table]) -> Figure:
    """The figure requested by `--which`.

    Raises
    ------
    AnalysisError
        Survival is requested and the cohort has no endpoint.
    """
    makers = {"love": _love, "scores": _scores, "survival": _survival}
    return makers[data.spec.which](data, tables)


def _named(tables: Sequence[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)


def _love(data: MatchData, tables: Sequence[Table]) -> Figure:
    balance = _named(tables, "balance")
    labels = {c.term: c.label for c in data.covariates}
    size: dict[Value, int] = {}
    for row in balance.rows:
        size[row["variable"]] = size.get(row["variable"], 0) + 1
    rows: list[Row] = []
    seen: set[Value] = set()
    for row in balance.rows:
        variable = row["variable"]
        if size[variable] == 2 and row["level"] is not None and variable not in seen:
            seen.add(variable)  # of two levels one is enough: the other is its mirror image
            continue
        label = labels[str(variable)]
        rows.append(
            {"variable": label if row["level"] is None else f"{label}: {row['level']}",
             **{key: row[key] for key in ("smd_before", "smd_after", "smd_weighted")}}
        )  # fmt: skip
    keys = ("variable", "smd_before", "smd_after", "smd_weighted")
    samples = tuple(s.name for s in data.samples)
    estimable = all(row[f"smd_{name}"] is not None for row in rows for name in samples)
    options: dict[str, Value | tuple[Value, ...]] = {
        "samples": samples,
        "titles": tuple(SAMPLES[name] for name in samples),
        "threshold": LARGE_DIFFERENCE,
        "x_label": "Absolute standardised mean difference"
        + ("" if estimable else "\nNE: not estimable"),
    }
    return Figure("love", {"balance": Table("balance", "Balance", keys, tuple(rows))}, options)


def _scores(data: MatchData, tables: Sequence[Table]) -> Figure:
    del tables
    edges = np.linspace(0.0, 1.0, BINS + 1)
    rows: list[Row] = []
    for sample in data.samples:
        for name, group in zip(
            data.treatment.levels, (data.treated, ~data.treated), strict=True
        ):  # fmt: skip
            inside = group & sample.inside
            counts, _ = np.histogram(
                data.propensity[inside], edges, weights=sample.weights[inside]
            )  # fmt: skip
            rows += [
                {"sample": sample.name, "group": name, "lower": low, "upper": high, "n": count}
                for low, high, count in zip(
                    edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True
                )
            ]
    samples = tuple(s.name for s in data.samples)
    options: dict[str, Value | tuple[Value, ...]] = {
        "samples": samples,
        "titles": tuple(SAMPLES[name] for name in samples),
        "levels": data.treatment.levels,
        "x_label": f"Propensity score for {data.treatment.treated}",
        "weighted": any(fractional(s.weights) for s in data.samples),
    }
    return Figure("scores", {"scores": Table("scores", "", tuple(rows[0]), tuple(rows))}, options)


def _survival(data: MatchData, tables: Sequence[Table]) -> Figure:
    if not data.outcomes:
        raise AnalysisError(
            "Survival curves need an endpoint; there is none in the cohort.",
            where="--which survival",
            hint="Give one with --time COL --event COL.",
        )  # fmt: skip
    parts: dict[str, Table] = {}
    options: dict[str, Value | tuple[Value, ...]] = {}
    samples = data.samples
    longest = max(float(data.outcomes[0].time[data.outcomes[0].known].max()), 0.0)
    for sample in samples:
        panel = _panel(data, sample, tables, longest)
        parts |= {f"{sample.name}.{name}": table for name, table in panel.tables.items()}
        options[f"{sample.name}.annotation"] = _annotation(data, panel)
        options |= {k: v for k, v in panel.options.items() if k not in ("annotation", *options)}
    names = tuple(s.name for s in samples)
    options |= {"panels": names, "titles": tuple(SAMPLES[name] for name in names)}
    return Figure("survival-panels", parts, options)


def _annotation(data: MatchData, panel: Figure) -> str | None:
    """The test in the panel; for the stratified test, with the strata."""
    text = panel.options["annotation"]
    if not isinstance(text, str):
        return None
    name = "logrank-stratified"
    return text.replace(TEST_LABELS[name], worded(data, LOGRANK_LABELS)[name])


def _panel(data: MatchData, sample: Sample, tables: Sequence[Table], longest: float) -> Figure:
    """The survival figure of one sample as in `hcc2l km`, with the axis of all patients."""
    outcome = data.outcomes[0]
    inside = outcome.known & sample.inside
    time, event = outcome.time[inside], outcome.event[inside]
    codes = (~data.treated[inside]).astype(np.int64)
    weights = sample.weights[inside]
    plain = bool((weights == 1).all())
    t = data.treatment
    group = Factor(t.column, t.column, t.label, t.levels, codes, (0, 1))
    km = KmData(
        spec=KmSpec(by=t.column, conf_level=data.spec.conf_level), endpoint=outcome.endpoint,
        competing_name=None, time=time, cause=event.astype(np.int64), group=group, strata=None,
        weights=None if plain else weights,
    )  # fmt: skip
    tests = _of(tables, "tests", data, sample, "tests")  # the last one respects the pairs
    drawn = Table(tests.name, tests.title, tests.keys, tests.rows[-1:])
    return km_figure(km, [_of(tables, "survival", data, sample, "groups"), drawn], longest)


def _of(tables: Sequence[Table], name: str, data: MatchData, sample: Sample, new: str) -> Table:
    """Rows of one sample and of the endpoint drawn, as a table named `new`."""
    table = _named(tables, name)
    endpoint = data.outcomes[0].name
    rows = [
        row for row in table.rows if (row["endpoint"], row["sample"]) == (endpoint, sample.name)
    ]
    return Table(new, table.title, table.keys, tuple(rows))
