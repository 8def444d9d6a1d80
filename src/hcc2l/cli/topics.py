"""`hcc2l help`: what no option explains, and the help of the commands."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Annotated

import typer

from hcc2l.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class Topic:
    """A table of `docs/cohort.md`: forms to type, in backquotes, with their meaning.

    Attributes
    ----------
    title
        One line, in the list of topics.
    remark
        What the table leaves unsaid.
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    remark: str

    def text(self, width: int) -> str:
        """The topic as lines of at most `width` columns."""
        lines = [self.title, ""]
        for form, meaning in self.rows:
            lines.append(f"  {form.replace('`', '')}")
            lines += textwrap.wrap(
                f"{meaning.replace('`', '')}.", width, initial_indent=" " * 6,
                subsequent_indent=" " * 6,
            )  # fmt: skip
        return "\n".join([*lines, "", *textwrap.wrap(self.remark, width)])


TOPICS = {
    "terms": Topic(
        "How columns, cuts and comparisons are written: -x, --by, --strata, --within, --exact.",
        (
            ("`child_pugh`", "the levels of the column"),
            ("`afp@400`", "`<400` and `≥400`: intervals are closed on the left"),
            ("`afp@200/400`", "`<200`, `200–<400`, `≥400`"),
            (
                "`afp@median`, `afp@tertiles`, `afp@quartiles`",
                "groups of equal size among the rows still in the analysis, as R's `quantile` cuts "
                "them; tertiles and quartiles are rounded as far as no patient changes groups",
            ),
            ("`afp@`", "the cut-points of the dictionary"),
            ("`'afp>=400'`", "`<400` and `≥400`; the side not named is the reference"),
            ("`'ecog==2'`, `'ecog!=0'`", "`no` and `yes`"),
            (
                "`'bclc in {B,C}'`, `'bclc not in {B,C}'`",
                "`no` and `yes`; without braces, in an option of its own: `-x 'bclc in B,C'`",
            ),
            ("`afp@log2`", "its logarithm to base 2: the ratio is per doubling"),
            ("`bilirubin@log`", "its natural logarithm"),
            ("`age@per10`", "divided by 10: the ratio is per 10 years"),
            (
                "`afp@rcs4`",
                "a restricted cubic spline with 4 knots (3 to 5; `afp@rcs` has 4): a curve instead "
                "of a straight line",
            ),
            ("`afp@log2@rcs4`", "a spline of the logarithm: forms are read from left to right"),
        ),
        "Quotes keep < and > from the shell. The last five are for models (cox, logistic, "
        "psmatch). A score that can be computed, such as albi_grade, is written like a column, and "
        "so is a value of a column with several for one patient: etiology___HBV.",
    ),
    "conditions": Topic(
        "Which rows --where keeps; several conditions are joined by \"and\".",
        (
            ("`'age>=18'`", "numbers: `>= <= > <`, also `≥ ≤`"),
            ("`'child_pugh==A'`, `'sex!=male'`", "a value, or not that value; `=` is read as `==`"),
            (
                "`'bclc in B,C'`, `'etiology not in HBV,HCV'`",
                "one of several, or none of them",
            ),
            (
                "`'afp missing'`, `'afp present'`",
                "empty cells, or filled ones (`is missing`, `is not missing`)",
            ),
        ),
        "A row with a missing value does not meet a condition, and is counted as missing.",
    ),
}  # fmt: skip


def show_help(
    context: typer.Context,
    topic: Annotated[
        str | None, typer.Argument(metavar="TOPIC", help="A topic or a command.")
    ] = None,
) -> None:
    """Explain a topic, such as terms; without one, list the topics."""
    from hcc2l.cli._run import terminal

    assert context.parent is not None
    commands = context.parent.command.commands  # type: ignore[attr-defined]  # a group has them
    if topic is None:
        typer.echo(_list_of_topics())
    elif topic in TOPICS:
        typer.echo(TOPICS[topic].text(terminal()[0]))
    elif topic in commands:
        inner = type(context)(commands[topic], info_name=topic, parent=context.parent)
        typer.echo(commands[topic].get_help(inner))
    else:
        raise UsageError(
            f"There is no help on {topic!r}.",
            where="help",
            hint=did_you_mean(topic, [*TOPICS, *commands]),
        )


def _list_of_topics() -> str:
    width = max(map(len, TOPICS))
    return "\n".join(
        [
            *(f"hcc2l help {name:{width}}  {topic.title}" for name, topic in TOPICS.items()),
            f"{'hcc2l COMMAND --help':{width + 11}}  The options of a command.",
        ]
    )
