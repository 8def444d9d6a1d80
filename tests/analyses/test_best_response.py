"""A column of best response, and what words of other languages probably mean."""

from __future__ import annotations

import pytest

from hcc2l.vocabulary import response_category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Complete response", "CR"), ("complete remission (CR)", "CR"), ("완전관해", "CR"),
        ("完全缓解", "CR"), ("Réponse complète", "CR"), ("partial response", "PR"),
        ("PR (confirmed)", "PR"), ("PR - confirmed", "PR"), ("부분 관해", "PR"),
        ("部分緩解", "PR"), ("Teilremission", "PR"), ("Kısmi yanıt", "PR"),
        ("stable disease", "SD"), ("stable disease > 8 weeks", "SD"), ("疾病稳定", "SD"),
        ("Progression", "PD"), ("progressive disease", "PD"), ("増悪", "PD"), ("진행", "PD"),
        ("not evaluable", "NE"), ("nicht beurteilbar", "NE"), ("평가 불가", "NE"),
        ("uCR", None), ("non-CR/non-PD", None), ("not PD", None), ("PR (unconfirmed)", None),
        ("unconfirmed partial response", None), ("CR or PR", None), ("responder", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_word_suggests_its_category(text: str, category: str | None) -> None:
    assert response_category(text) == category
