"""A bundled study after it was run: which of its entries were made."""

from __future__ import annotations

from dataclasses import replace

from hcc2l.analyses.km.run import run
from hcc2l.compose.bundled import results_of
from hcc2l.compose.document import Done
from hcc2l.compose.study import Entry
from hcc2l.errors import AnalysisError
from hcc2l.readers import read_cohort
from hcc2l.specs import KmSpec


def test_a_figure_that_cannot_be_drawn_and_an_entry_that_failed_are_not_made() -> None:
    drawn = run(read_cohort(), KmSpec())
    undrawn = replace(drawn, draw=None)
    done = [
        Done(Entry("table", 1, "table-1"), (undrawn, drawn)),
        Done(Entry("figure", 2, "figure-1"), (drawn,)),
        Done(Entry("figure", 3, "figure-2"), (drawn, undrawn)),
        Done(Entry("table", 4, "table-2"), failure=AnalysisError("No events.")),
        Done(Entry("text", 5, "text-1")),
    ]
    results = results_of(done)
    assert list(results) == ["table-1", "figure-1"]
    assert len(results["table-1"]) == 2
    assert results["figure-1"][0]["groups"] == drawn.table("groups").rows
