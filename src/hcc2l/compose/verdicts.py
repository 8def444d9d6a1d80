"""Whether our results agree with a paper, as far as it can be told: a verdict for each item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from hcc2l.compose.ledger import CHECKLIST, Ledger, Line
from hcc2l.compose.places import NotFoundError, NotMadeError, Results, find, find_text
from hcc2l.compose.published import MADE, Item, Printed, Published, exponent
from hcc2l.errors import quoted_list
from hcc2l.wording import counted


class Verdict(IntEnum):
    """What is found of a value or an item, the better first; the worst value decides of an item."""

    AS_PRINTED = 0
    WITHIN_BOUND = 1
    CONTRADICTED = 2
    NOT_COMPARED = 3
    OUTSIDE = 4
    CANNOT = 5
    MISSED = 6
    NONE = 7

    @property
    def reached(self) -> bool:
        """Whether the item counts as reproduced."""
        return self <= Verdict.CONTRADICTED

    def __str__(self) -> str:
        """As tables and JSON write it."""
        return _WORDS[self]


_WORDS = {
    Verdict.AS_PRINTED: "as printed",
    Verdict.WITHIN_BOUND: "within the stated bound",
    Verdict.CONTRADICTED: "contradicted by the paper",
    Verdict.NOT_COMPARED: "not compared",
    Verdict.OUTSIDE: "outside",
    Verdict.CANNOT: "cannot",
    Verdict.MISSED: "missed",
    Verdict.NONE: "no verdict",
}

# Demanded where a value is not as printed: relative, by section and field of the paper.
_UNIVARIABLE_HR = (0.01, 0.02)  # the ratio, its limits
_MULTIVARIABLE = (0.03, 0.05)
_SUBGROUP = 0.10  # medians and their limits
_P = 0.10
_LANDMARK = 0.3  # points of per cent, absolute
_LIMITS = ("ci_low", "ci_high")
# SPSS's symmetric limits of a median, which no method of ours has.
_SYMMETRIC = ("tog2025",)
# R prints medians with three significant digits; zeros that the paper added are not in the JSON.
_SIGNIFICANT = {("sora2", "km"): 3}
_HAIR = 1e-9
_NAMED = 4  # items of a table that are named when they are not reached


@dataclass(frozen=True)
class Judged:
    """A value of an item beside ours.

    Attributes
    ----------
    ours
        None where we cannot estimate it, or did not look for it.
    words
        What the paper states and what we found, of a value that is a text.
    where
        The place of ours in JSON; empty where it was not looked for.
    """

    printed: Printed
    ours: float | None
    verdict: Verdict
    why: str = ""
    words: tuple[str, str] | None = None
    where: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus the printed number."""
        if self.ours is None or self.printed.number is None:
            return None
        return self.ours - float(self.printed.number)


@dataclass(frozen=True)
class JudgedItem:
    """An item with its values beside ours.

    Attributes
    ----------
    entry
        The entry of the study that holds it; empty for none.
    why
        The reason for its verdict, unless it is as printed or within the bound.
    """

    item: Item
    entry: str
    verdict: Verdict
    values: tuple[Judged, ...] = ()
    why: str = ""


def as_printed(ours: float, printed: Decimal, significant: int = 0) -> bool:
    """Whether a number, rounded as the printed one is, equals it.

    Half-way values, which programs round up or to even, equal both of their neighbours.

    Parameters
    ----------
    significant
        Significant digits that the printed number has at least; zeros at its end may be lacking.
    """
    last = exponent(printed)
    if significant and printed:
        last = min(last, printed.adjusted() + 1 - significant)
    half = 10.0**last / 2
    return abs(ours - float(printed)) <= half * (1 + _HAIR) + _HAIR * abs(ours)


def within_bound(ours: float, printed: Decimal, item: Item, field: str) -> bool:
    """Whether a number differs from the printed one by no more than is demanded of its kind."""
    difference = abs(ours - float(printed))
    if field == "survival_pct":
        return difference <= _LANDMARK + _HAIR
    return difference <= _relative_bound(item, field) * abs(float(printed)) * (1 + _HAIR)


def _relative_bound(item: Item, field: str) -> float:
    if field == "p":
        return _P
    model = item.texts.get("model", "")  # such as `multivariable (stepwise)`
    if item.kind == "cox" or (item.kind == "logistic" and model.startswith("multivariable")):
        ratio, limits = _MULTIVARIABLE if model.startswith("multivariable") else _UNIVARIABLE_HR
        return ratio if field in ("hr", "or") else limits if field in _LIMITS else 0.0
    if item.kind == "km" and "factor" in item.texts:
        return _SUBGROUP if field in ("median_months", *_LIMITS) else 0.0
    return 0.0


def judge(published: Published, ledger: Ledger, results: Results) -> tuple[JudgedItem, ...]:
    """A verdict for every item of a paper, in its order.

    Tables and figures are judged last, by the items that their entry holds.
    """
    items = [item for item in published.items if item.kind not in MADE]
    found = {
        item.id: _judged(item, ledger.lines.get(item.id), results, published.study)
        for item in items
    }
    numbers = tuple(found.values())
    for item in published.items:
        if item.kind in MADE:
            found[item.id] = _judged_whole(item, ledger.lines.get(item.id), results, numbers)
    return tuple(found[item.id] for item in published.items)


