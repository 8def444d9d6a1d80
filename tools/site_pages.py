"""Pages of the documentation site that are not in `docs/` (hooks of MkDocs, see mkdocs.yml)."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REPOSITORY = "https://github.com/hcc2l/hcc2l/blob/main/"
FROM_ROOT = {"index.md": "README.md", "changelog.md": "CHANGELOG.md",
             "contributing.md": "CONTRIBUTING.md"}  # fmt: skip
API = """# Python API

Each command is a function with the command's options, which returns a report:
`from hcc2l.api import km, read_cohort`.

"""


def on_config(config: Any) -> Any:
    """Add the pages of `docs/` that have no entry of their own, so that none is forgotten."""
    listed = set(_pages(config["nav"]))
    folder = ROOT / "docs"
    others = [page.relative_to(folder).as_posix() for page in sorted(folder.rglob("*.md"))]
    more = [name for name in others if name not in listed]
    if more:
        config["nav"].append({"More": more})
    return config


def _pages(entry: Any) -> list[str]:
    """The files of an entry of the navigation."""
    if isinstance(entry, str):
        return [entry]
    below = entry.values() if isinstance(entry, dict) else entry
    return [page for part in below for page in _pages(part)]


def on_files(files: Any, config: Any) -> Any:
    """Add the pages made of the files of the repository, and of the docstrings."""
    from mkdocs.structure.files import File

    made = {name: (ROOT / source).read_text(encoding="utf-8") for name, source in FROM_ROOT.items()}
    for name, text in {**made, "api.md": API + _entries()}.items():
        files.append(File.generated(config, name, content=text))
    return files


def _entries() -> str:
    """The public names of the API, for mkdocstrings."""
    module = ast.parse((ROOT / "src" / "hcc2l" / "api.py").read_text(encoding="utf-8"))
    (names,) = (
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    functions_first = sorted(names, key=lambda name: (name[0].isupper(), name))
    return "\n".join(f"::: hcc2l.api.{name}\n" for name in functions_first)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links between the pages of the site, those elsewhere to the repository."""
    pages = {source: name for name, source in FROM_ROOT.items()}
    for source, name in pages.items():
        markdown = markdown.replace(REPOSITORY + source, name)
        markdown = markdown.replace(f"](../{source}", f"]({name}")
    markdown = re.sub(rf"{REPOSITORY}docs/([\w-]+\.md)", r"\1", markdown)
    markdown = re.sub(r"\]\(docs/([\w-]+\.md)", r"](\1", markdown)
    return re.sub(r"\]\(\.\./(?!\w+\.md)", f"]({REPOSITORY}", markdown)
