"""Program and documentation contain none of the phrases that betray a translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "hcc2l").rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Phrase -> what to write instead.
PHRASES = {
    r"has not(?! (?:been|yet|occurred|happened|had)\b)": "is not in, does not have",
    r"have not(?! (?:been|yet|occurred|happened|had)\b)": "do not have",
    r"have it not": "do not have it",
    r"for want of": "because there were too few",
    r"runs? away": "does not converge",
    r"on the spot": "given on the command line",
    r"left out": "excluded, omitted; (default: …)",
    r"leave (?:it|them|these rows) out": "omit it, exclude them",
    r"who is treated": "which treatment was given",
    r"displaces?": "overrides",
    r"nobody": "no patient",
    r"everybody": "every patient",
    r"misses an?": "has a missing value",
    r"say (?:so|it|which|with|who)": "state, specify, use --option",
    r"(?:is|are|was|were) (?:not )?said": "is reported, was not given",
    r"what is typed": "options on the command line",
    r"once for all": "once and for all, in hcc2l.toml",
    r"turn the tree over": "a slightly different sample could give a different tree",
    r"takes? the medians?' word": "compare the medians",
    r"out of the question": "not possible",
}
_PATTERN = re.compile(
    "|".join(rf"\b(?:{phrase})\b" for phrase in PHRASES).replace(" ", r"\s+"), re.IGNORECASE
)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string of a module, or of the whole page."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield 1, content
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", [*SOURCES, *PAGES], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_phrase_reads_as_translated(path: Path) -> None:
    faults = []
    for line, text in texts(path):
        for match in _PATTERN.finditer(text):
            place = line + text.count("\n", 0, match.start())
            faults.append(f"line {place}: {' '.join(match[0].split())}")
    assert faults == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("columns that the cohort has not", True),
        ("The median has not been reached", False),
        ("an endpoint said on\n    the spot", True),
        ("`rows-left-out`", False),
        ("rows left out for", True),
    ],
)
def test_the_phrases_are_found(text: str, found: bool) -> None:
    assert bool(_PATTERN.search(text)) == found
