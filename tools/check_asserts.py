"""Asserts that do not test what was meant: `assert a, b == c` compares nothing.

``python tools/check_asserts.py FOLDER …`` prints the file and line of each; exit status 1 if any.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def misplaced(tree: ast.AST) -> Iterator[ast.Assert]:
    """Asserts whose message is a comparison, a truth value or a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            message = node.msg
            if isinstance(message, ast.Compare | ast.BoolOp | ast.UnaryOp) or (
                isinstance(message, ast.Constant) and not isinstance(message.value, str)
            ):
                yield node


def main(folders: list[str]) -> int:
    """Print every misplaced comparison; 1 if there is one."""
    status = 0
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*.py")):
        for node in misplaced(ast.parse(path.read_text(encoding="utf-8"))):
            print(f"{path}:{node.lineno}: the message of this assert is not text")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
