"""Validation of an output by the published schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

PUBLISHED = Path(__file__).parents[1] / "docs" / "schema" / "hcc2l-1.json"


@cache
def _validator() -> Any:
    return Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


def validate(output: Any) -> None:
    """Fail where an output is not what the schema promises."""
    fault = best_match(_validator().iter_errors(output))
    assert fault is None, f"{fault.json_path}: {fault.message}"
