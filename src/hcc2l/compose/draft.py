"""A first study file for a cohort: the tables and figures that most papers have."""

from __future__ import annotations

import json
import shlex
from collections.abc import Container, Iterator, Sequence

from hcc2l.report import Report, Row
from hcc2l.wording import in_sentence

# What models usually adjust for, by the meaning of the column, in this order.
_COVARIATES = (
    "age", "sex", "ecog", "child_pugh", "albi_grade", "bclc", "afp", "macrovascular_invasion",
    "extrahepatic_spread",
)  # fmt: skip
_SCALED = {"age": "@per10", "afp": "@log2"}


def draft(cohort: str, checked: Report, commands: Container[str]) -> str:
    """The text of a study file.

    Parameters
    ----------
    cohort
        The file as the study names it.
    checked
        The report of ``hcc2l check`` on it.
    commands
        Those that there are.
    """
    head = (
        "# The tables and figures of the paper. Each run is a command without hcc2l, which can be\n"
        "# tried alone. Delete what the paper does not need.\n"
        f"title = {_text('A study of ' + cohort)}\n"
        f"cohort = {_text(cohort)}\n"
    )
    parts = [head]
    for kind, entry in _entries(checked):
        runs = entry["run"] if isinstance(entry["run"], list) else [entry["run"]]
        if all(run.split()[0] in commands for run in runs):
            lines = [f"{key} = {_value(value)}" for key, value in entry.items()]
            parts.append(f"[[{kind}]]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


_Entry = dict[str, str | list[str]]


def _entries(checked: Report) -> Iterator[tuple[str, _Entry]]:
    columns = checked.table("columns").rows
    endpoints = [row for row in checked.table("endpoints").rows if row["source"] != "dates"][:2]
    group = _named(columns, "treatment")
    by = f" --by {group}" if group else ""
    yield "figure", {"run": f"flow{by}", "caption": "Flow of patients"}
    yield "table", {"run": f"table1{by}", "caption": "Baseline characteristics"}
    response = _named(columns, "response")
    if response:
        yield "table", {"run": f"response --response {response}{by}", "caption": "Response"}
    if not endpoints:
        return
    chosen, labels = [_options(row) for row in endpoints], [str(row["label"]) for row in endpoints]
    curves: _Entry = {"run": [f"km {options}{by}" for options in chosen]}
    caption = " and ".join([labels[0], *map(in_sentence, labels[1:])])
    yield "table", {**curves, "stacked": labels, "caption": caption}
    yield "figure", {**curves, "caption": caption}
    found = _covariates(columns)
    if not found:
        return
    yield from _models(found, chosen, labels, group)
    if group:
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


def _treated(columns: Sequence[Row]) -> str:
    """The first level of the treatment, as ``COLUMN=LEVEL`` in a shell word."""
    row = next(
        row for row in columns if row["field"] == "treatment" and "," not in str(row["name"])
    )
    levels = row["levels"]
    level = levels[0] if isinstance(levels, (tuple, list)) and levels else ""
    return shlex.quote(f"{row['name']}={level}")


def _value(value: str | list[str]) -> str:
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(map(_text, value))}]"


def _text(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
