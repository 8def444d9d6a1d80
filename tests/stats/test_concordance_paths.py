"""Concordance by the table of times and scores, and by sorting, against all pairs one by one."""

import numpy as np
import pytest

from hcc2l.stats import concordance as subject


def by_pairs(time, event, score, weights):
    """Concordant, discordant and tied weights of every comparable pair."""
    sums = [0.0, 0.0, 0.0]
    for i in np.flatnonzero(event):
        for j in range(time.size):
            if time[j] > time[i] or (time[j] == time[i] and not event[j]):
                place = 0 if score[i] > score[j] else 1 if score[i] < score[j] else 2
                sums[place] += weights[i] * weights[j]
    return sums


@pytest.mark.parametrize("few_cells", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_both_ways_count_the_same_pairs(monkeypatch, few_cells, weighted):
    monkeypatch.setattr(subject, "_few_cells", lambda *_: few_cells)
    random = np.random.default_rng(3)
    for n in (1, 2, 7, 64, 65, 90):
        time, event = random.integers(0, 12, n).astype(float), random.random(n) < 0.6
        score, weights = random.integers(0, 9, n) / 4, random.random(n) + 0.5
        got = subject.concordance(time, event, score, weights=weights if weighted else None)
        expected = by_pairs(time, event, score, weights if weighted else np.ones(n))
        assert [got.concordant, got.discordant, got.tied] == pytest.approx(expected, rel=1e-12)


def test_both_ways_have_the_same_standard_error(monkeypatch):
    random = np.random.default_rng(4)
    time, event = random.integers(0, 30, 200).astype(float), random.random(200) < 0.6
    score, weights = random.integers(0, 9, 200) / 4, random.random(200) + 0.5
    ways = []
    for few_cells in (True, False):
        monkeypatch.setattr(subject, "_few_cells", lambda *_, few=few_cells: few)
        ways.append(subject.concordance(time, event, score, weights=weights).std_err)
    assert ways[0] == pytest.approx(ways[1], rel=1e-12)
