"""The JSON schema of every output: `docs/schema/hcc2l-1.json`, made from the glossary.

python tools/schema.py            writes it
python tools/schema.py --check    fails where the committed one is another
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hcc2l.glossary import GLOSSARY, Key, Kind
from hcc2l.render.to_json import SCHEMA
from hcc2l.specs import PLANNING, SPECS

TARGET = Path(__file__).parents[1] / "docs" / "schema" / "hcc2l-1.json"
NUMBER: dict[str, Any] = {"type": ["number", "null"]}
TEXT: dict[str, Any] = {"type": "string"}
# What a cell may be, by the kind of its key; every key may be null.
CELLS: dict[Kind, dict[str, Any]] = {
    # Ids may be numbers; levels of a node and columns of a score are lists.
    "text": {
        "type": ["string", "number", "boolean", "null", "array"],
        "items": {"type": ["string", "number"]},
    },
    "count": {"type": ["number", "null"], "minimum": 0},  # with weights, not whole
    "time": NUMBER,
    "estimate": NUMBER,
    "ratio": {"type": ["number", "null"], "minimum": 0},
    "probability": NUMBER,
    "statistic": NUMBER,
    "degrees": {"type": ["number", "null"], "minimum": 0},
    "p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "criterion": NUMBER,
}
# The column of times of an endpoint (`check`), and the measure of distance of a matching.
ALSO_TEXT = ("time", "distance")


def schema() -> dict[str, Any]:
    """The schema of the output of an analysis, or of a study, which holds several."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Output of hcc2l, version {SCHEMA}",
        "description": "Keys may be added within a version; none is removed or changed.",
        "oneOf": [{"$ref": "#/$defs/analysis"}, {"$ref": "#/$defs/study"}],
        "$defs": {
            "command": _object(
                {"name": TEXT, "argv": {"type": "array", "items": TEXT}, "version": TEXT}
            ),
            "analysis": _object(_analysis(), optional=("methods",)),
            "study": _object(
                {
                    "schema": {"const": SCHEMA},
                    "command": {"$ref": "#/$defs/command"},
                    "study": TEXT,
                    "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
                    "ledger": {"type": "array", "items": {"type": "object"}},
                },
                optional=("ledger",),
            ),
            "entry": _object(
                {
                    "id": TEXT,
                    "caption": TEXT,
                    "report": {"oneOf": [{"$ref": "#/$defs/analysis"}, {"type": "null"}]},
                    "error": {**TEXT, "description": "why there is no report"},
                },
                optional=("error",),
            ),
            "row": {
                "type": "object",
                "properties": {name: _cell(name, key) for name, key in GLOSSARY.items()},
                "additionalProperties": False,
            },
        },
    }


def _analysis() -> dict[str, Any]:
    excluded = {"reason": TEXT, "rows": _count_or_null(), "which": {"type": "array", "items": TEXT}}
    notes = {"level": {"enum": ["info", "warning"]}, "code": TEXT, "text": TEXT}
    return {
        "schema": {"const": SCHEMA},
        "command": {
            "allOf": [
                {"$ref": "#/$defs/command"},
                {"properties": {"name": {"enum": [*SPECS, *PLANNING]}}},
            ]
        },
        "title": TEXT,
        "cohort": _of_a_cohort(
            {"source": TEXT, "sha256": {**TEXT, "pattern": "^[0-9a-f]{64}$"},
             "synthetic": {"type": "boolean"}, "rows": _count_or_null()}
        ),
        "analysed": _of_a_cohort(
            {"rows": _count(), "excluded": {"type": "array", "items": _object(excluded)}}
        ),
        "settings": {"type": "object", "description": "every option as resolved"},
        "notes": {"type": "array", "items": _object(notes)},
        "tables": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"$ref": "#/$defs/row"}},
        },
        "methods": _object({"text": TEXT, "references": {"type": "array", "items": TEXT}}),
    }  # fmt: skip


def _cell(name: str, key: Key) -> dict[str, Any]:
    cell = CELLS["text" if name in ALSO_TEXT else key.kind]
    return {**cell, "description": key.meaning}


def _count() -> dict[str, Any]:
    return {"type": "integer", "minimum": 0}


def _count_or_null() -> dict[str, Any]:
    return {
        "type": ["integer", "null"], "minimum": 0, "description": "null if hidden by --min-cell"
    }  # fmt: skip


def _of_a_cohort(properties: dict[str, Any]) -> dict[str, Any]:
    """An object, or null where a command reads no cohort (`size`)."""
    return {**_object(properties), "type": ["object", "null"]}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with these keys, of which the optional ones may be absent; it may gain others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schema, or compare it with the committed one."""
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") == text():
            return 0
        print(f"{TARGET.name} is out of date; run: python tools/schema.py")
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
