"""The ledger of the bundled studies: every published number beside ours, and whether they agree.

``python tools/ledger.py [STUDY …]`` runs the studies that have a ledger, without figures, and
prints how many items of each kind are reached. It writes the items into ``docs/studies/STUDY.md``,
and when all are run the table of all studies into ``docs/studies.md``, between ``<!-- ledger -->``
and ``<!-- /ledger -->``.

The exit status is 1 when an item has no verdict or is lost: reached as its page states, and not
now. The page of a study that lost an item is not written; to give the item up, remove its lines
from the page.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hcc2l.cli.report import run_study
from hcc2l.compose.bundled import Compared, compared_study
from hcc2l.compose.reproduced import comparison, summary, tally, tally_grid
from hcc2l.compose.verdicts import JudgedItem, Verdict
from hcc2l.errors import Hcc2lError
from hcc2l.render.grid import Grid
from hcc2l.render.to_markdown import INDENT, table
from hcc2l.render.to_terminal import grid_text
from hcc2l.samples import ledger_names, study_file

DOCS = Path(__file__).parents[1] / "docs"
OPEN, CLOSE = "<!-- ledger -->", "<!-- /ledger -->"
_BETWEEN = re.compile(rf"({OPEN}\n).*?({CLOSE})", re.S)
_VERDICTS = {str(verdict): verdict for verdict in Verdict}


def compared(name: str) -> Compared:
    """A bundled study, run and compared with its paper."""
    study, done = run_study(study_file(name))
    for one in done:
        if one.failure:
            print(f"{name}, line {one.entry.line} of its study file: {one.failure}")
    found = compared_study(study, done)
    assert found is not None, f"{name} has a ledger"
    return found


def page_of(name: str) -> Path:
    """The page of a study."""
    return DOCS / "studies" / f"{name}.md"


def stated(page: Path) -> dict[str, Verdict]:
    """The verdict of each item as a page has it, without the name of the study."""
    found: dict[str, Verdict] = {}
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    ledger = text.partition(OPEN)[2].partition(CLOSE)[0].replace("\\", "")
    item = ""
    for line in ledger.splitlines():
        name, _, cells = line.strip("| ").partition(" | ")
        item = item if name.startswith(INDENT) else name.strip()
        verdict = _VERDICTS.get(cells.split(" | ")[-1].partition(":")[0].strip())
        if verdict is not None and verdict is not Verdict.NOT_COMPARED:
            found[item] = max(verdict, found.get(item, verdict))
    return found


def lost(one: Compared, before: dict[str, Verdict]) -> list[JudgedItem]:
    """The items that were reached, as their page states, and are not any more."""
    reached = {item for item, verdict in before.items() if verdict.reached}
    return [j for j in one.items if j.item.short_id in reached and not j.verdict.reached]


def overview(studies: dict[str, Compared]) -> Grid:
    """The items of all studies, by study and kind."""
    tallies = []
    for name, one in studies.items():
        kinds = dict.fromkeys(judged.item.kind for judged in one.items)
        tallies += [
            tally(
                f"{name}: {kind.replace('_', ' ')}", [j for j in one.items if j.item.kind == kind]
            )
            for kind in kinds
        ]
        tallies.append(tally(f"{name}: all", one.items))
    every = [judged for one in studies.values() for judged in one.items]
    return tally_grid("Published items", [*tallies, tally("all studies", every)], "Study and kind")


def by_entry(one: Compared) -> Iterator[str]:
    """The items of each entry, with its caption and its commands."""
    entries = {entry.id: entry for entry in one.study.entries}
    for name, items in one.by_entry.items():
        entry = entries.get(name)
        if entry is None:
            yield table(comparison(items, "Items without a table or figure"))
            continue
        commands = "\n".join(f"hcc2l {shlex.join(words)}" for words in entry.runs)
        title = f"**{name}: {entry.caption}**" if entry.caption else f"**{name}**"
        rows = table(comparison(items)).partition("\n\n")[2]
        yield f"{title}\n\n```text\n{commands}\n```\n\n{rows}"


def pages(studies: dict[str, Compared]) -> str:
    """A link to the page of each study."""
    links = (f"- [{one.published.short}](studies/{name}.md)" for name, one in studies.items())
    return "\n".join(links)


def write_between(page: Path, *parts: Grid | str) -> None:
    """Put texts and tables between the marks of a page, which is made where there is none."""
    page.parent.mkdir(exist_ok=True)
    text = page.read_text(encoding="utf-8") if page.exists() else f"# {page.stem}\n"
    if OPEN not in text:
        text += f"\n{OPEN}\n{CLOSE}\n"
    texts = (part if isinstance(part, str) else table(part) for part in parts)
    inside = "\n\n".join(texts)
    text = _BETWEEN.sub(lambda found: f"{found[1]}\n{inside}\n\n{found[2]}", text, count=1)
    page.write_text(text, encoding="utf-8")


def main(names: Sequence[str]) -> int:
    """Run, print and write; 1 if an item is lost or has no verdict."""
    status = False
    studies = {}
    for name in names or ledger_names():
        try:
            one = studies[name] = compared(name)
        except Hcc2lError as error:
            print(f"{name}: {error}")
            status = True
            continue
        print(f"\n{one.published.short}\n{grid_text(summary(one.items), 120)}")
        for judged in one.items:
            if judged.verdict >= Verdict.MISSED:
                print(f"{judged.item.id}: {judged.verdict}: {judged.why}")
        gone = lost(one, stated(page_of(name)))
        if gone:
            print(f"{name} lost: {', '.join(judged.item.id for judged in gone)}")
            print(f"{page_of(name)} is not written; to give them up, remove their lines from it.")
        else:
            write_between(page_of(name), summary(one.items), *by_entry(one))
        status |= bool(gone) or any(judged.verdict is Verdict.NONE for judged in one.items)
    if not names and studies and not status:
        print(grid_text(overview(studies), 120))
        write_between(DOCS / "studies.md", pages(studies), overview(studies))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
