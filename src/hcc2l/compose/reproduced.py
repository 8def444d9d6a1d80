"""Published and reproduced numbers side by side: tables for a document, records for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hcc2l import numerals
from hcc2l.compose.published import Printed
from hcc2l.compose.verdicts import Judged, JudgedItem, Verdict
from hcc2l.render.grid import Grid

TITLE = "Published and reproduced"
_BETWEEN = "between groups"  # the line of a p-value below those of the groups
NOTHING = "–"  # where we have no number, because we cannot or it was not looked for
_MIDDLES = ("median", "median_months", "mean", "hr", "or", "auc", "value")
_SPREADS = (("ci_low", "ci_high"), ("q1", "q3"), ("min", "max"))
_GRADES = {"any_grade": "any grade", "grade3_4": "grade 3–4", "grade_ge3": "grade ≥3"}
_COUNTED = (
    Verdict.OUTSIDE, Verdict.AS_PRINTED, Verdict.WITHIN_BOUND, Verdict.CONTRADICTED,
    Verdict.MISSED, Verdict.CANNOT, Verdict.NONE,
)  # fmt: skip
_UNSEEN = (Verdict.CANNOT, Verdict.OUTSIDE, Verdict.NONE)


@dataclass(frozen=True)
class Tally:
    """How many items of a kind, or of a study, have each verdict."""

    name: str
    verdicts: Mapping[Verdict, int]

    @property
    def items(self) -> int:
        """All items."""
        return sum(self.verdicts.values())

    @property
    def share(self) -> float | None:
        """The share of the items inside the goal that are reached; None when all are outside."""
        reached = sum(n for verdict, n in self.verdicts.items() if verdict.reached)
        inside = self.items - self.verdicts.get(Verdict.OUTSIDE, 0)
        return reached / inside if inside else None

    @property
    def cells(self) -> tuple[str, ...]:
        """Its line of a table."""
        counts = (str(self.verdicts.get(verdict, 0)) for verdict in _COUNTED)
        share = NOTHING if self.share is None else numerals.percent(self.share, 1)
        return (self.name, str(self.items), *counts, share)


def tally(name: str, items: Sequence[JudgedItem]) -> Tally:
    """The verdicts of items, counted."""
    verdicts = [one.verdict for one in items]
    return Tally(name, {verdict: verdicts.count(verdict) for verdict in set(verdicts)})


def summary(items: Sequence[JudgedItem]) -> Grid:
    """The items of a study by kind, with how many are reached."""
    kinds = dict.fromkeys(one.item.kind for one in items)
    tallies = [
        tally(kind.replace("_", " "), [one for one in items if one.item.kind == kind])
        for kind in kinds
    ]
    return tally_grid("Items by kind", [*tallies, tally("all", items)], "Kind")


def tally_grid(title: str, tallies: Sequence[Tally], header: str) -> Grid:
    """A line for each kind or study."""
    words = [str(verdict) for verdict in _COUNTED]
    headers = (header, "Items", *(word.capitalize() for word in words), "Reached")
    return Grid(
        title=title,
        headings=(),
        headers=headers,
        right=(False, *[True] * (len(headers) - 1)),
        rows=tuple(one.cells for one in tallies),
        footnotes=(
            "Reached: as printed, within the stated bound or contradicted by the paper, of the "
            "items that are not outside.",
        ),
        indents=(0,) * len(tallies),
    )


def comparison(items: Sequence[JudgedItem], title: str = TITLE) -> Grid:
    """Each item, its groups below it: what is published, what we have, the verdict and why."""
    lines = [line for one in items for line in _lines(one)]
    return Grid(
        title=title,
        headings=(),
        headers=("Item", "Published", "Reproduced", "Verdict"),
        right=(False, True, True, False),
        rows=tuple(row for _, row in lines),
        footnotes=(),
        flowing=True,
        indents=tuple(depth for depth, _ in lines),
    )


def _lines(one: JudgedItem) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The lines of an item, each with its indent: a single one, or one for each of its groups."""
    values = one.values or tuple(Judged(v, None, one.verdict) for v in one.item.values)
    groups: dict[str, list[Judged]] = {}
    for value in values:
        groups.setdefault(_group(value.printed), []).append(value)
    alone = len(groups) < 2
    if not alone or not values:
        said = "" if one.values else _verdict(one.verdict, [one.why])
        yield 0, (one.item.short_id, "", "", said)
    for group, inside in groups.items():
        compared = [v.verdict for v in inside if v.verdict is not Verdict.NOT_COMPARED]
        verdict = max(compared, default=Verdict.NOT_COMPARED)
        reasons = [v.why for v in inside if v.verdict is verdict] if one.values else [one.why]
        name = one.item.short_id if alone else group or _BETWEEN
        said = _verdict(verdict, reasons) if alone or one.values else ""
        yield int(not alone), (name, _cell(inside, _published), _cell(inside, _reproduced), said)


