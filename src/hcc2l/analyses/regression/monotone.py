"""Why a hazard ratio has no finite estimate, in words that hold in a Cox model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hcc2l.design import Floats, Ints, Mask
from hcc2l.design.model import ModelColumn, ModelTerm
from hcc2l.wording import in_sentence


def groups_of(term: ModelTerm | None, column: ModelColumn, rows: Mask) -> dict[str, Mask]:
    """The rows of a column's level and of its reference, by name; of a number with two values too.

    Empty for other numbers, and for products of terms.
    """
    if term is None:
        return {}
    if term.factor is not None:
        compared = (column.level, column.reference)
        return {
            f"{in_sentence(term.label)} {level}": (term.factor.codes == code) & rows
            for code, level in enumerate(term.factor.levels)
            if level in compared
        }
    assert term.values is not None
    values = np.unique(term.values[rows])
    if values.size != 2:
        return {}
    return {
        f"{in_sentence(term.label)} {value:g}": (term.values == value) & rows for value in values
    }


def empty_group(groups: dict[str, Mask], event: Mask, *, all_too: bool) -> str | None:
    """The clause that names a group without events, or with `all_too` one of events alone."""
    for name, inside in groups.items():
        n, events = int(inside.sum()), int(event[inside].sum())
        if n == 1 and (events == 0 or all_too):
            return f"the only patient with {name} {'had' if events else 'did not have'} the event"
        if events == 0:
            return f"none of the {n} patients with {name} had the event"
        if all_too and events == n:
            return f"all {n} patients with {name} had the event"
    return None


def one_sided(
    groups: dict[str, Mask], time: Floats, event: Mask, strata: Ints | None
) -> str | None:
    """The clause for two groups of which only one had events while both were at risk."""
    if len(groups) != 2:
        return None
    names, (first, second) = list(groups), groups.values()
    happened = [False, False]
    for now, at_risk in _risk_sets(time, event & (first | second), strata):
        if (at_risk & first).any() and (at_risk & second).any():
            happened = [
                h or bool((now & g).any()) for h, g in zip(happened, (first, second), strict=True)
            ]
    if all(happened) or not any(happened):
        return None
    name = names[happened.index(True)]
    return f"as long as both groups were at risk, all events occurred in patients with {name}"


def extreme_values(
    values: Floats, time: Floats, event: Mask, strata: Ints | None, label: str
) -> str | None:
    """The clause for a number of which every event took the highest, or the lowest, at risk."""
    for word, sign in (("highest", 1.0), ("lowest", -1.0)):
        if all(
            (sign * values[now]).min() >= (sign * values[at_risk]).max()
            for now, at_risk in _risk_sets(time, event, strata)
        ):
            return (
                f"every event occurred in a patient with the {word} {in_sentence(label)} of all "
                "patients then at risk"
            )
    return None


def _risk_sets(time: Floats, event: Mask, strata: Ints | None) -> Iterator[tuple[Mask, Mask]]:
    for t, stratum in _event_times(time, event, strata):
        here = np.ones(time.size, dtype=np.bool_) if strata is None else strata == stratum
        yield here & event & (time == t), here & (time >= t)


def _event_times(time: Floats, event: Mask, strata: Ints | None) -> list[tuple[float, int]]:
    """The distinct times of events, by stratum."""
    stratum = np.zeros(time.size, dtype=np.int64) if strata is None else strata
    return sorted(set(zip(time[event].tolist(), stratum[event].tolist(), strict=True)))
