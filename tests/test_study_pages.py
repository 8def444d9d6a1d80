"""The pages of the bundled studies: their commands run on the cohort of the study."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.test_docs import WIDTH, commands, run, run_shell

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "studies").glob("*.md"))


SLOW = ("--plot", "--boot", "for ")  # figures, bootstraps and loops


def _blocks() -> list[object]:
    """The shell blocks of each page; the sample and its whole report have tests of their own."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```sh\n(.*?)^```$", text, re.M | re.S):
            line = text.count("\n", 0, match.start()) + 1
            if "hcc2l sample" not in match[1]:
                marks = [pytest.mark.slow] if any(word in match[1] for word in SLOW) else []
                name = f"{page.name}:{line}"
                found.append(pytest.param(page.stem, match[1], id=name, marks=marks))
    return found


@pytest.mark.parametrize(("study", "block"), _blocks())
def test_commands_run_on_the_cohort_of_the_study(
    study: str, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path, tmp_path / study):  # pages name the cohort with or without its folder
        shutil.copytree(ROOT / "sample_data" / study, folder, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HCC2L_COHORT", raising=False)
    monkeypatch.setenv("COLUMNS", WIDTH)
    typed = commands(block)
    if typed is None:
        done = run_shell(block, tmp_path)
        assert done.returncode == 0, done.stderr
    for words in typed or ():
        assert run(words, monkeypatch) == 0, shlex.join(words)
