"""A bundled study after it was run: its items with verdicts, and what its document says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.compose.document import Added, Done
from hcc2l.compose.ledger import read_ledger
from hcc2l.compose.places import Results
from hcc2l.compose.published import Published, read_published
from hcc2l.compose.reproduced import comparison, record, summary
from hcc2l.compose.study import Study
from hcc2l.compose.verdicts import JudgedItem, judge
from hcc2l.render.document import NumberedTable, Paragraph, Part, Section
from hcc2l.samples import LEDGER, PUBLISHED

SYNTHETIC = (
    "The patients are synthetic. They were made so that their analysis gives the numbers published "
    "by {short}, and no row describes a person. Agreement shows that the published numbers can be "
    "true together and that the commands give them; it says nothing else about any treatment."
)


@dataclass(frozen=True)
class Compared:
    """A study, its paper, and the items of the paper, each with its verdict."""

    study: Study
    published: Published
    items: tuple[JudgedItem, ...]

    @property
    def by_entry(self) -> dict[str, list[JudgedItem]]:
        """The items of each entry that has some, in the order of the study; last those of none."""
        known = [entry.id for entry in self.study.entries]
        entries = [one.entry if one.entry in known else "" for one in self.items]
        return {
            name: [one for one, entry in zip(self.items, entries, strict=True) if entry == name]
            for name in (*known, "")
            if name in entries
        }

    @property
    def added(self) -> Added:
        """Published and reproduced numbers behind every entry, and what is left at the end."""
        by_entry = self.by_entry
        rest = by_entry.pop("", [])
        end: list[Part] = [Section("Published and reproduced")]
        if rest:
            end.append(NumberedTable(comparison(rest, "Items without a table or figure"), None))
        end.append(NumberedTable(summary(self.items), None))
        return Added(
            before=(Paragraph(SYNTHETIC.format(short=self.published.short)),),
            after={entry: comparison(held) for entry, held in by_entry.items()},
            end=tuple(end),
        )

    @property
    def records(self) -> list[dict[str, object]]:
        """The items as JSON holds them."""
        return [record(one) for one in self.items]


def compared_study(study: Study, done: Sequence[Done]) -> Compared | None:
    """The items of the paper of a study beside what its runs gave; None if it has no ledger.

    Raises
    ------
    UsageError
        The ledger or the published numbers beside the study file have faults.
    """
    folder = study.path.parent
    if not (folder / LEDGER).is_file():
        return None
    published = read_published(folder / PUBLISHED)
    ledger = read_ledger(folder / LEDGER, published, study)
    return Compared(study, published, judge(published, ledger, results_of(done)))


def results_of(done: Sequence[Done]) -> Results:
    """The tables of every entry that was made; a figure without a drawing was not."""
    return {
        one.entry.id: [
            {table.name: table.rows for table in report.tables} for report in one.reports
        ]
        for one in done
        if one.reports
        and (one.entry.kind != "figure" or all(report.draw for report in one.reports))
    }
