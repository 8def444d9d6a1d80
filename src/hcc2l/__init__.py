"""Cohort analysis for second-line therapy of hepatocellular carcinoma, checked against R.

>>> import hcc2l
>>> cohort = hcc2l.read_cohort("cohort.csv")
>>> report = hcc2l.km(cohort, by="child_pugh", at=[6, 12, 24])
>>> report.table("groups").rows
>>> print(hcc2l.render_report(report, "md"))
>>> hcc2l.write_report(report, "km.docx")
>>> hcc2l.plot_report(report, "km.pdf")

``help(hcc2l.km)`` lists the options of an analysis; `hcc2l.api` declares all that is public.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hcc2l.api import *  # noqa: F403 - the names of its __all__

    __version__: str
else:

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from importlib.metadata import version

            return version("hcc2l")
        if name == "__all__" or not (name.startswith("_") or find_spec(f"hcc2l.{name}")):
            api = import_module("hcc2l.api")  # on first use: the command line does without
            if name == "__all__" or name in api.__all__:
                return getattr(api, name)
        raise AttributeError(f"module 'hcc2l' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*import_module("hcc2l.api").__all__, "__version__"]
