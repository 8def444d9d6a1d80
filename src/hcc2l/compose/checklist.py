"""A reporting checklist, filled with what the reports of a study know."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.compose.answers import Answer, Shown
from hcc2l.render.grid import Grid
from hcc2l.wording import in_sentence

TO_BE_WRITTEN = "to be written"
Item = tuple[str, str, str, Answer]  # number, topic, recommendation, what answers it


@dataclass(frozen=True)
class Checklist:
    """The items of a reporting guideline, abridged.

    Attributes
    ----------
    source
        The publication of the guideline, which stands below the table.
    items
        The topic of an item is empty where it is that of the item before.
    """

    title: str
    source: str
    items: tuple[Item, ...]

    def filled(self, shown: Shown) -> Grid:
        """The items with where they are answered, or what the answer is."""
        rows = tuple(
            (
                item,
                f"{topic}: {in_sentence(recommendation)}" if topic else recommendation,
                answer(shown) or TO_BE_WRITTEN,
            )
            for item, topic, recommendation, answer in self.items
        )
        return Grid(
            title=self.title,
            headings=(),
            headers=("Item", "Recommendation", "Where or what"),
            right=(False,) * 3,
            rows=rows,
            footnotes=(self.source,),
            indents=(0,) * len(rows),
        )
