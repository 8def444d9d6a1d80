"""p-values as printed in every table, figure and sentence."""

from __future__ import annotations


def p_value(p: float) -> str:
    """A p-value as journals print it: `0.006`, `<0.001`, `>0.999`."""
    if p < 0.001:
        return "<0.001"
    text = f"{p:.3f}"
    return ">0.999" if text == "1.000" else text


def p_equation(p: float) -> str:
    """A p-value with its sign, as in sentences and figures: `p = 0.006`, `p < 0.001`."""
    text = p_value(p)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"