def _verdict(verdict: Verdict, reasons: Sequence[str]) -> str:
    """A verdict with its reasons, each once."""
    why = "; ".join(dict.fromkeys(reason for reason in reasons if reason))
    return f"{verdict}: {why}" if why else str(verdict)


def _group(value: Printed) -> str:
    above = value.path.split(".")[0]
    words = [value.group, _GRADES.get(above, "")]
    return ", ".join(word for word in words if word)


def _cell(values: Sequence[Judged], written: Callable[[Judged], str]) -> str:
    """Values as papers write them together: `17/81 (21.0%)`, `7.43 (6.64–13.6)`, `p 0.017`."""
    left = {one.printed.path: one for one in values}
    texts = {one.printed.field: written(one) for one in values}
    parts = []
    if "denom" in texts and "n" in texts:
        share = f" ({texts['pct']}%)" if "pct" in texts else ""
        parts.append(f"{texts['n']}/{texts['denom']}{share}")
        left = _without(left, ("n", "denom", "pct"))
    middle = next((key for key in _MIDDLES if key in texts), None)
    spread = next(((a, b) for a, b in _SPREADS if a in texts and b in texts), None)
    together = ""
    if middle is not None:
        around = f" ({texts[spread[0]]}–{texts[spread[1]]})" if spread else ""
        together = texts[middle] + around
        left = _without(left, (middle, *(spread or ())))
    named = {
        path.split(".")[-1]: _named(one, written(one), alone=len(values) == 1)
        for path, one in left.items()
    }
    first = [named.pop(field) for field in ("n", "events") if field in named]
    return ", ".join(part for part in (*parts, *first, together, *named.values()) if part)


def _without(left: Mapping[str, Judged], fields: Sequence[str]) -> dict[str, Judged]:
    return {path: one for path, one in left.items() if one.printed.field not in fields}


def _named(one: Judged, text: str, *, alone: bool) -> str:
    """A value with its name, unless it is a count alone or a text."""
    field = one.printed.field
    if one.words is not None or (field == "n" and alone):
        return text
    if field == "pct":
        return f"{text}%"
    if field == "survival_pct":
        return f"{one.printed.path.split('.')[-1]} {text}%"
    return f"{one.printed.path.split('.')[-1].replace('_', ' ')} {text}"


def _published(one: Judged) -> str:
    if one.words is not None:
        return one.words[0]
    printed = one.printed
    sign = "" if printed.sign == "=" else printed.sign
    return sign + numerals.number(_float(printed), _decimals(printed))


def _reproduced(one: Judged) -> str:
    """Ours, rounded as printed; with a digit more where that would hide a difference."""
    if one.words is not None:
        return one.words[1]
    if one.verdict in _UNSEEN:
        return NOTHING
    printed = one.printed
    if printed.sign != "=" and one.ours is not None:
        return numerals.p_value(one.ours)
    decimals = _decimals(printed)
    text = numerals.number(one.ours, decimals)
    hidden = one.verdict is not Verdict.AS_PRINTED and text == _published(one)
    return numerals.number(one.ours, decimals + 1) if hidden else text


def _float(printed: Printed) -> float | None:
    return None if printed.number is None else float(printed.number)


def _decimals(printed: Printed) -> int:
    number = printed.number
    return 0 if number is None else max(0, -int(number.as_tuple().exponent))


def record(one: JudgedItem) -> dict[str, object]:
    """What JSON holds of an item: its values by their paths, in full precision."""
    values = [value for value in one.values if value.words is None]
    seen = [value for value in values if value.verdict not in _UNSEEN]
    return {
        "id": one.item.id,
        "kind": one.item.kind,
        "entry": one.entry or None,
        "published": {value.path: _float(value) for value in one.item.values},
        "reproduced": {value.printed.path: value.ours for value in seen},
        "difference": {value.printed.path: value.difference for value in seen},
        "verdict": str(one.verdict),
        "why": one.why or None,
        "where": {value.printed.path: value.where for value in seen},
    }
