"""A dictionary of what was found, with comments, to be corrected by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hcc2l.analyses.check.data import Found, FoundColumn, FoundEndpoint
from hcc2l.analyses.check.finding import Finding, heading
from hcc2l.analyses.check.numbers import unnamed_parts
from hcc2l.analyses.check.toml import array, key, text

_HEAD = """\
# Data dictionary of {file}, as hcc2l check read it. Correct what is wrong.
# Lines that begin with # have no effect; remove the # to use one.
"""


def dictionary_text(found: Found, findings: Sequence[Finding]) -> str:
    """The dictionary, under which the file is read as it was read now.

    What was only suggested stands in comments. A dictionary that was in force is kept as it is,
    and what it does not describe is added to it.
    """
    path = found.cohort.dictionary.path
    kept = path.read_text(encoding="utf-8-sig") if path is not None else ""
    parts = [_HEAD.format(file=found.cohort.source.file)]
    if not kept:
        parts += [*_top(found), *_reading(found)]
    parts += [kept.strip("\n") + "\n"] if kept else []
    parts += [_endpoint(e) for e in found.endpoints if e.source != "dictionary"]
    unnamed = unnamed_parts(found)
    parts += [_column(c, findings, c in unnamed) for c in found.columns if not c.declared]
    return "\n".join(parts)


def _top(found: Found) -> Iterator[str]:
    lines = []
    if found.cohort.id_column is not None:
        lines.append(f"id = {text(found.cohort.id_column)}")
    elif found.id is not None:
        lines.append(f"# id = {text(found.id.name)}")
    treatment = found.of("treatment")
    if treatment is not None:
        lines.append(f"# treatment = {text(treatment.name)}")
    if lines:
        yield "\n".join(lines) + "\n"


def _reading(found: Found) -> Iterator[str]:
    """The options with which the file was read."""
    options = found.cohort.source.reading
    if options:
        values = [
            f"{key(name)} = {text(value) if isinstance(value, str) else array(map(str, value))}"  # type: ignore[call-overload]  # a text or a list of texts
            for name, value in options.items()
        ]
        yield "\n".join(["[defaults]", *values]) + "\n"


def _endpoint(endpoint: FoundEndpoint) -> str:
    if endpoint.source == "proposed":
        return "".join(f"# {line}\n" for line in endpoint.lines)
    lines = [f"[endpoints.{key(endpoint.name)}]"]
    time, event = endpoint.columns[0], endpoint.event_name
    lines += [f"time = {text(time)}", f"event = {text(event)}"]
    if endpoint.unit:
        lines.append(f"unit = {text(endpoint.unit)}")
    else:
        lines.append('# unit = "months"')
    if not endpoint.problem:
        lines.append(f"label = {text(endpoint.label)}")
        return "\n".join(lines) + "\n"
    return "".join(f"# {line}\n" for line in lines)


def _column(column: FoundColumn, findings: Sequence[Finding], unnamed_part: bool) -> str:
    """The table of one column: what was found, and what is suggested as a comment."""
    head = heading(column)
    pasted = [f.paste.splitlines() for f in findings if f.column == column.name and f.paste]
    keys = [line for table, *lines in pasted if table == head for line in lines]
    tables = [paste for paste in pasted if paste[0].startswith(head.removesuffix("]") + ".")]
    lines = [f"{head}  # {column.known.label}" if column.known else head]
    if column.reading == "group" and column.numbers is not None:
        lines.append(f"# levels = {array(column.levels)}  # as groups rather than a number")
    elif column.reading == "group" and not keys and not tables and column.levels:
        lines.append(f"levels = {array(column.levels)}")
    elif column.reading == "number" and not column.texts:
        lines.append('type = "numeric"')
    unit = column.unit or (column.scale.unit if column.scale else None)
    if unit and column.reading == "number":
        lines.append(f"# unit = {text(unit)}{'' if column.unit else '  # not stated in the file'}")
    if unnamed_part:
        lines.append(f"# part = {text(str(column.code))}  # of scores")
    if column.role and column.role != "id":
        lines.append(f'# role = "{column.role}"')
    lines += [f"# {line}" for line in (*keys, *(line for table in tables for line in table))]
    return "\n".join(lines) + "\n"
