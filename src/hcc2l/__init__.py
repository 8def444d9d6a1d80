"""Cohort analysis for second-line therapy of hepatocellular carcinoma, checked against R.

>>> import hcc2l
>>> cohort = hcc2l.read_cohort("cohort.csv")
>>> report = hcc2l.km(cohort, by="child_pugh", at=[6, 12, 24])
>>> report.table("groups").rows
>>> print(hcc2l.render_report(report, "md"))
>>> hcc2l.write_report(report, "km.docx")
>>> hcc2l.plot_report(report, "km.pdf")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hcc2l.api import cox as cox
    from hcc2l.api import fit_tree as fit_tree
    from hcc2l.api import km as km
    from hcc2l.api import logistic as logistic
    from hcc2l.api import psmatch as psmatch
    from hcc2l.api import roc as roc
    from hcc2l.api import tree as tree
    from hcc2l.figures import plot_report as plot_report
    from hcc2l.readers import read_cohort as read_cohort
    from hcc2l.render import render_report as render_report
    from hcc2l.render import write_report as write_report

_API = {
    "cox": "hcc2l.api",
    "fit_tree": "hcc2l.api",
    "km": "hcc2l.api",
    "logistic": "hcc2l.api",
    "psmatch": "hcc2l.api",
    "plot_report": "hcc2l.figures",
    "read_cohort": "hcc2l.readers",
    "render_report": "hcc2l.render",
    "roc": "hcc2l.api",
    "tree": "hcc2l.api",
    "write_report": "hcc2l.render",
}
__all__ = [
    "cox",
    "fit_tree",
    "km",
    "logistic",
    "plot_report",
    "psmatch",
    "read_cohort",
    "render_report",
    "roc",
    "tree",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("hcc2l")
    if name in _API:
        return getattr(import_module(_API[name]), name)
    raise AttributeError(f"module 'hcc2l' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
