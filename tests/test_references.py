"""One bibliography: every publication stands there once, and every one is cited.

A score brings its source in its own file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import hcc2l
from hcc2l import references

SOURCE = Path(hcc2l.__file__).parent
BIBLIOGRAPHY = SOURCE / "references.py"
TEXTS = {name: text for name, text in vars(references).items() if name.isupper()}
MODULES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in SOURCE.rglob("*.py")
    if path != BIBLIOGRAPHY and path.parent.name != "scores"
}


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module that is not a docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str):
            yield node.value


def test_every_publication_is_cited_by_some_analysis() -> None:
    cited = {
        node.attr
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "references"
    }
    assert cited == set(TEXTS)


def test_no_reference_is_written_outside_the_bibliography() -> None:
    found = [
        (path.name, text)
        for path, tree in MODULES.items()
        for text in texts(tree)
        if re.search(r"\b(19|20)\d\d;\d", text)
    ]
    assert found == []


def test_no_publication_stands_twice() -> None:
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_a_name_gives_the_first_author_and_the_year() -> None:
    for name, text in TEXTS.items():
        author, *_, year = name.split("_")
        assert text.casefold().startswith(author.casefold()), name
        assert re.search(rf"\b{year}[;.:]", text), name
