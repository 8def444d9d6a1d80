"""A first study file for a cohort: the tables and figures that most papers have."""

from __future__ import annotations

import json
import shlex
from collections.abc import Container, Iterator, Sequence

from hcc2l.analyses.adverse.grades import grade
from hcc2l.report import Report, Row
from hcc2l.vocabulary import suggests
from hcc2l.wording import in_sentence

# What models usually adjust for, by the meaning of the column, in this order.
_COVARIATES = (
    "age", "sex", "ecog", "child_pugh", "albi_grade", "bclc", "afp", "macrovascular_invasion",
    "extrahepatic_spread",
)  # fmt: skip
_SCALED = {"age": "@per10", "afp": "@log2"}
_MARKERS = ("afp", "pivka", "albi", "crp")  # of the ROC curves
_HORIZONS = {"days": (365, 183), "weeks": (52, 26), "months": (12, 6), "years": (1, 0.5)}
_STOPPING = ("number-with-mark",)  # warnings of `check` that stop an analysis, beside its errors


def draft(cohort: str, checked: Report, commands: Container[str], events: str | None = None) -> str:
    """The text of a study file.

    Parameters
    ----------
    cohort
        The file as the study names it.
    checked
        The report of ``hcc2l check`` on it.
    commands
        Those that there are.
    events
        The options of `adverse` that name the file of adverse events, empty where the dictionary
        does; None where there is none.
    """
    head = (
        "# The tables and figures of the paper. Each run is a command without hcc2l, which can be\n"
        "# tried alone. Delete what the paper does not need.\n"
        f"title = {_text('A study of ' + cohort.rpartition('/')[2])}\n"
        f"cohort = {_text(cohort)}\n"
    )
    parts = [_to_correct(checked) + head]
    for kind, entry in _entries(checked, events):
        runs = entry["run"] if isinstance(entry["run"], list) else [entry["run"]]
        if all(run.split()[0] in commands for run in runs):
            lines = [f"{key} = {_value(value)}" for key, value in entry.items()]
            parts.append(f"[[{kind}]]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


_Entry = dict[str, str | list[str]]


def _to_correct(checked: Report) -> str:
    """Comments on what stops the analyses of this cohort until somebody corrects it."""
    findings = [
        str(row["finding"]).replace("\n", "\n#   ")
        for row in checked.table("findings").rows
        if row["severity"] == "error" or row["code"] in _STOPPING
    ]
    return "".join(f"# Correct first: {finding}\n" for finding in findings)


def _entries(checked: Report, events: str | None) -> Iterator[tuple[str, _Entry]]:
    columns = checked.table("columns").rows
    endpoints = [row for row in checked.table("endpoints").rows if row["source"] != "dates"][:2]
    group = _named(columns, "treatment")
    by = f" --by {group}" if group else ""
    yield "figure", {"run": f"flow{by}", "caption": "Flow of patients"}
    yield "table", {"run": f"table1{by}", "caption": "Baseline characteristics"}
    response = _named(columns, "response")
    if response:
        yield "table", {"run": f"response --response {response}{by}", "caption": "Response"}
    if endpoints:
        yield from _survival(columns, endpoints, group)
    yield from _before_and_after(columns, by)
    yield from _adverse_events(columns, events, by)


def _survival(
    columns: Sequence[Row], endpoints: Sequence[Row], group: str
) -> Iterator[tuple[str, _Entry]]:
    """Curves, models, the tree, the matched comparison and ROC curves."""
    by = f" --by {group}" if group else ""
    chosen, labels = [_options(row) for row in endpoints], [str(row["label"]) for row in endpoints]
    curves: _Entry = {"run": [f"km {options}{by}" for options in chosen]}
    caption = " and ".join([labels[0], *map(in_sentence, labels[1:])])
    yield "table", {**curves, "stacked": labels, "caption": caption}
    yield "figure", {**curves, "caption": caption}
    found = _covariates(columns)
    if found:
        yield from _models(found, chosen, labels, group)
    if found and len(_levels(columns, "treatment")) == 2:
        score = ",".join(name for _, name in found)
        match = f"psmatch --treat {_treated(columns)} -x {score}"
        if endpoints[0]["source"] == "proposed":  # else every endpoint of the cohort is compared
            match += f" {chosen[0]}"
        yield "table", {"run": match, "tables": "baseline", "caption": "Before and after matching",
                        "save": "matched"}  # fmt: skip
        paired = {"run": f"table1{by} --pair pair", "cohort": "matched"}
        yield "table", {**paired, "caption": "Baseline characteristics of matched patients"}
        after = {"run": f"km {chosen[0]}{by}", "cohort": "matched"}
        yield "figure", {**after, "caption": f"{labels[0]} in matched patients"}
    yield from _roc(columns, endpoints[0], chosen[0])


def _roc(columns: Sequence[Row], endpoint: Row, options: str) -> Iterator[tuple[str, _Entry]]:
    """The markers at hand against the event by a time that most patients were followed to."""
    numeric = [row for row in columns if row["type"] == "numeric"]
    markers = [name for name in (_named(numeric, marker) for marker in _MARKERS) if name]
    unit, followed = str(endpoint["unit"]), endpoint["follow_up"]
    horizons = [
        time
        for time in _HORIZONS.get(unit, ())
        if isinstance(followed, (int, float)) and followed >= time
    ]
    if not markers or not horizons:
        return
    run = f"roc --marker {','.join(markers)} --at {horizons[0]:g} {options}"
    event = f"{in_sentence(str(endpoint['label']))} at {horizons[0]:g} {unit}"
    yield "table", {"run": run, "caption": f"Markers and {event}"}
    yield "figure", {"run": run, "caption": f"ROC curves of the markers, {event}"}


def _before_and_after(columns: Sequence[Row], by: str) -> Iterator[tuple[str, _Entry]]:
    """Columns of one meaning at baseline and later, both numbers or both classes."""
    later = {str(row["field"]): row for row in columns if str(row["field"]).endswith("_later")}
    pairs = [
        (shlex.quote(str(row["name"])), shlex.quote(str(after["name"])))
        for row in columns
        if (after := later.pop(f"{row['field']}_later", None)) is not None
        and row["type"] == after["type"]
        and "," not in f"{row['name']}{after['name']}"
    ]
    if pairs:
        before, after_ = (",".join(names) for names in zip(*pairs, strict=True))
        run = f"change --before {before} --after {after_}{by}"
        yield "table", {"run": run, "caption": "Before and after treatment"}
        yield "figure", {"run": run, "caption": "Before and after treatment, in each patient"}


def _adverse_events(
    columns: Sequence[Row], events: str | None, by: str
) -> Iterator[tuple[str, _Entry]]:
    """From a file of their own, else from columns of grades or of no and yes."""
    found = [shlex.quote(str(row["name"])) for row in columns if _is_adverse_event(row)]
    if events is None and not found:
        return
    given = f" -x {','.join(found)}" if events is None else events and f" {events}"
    run = f"adverse{given}{by}"
    yield "table", {"run": run, "caption": "Adverse events"}
    yield "figure", {"run": run, "caption": "Adverse events"}


def _is_adverse_event(column: Row) -> bool:
    """Whether a column holds the grades of an adverse event, by its name and its levels."""
    levels = column["levels"]
    if column["field"] or not isinstance(levels, (tuple, list)) or "," in str(column["name"]):
        return False
    graded = all(grade(str(level)) is not None for level in levels)
    yes_no = {str(level).casefold() for level in levels} == {"no", "yes"}
    return suggests(str(column["name"]), "adverse") and (graded or yes_no)


def _covariates(columns: Sequence[Row]) -> list[tuple[str, str]]:
    """Meaning and name of the columns that models usually adjust for."""
    known = [(meaning, _named(columns, meaning)) for meaning in _COVARIATES]
    return [(meaning, name) for meaning, name in known if name]


def _models(
    found: Sequence[tuple[str, str]], chosen: Sequence[str], labels: Sequence[str], group: str
) -> Iterator[tuple[str, _Entry]]:
    """Regression of every endpoint, and the survival tree of the first."""
    terms = [name + _SCALED.get(meaning, "") for meaning, name in found]
    covariates = ",".join([*terms, group] if group else terms)
    runs = [f"cox {options} -x {covariates} --univariable --multivariable" for options in chosen]
    for run, label in zip(runs, labels, strict=True):
        yield "table", {"run": run, "caption": f"Hazard ratios, {label.lower()}"}
    yield "figure", {"run": runs[0], "caption": f"Hazard ratios, {labels[0].lower()}"}
    tree = f"tree {chosen[0]} -x {','.join(name for _, name in found)}"
    yield "figure", {"run": tree, "caption": f"Survival tree, {labels[0].lower()}"}


def _named(columns: Sequence[Row], meaning: str) -> str:
    """The first column of that meaning, as a shell word; empty when there is none.

    A name with a comma cannot stand in a list of terms.
    """
    names = (str(row["name"]) for row in columns if row["field"] == meaning)
    return next((shlex.quote(name) for name in names if "," not in name), "")


def _options(endpoint: Row) -> str:
    """The options that choose an endpoint; one that was only proposed is given its name too."""
    options = str(endpoint["options"])
    if endpoint["source"] == "proposed":
        options += f" --label {shlex.quote(str(endpoint['label']))}"
    return options


def _levels(columns: Sequence[Row], meaning: str) -> Sequence[object]:
    """The levels of the first column of that meaning, as `_named` finds it; none without one."""
    rows = (row for row in columns if row["field"] == meaning and "," not in str(row["name"]))
    levels = next((row["levels"] for row in rows), None)
    return levels if isinstance(levels, (tuple, list)) else ()


def _treated(columns: Sequence[Row]) -> str:
    """The first level of the treatment, as ``COLUMN=LEVEL`` in a shell word."""
    name = next(
        row["name"]
        for row in columns
        if row["field"] == "treatment" and "," not in str(row["name"])
    )
    return shlex.quote(f"{name}={_levels(columns, 'treatment')[0]}")


def _value(value: str | list[str]) -> str:
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(map(_text, value))}]"


def _text(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