def _judged(item: Item, line: Line | None, results: Results, study: str) -> JudgedItem:
    """The verdict of an item that holds numbers or words."""
    entry = line.place.entry if line else ""
    if line is not None and line.place.cannot:
        return JudgedItem(item, entry, Verdict.CANNOT, why=line.place.cannot)
    texts = [path for path in item.texts if line is not None and path in line.at]
    if line is None or not (item.values or texts):
        outside = Verdict.OUTSIDE if item.outside else Verdict.NONE
        return JudgedItem(item, entry, outside, why="" if item.outside else "not in the ledger")
    try:
        values = tuple(_value(item, value, line, results, study) for value in item.values)
        values += tuple(_text(item, path, line, results, study) for path in texts)
    except NotMadeError as error:
        return JudgedItem(item, entry, Verdict.MISSED, why=str(error))
    except NotFoundError as error:
        return JudgedItem(item, entry, Verdict.NONE, why=f"ledger line {line.number}: {error}")
    compared = [value for value in values if value.verdict is not Verdict.NOT_COMPARED]
    verdict = max((value.verdict for value in compared), default=Verdict.OUTSIDE)
    reasons = dict.fromkeys(v.why for v in compared if v.verdict is verdict and v.why)
    return JudgedItem(item, entry, verdict, values, "; ".join(reasons))


def _value(item: Item, value: Printed, line: Line, results: Results, study: str) -> Judged:
    place = line.place_of(value.path)
    if place.cannot:
        return Judged(value, None, Verdict.CANNOT, place.cannot)
    found = find(value, line, results)
    verdict, why = _verdict(item, value, found.number, place.contradicted, study)
    return Judged(value, found.number, verdict, why, where=found.where)


def _verdict(
    item: Item, value: Printed, ours: float | None, contradicted: str, study: str
) -> tuple[Verdict, str]:
    """The verdict of a value, and the reason for one that is neither as printed nor near."""
    if study in _SYMMETRIC and value.field in _LIMITS and item.kind in ("km", "follow_up"):
        return Verdict.NOT_COMPARED, "symmetric limits of SPSS"
    significant = _SIGNIFICANT.get((study, item.kind), 0)
    verdict = _agreement(item, value, ours, value.number, significant)
    if verdict is Verdict.AS_PRINTED:
        return verdict, ""
    trust = value.trust
    if value.withdrawn or (
        trust is not None and _agreement(item, value, ours, trust, significant).reached
    ):
        return Verdict.CONTRADICTED, item.note
    if verdict is Verdict.WITHIN_BOUND:
        return verdict, ""
    if contradicted:
        return Verdict.CONTRADICTED, contradicted
    return verdict, _miss(value, ours)


def _agreement(
    item: Item, value: Printed, ours: float | None, number: Decimal | None, significant: int
) -> Verdict:
    """As printed, within the bound, or missed."""
    if ours is None or number is None:
        return Verdict.AS_PRINTED if ours is None and number is None else Verdict.MISSED
    if value.sign != "=":
        holds = ours < float(number) if value.sign == "<" else ours > float(number)
        return Verdict.AS_PRINTED if holds else Verdict.MISSED
    if as_printed(ours, number, significant):
        return Verdict.AS_PRINTED
    within = within_bound(ours, number, item, value.field)
    return Verdict.WITHIN_BOUND if within else Verdict.MISSED


def _miss(value: Printed, ours: float | None) -> str:
    found = "not estimable" if ours is None else f"{ours:.6g}"
    sign = "" if value.sign == "=" else f"{value.sign} "
    printed = "not estimable" if value.number is None else f"{sign}{value.number}"
    path = value.path.removeprefix("values.").replace(".", " ")
    return f"{path}: {found} instead of {printed}"


def _text(item: Item, path: str, line: Line, results: Results, study: str) -> Judged:
    """What the paper states in words, compared with the text or number that the ledger names."""
    place = line.place_of(path)
    if isinstance(place.equals, Decimal):
        return _value(item, Printed(path, place.equals), line, results, study)
    sought = item.texts[path] if place.equals is None else place.equals
    found = find_text(path, line, results)
    words = (item.texts[path], found)
    if found == sought:
        return Judged(Printed(path, None), None, Verdict.AS_PRINTED, words=words)
    why = f"{path}: {found} instead of {sought}"
    return Judged(Printed(path, None), None, Verdict.MISSED, why, words)


def _judged_whole(
    item: Item, line: Line | None, results: Results, items: Sequence[JudgedItem]
) -> JudgedItem:
    """The verdict of a table or figure: it is made, and all items that its entry holds are."""
    if line is None:
        verdict = Verdict.OUTSIDE if item.outside else Verdict.NONE
        return JudgedItem(item, "", verdict, why="" if item.outside else "not in the ledger")
    place = line.place
    if place.cannot:
        return JudgedItem(item, place.entry, Verdict.CANNOT, why=place.cannot)
    if item.outside and not place.entry:
        return JudgedItem(item, "", Verdict.OUTSIDE)
    if place.entry not in results and place.entry != CHECKLIST:
        return JudgedItem(item, place.entry, Verdict.MISSED, why=f"{place.entry} was not made")
    held = [one for one in items if one.entry == place.entry and one.verdict != Verdict.OUTSIDE]
    worst = max((one.verdict for one in held), default=Verdict.AS_PRINTED)
    lost = [one.item.short_id for one in held if not one.verdict.reached]
    why = f"{len(lost)} of {counted(len(held), 'item')} not reached: {quoted_list(lost, _NAMED)}"
    return JudgedItem(item, place.entry, worst, why=why if lost else "")
