"""Numbers as printed in every table, figure and sentence, in the house style of the run."""

from __future__ import annotations

import re
from collections.abc import Callable

from hcc2l.house_styles import house_style

NOT_ESTIMABLE = "NE"
LARGEST_RATIO = 1000  # larger ones are written `>1000`

Writer = Callable[[float | None], str]


def p_value(p: float) -> str:
    """A p-value as journals print it: `0.006`, `<0.001`, `>0.999`.

    One just below 0.05 is written with three decimal places where others have two: `0.049`.
    """
    style = house_style()
    smallest, _ = style.p_decimals[-1]
    if p < smallest:
        return _probability("<", f"{smallest:g}")
    places = _p_places(p)
    places = _p_places(float(f"{p:.{places}f}"))  # 0.0996 is 0.10 where that has two places
    if p < 0.05 and f"{p:.{places}f}" == "0.05":
        places = 3
    text = f"{p:.{places}f}"
    if text == f"{1:.{places}f}":
        return _probability(">", f"{1 - 10**-places:.{places}f}")
    return _probability("", text)


def p_equation(p: float) -> str:
    """A p-value with its sign, as in sentences and figures: `p = 0.006`, `p < 0.001`."""
    text = p_value(p)
    return _equation(text[0], text[1:]) if text[0] in "<>" else _equation("=", text)


def p_below(limit: float) -> str:
    """A criterion of significance in a sentence: `p < 0.05`."""
    return _equation("<", _probability("", f"{limit:g}"))


def p_letter() -> str:
    """The heading of p: `p`, `P`."""
    return house_style().p


def with_p(text: str) -> str:
    """A heading or sentence with the letter and the word for p: `p (interaction)`, `P values`."""
    style = house_style()
    return re.sub(r"\bp\b", style.p, re.sub(r"\bp-value", style.p_value, text))


def reference() -> str:
    """The cell of a reference level, which others are compared with."""
    return house_style().reference


def count(n: float) -> str:
    """A number of patients, `12`, or a sum of their weights, `12.5`."""
    return _marked(f"{n:.1f}".removesuffix(".0"))


def number(value: float | None, decimals: int) -> str:
    """`7.43`, `−1.50`; `NE` for None; never `−0.00`."""
    return NOT_ESTIMABLE if value is None else _signed(f"{value:.{decimals}f}")


def percent(share: float | None, decimals: int) -> str:
    """`44.6%`; `NE` for None."""
    return NOT_ESTIMABLE if share is None else _signed(f"{100 * share:.{decimals}f}%")


def percent_of(share: float, n: float) -> str:
    """A percentage of n patients, beside their number: `44.6%`, `45%`."""
    return percent(share, 0 if n < house_style().whole_percent_below else 1)


def ratio(value: float | None, decimals: int) -> str:
    """A hazard or odds ratio: `2.44`, `>1000`; `NE` for None."""
    if value is not None and value > LARGEST_RATIO:
        return f">{LARGEST_RATIO}"
    return number(value, decimals)


def limits(
    lower: float | None, upper: float | None, write: Writer, estimate: float | None = None
) -> str:
    """`6.64–13.60`, `34.0–58.6` of percentages; `−3.25 to 0.25` where a number is negative."""
    negative = any(value is not None and value < 0 for value in (estimate, lower, upper))
    low, high = (write(value).removesuffix("%") for value in (lower, upper))
    return f"{low} to {high}" if negative else f"{low}{house_style().between_limits}{high}"


def interval(
    estimate: float | None, lower: float | None, upper: float | None, write: Writer
) -> str:
    """`7.43 (6.64–13.60)`; `NE` if nothing is known."""
    if estimate is lower is upper is None:
        return NOT_ESTIMABLE
    return f"{write(estimate)} ({limits(lower, upper, write, estimate)})"


def ratio_interval(
    estimate: float | None, lower: float | None, upper: float | None, decimals: int | None = None
) -> str:
    """`2.44 (1.51–3.95)`; `NE` if it does not exist: beyond what is printed, and without a limit.

    Where two decimals would be the same for all three, as `1.00 (1.00–1.00)` of an effect per unit
    of a wide scale, there are four.
    """
    known = [value for value in (estimate, lower, upper) if value is not None]
    beyond = estimate is not None and not 1 / LARGEST_RATIO <= estimate <= LARGEST_RATIO
    if beyond and None in (lower, upper):
        return NOT_ESTIMABLE
    if decimals is None:
        narrow = len(known) == 3 and f"{min(known):.2f}" == f"{max(known):.2f}"
        decimals = 4 if narrow else 2
    return interval(estimate, lower, upper, lambda value: ratio(value, decimals))


def confidence_level(conf_level: float) -> str:
    """A confidence level in a sentence: `95%`."""
    return f"{plain(conf_level * 100)}%"


def confidence(conf_level: float) -> str:
    """The name of an interval: `95% CI`."""
    return f"{confidence_level(conf_level)} CI"


def plain(value: float) -> str:
    """A number in as many digits as it has, six at most: `0.5`, `12`."""
    return _marked(f"{value:g}")


def tick(value: float) -> str:
    """A number beside an axis: `0.5`, `12`."""
    return plain(value)


def log_tick(value: float) -> str:
    """A number beside a logarithmic axis, without an exponent: `10 000`, `0.1`."""
    return f"{value:,.0f}".replace(",", "\u2009") if value >= 1 else tick(value)


def cutpoint(value: float) -> str:
    """A cut-point in as many digits as it has, seven at most: `67.6`."""
    return _marked(f"{value:.7g}")


def in_text(value: float) -> str:
    """A value of a marker of which three digits say enough, such as a knot: `62.9`, `2550`."""
    return cutpoint(float(f"{value:.3g}"))


def _signed(text: str) -> str:
    if not text.strip("-0.%"):  # the number rounds to zero
        return _marked(text.removeprefix("-"))
    return _marked(text.replace("-", "−", 1))


def _marked(text: str) -> str:
    return text.replace(".", house_style().decimal_mark)


def _p_places(p: float) -> int:
    """The decimal places of a p."""
    return next((n for low, n in house_style().p_decimals if not p < low), 0)


def _probability(sign: str, text: str) -> str:
    return sign + _marked(text if house_style().p_zero else text.removeprefix("0"))


def _equation(sign: str, text: str) -> str:
    style = house_style()
    return f"{style.p} {sign} {text}" if style.p_spaced else f"{style.p}{sign}{text}"
