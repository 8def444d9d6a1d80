"""What is remarkable in the responses and their comparison, as values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hcc2l.analyses.best_response import RESPONSES
from hcc2l.analyses.cautions import FEW_PATIENTS
from hcc2l.analyses.response.data import Criterion, ResponseData
from hcc2l.analyses.response.tables import WHOLE, outcome_codes
from hcc2l.stats.counts import SMALL_EXPECTED, contingency, expected_counts, without_empty

SHARE_GAP = 0.10  # groups whose evaluable shares differ by more are differently selected
RESPONSE_LIMIT, PROGRESSION_LIMIT = -30.0, 20.0  # percent of baseline, by RECIST
_PROPORTION = 1.0


def tiny_groups(data: ResponseData) -> list[tuple[str, int]]:
    """Groups with few patients, and their number."""
    sizes = zip(data.levels, data.sizes, strict=True)
    return [(level, n) for level, n in sizes if n < FEW_PATIENTS]


def sparse(data: ResponseData) -> list[Criterion]:
    """Criteria whose whole distribution is compared by chi-square with a small expected count."""
    return [c for c in data.criteria if _is_sparse(data, c)] if not data.pairs else []


def _is_sparse(data: ResponseData, criterion: Criterion) -> bool:
    codes = outcome_codes(criterion, "all", WHOLE)
    table = without_empty(contingency(codes, len(RESPONSES) + 1, data.codes, len(data.levels)))
    if min(table.shape) < 2 or table.shape == (2, 2):  # no test, or Fisher's
        return False
    return bool((expected_counts(table) < SMALL_EXPECTED).any())


def evaluable_shares(data: ResponseData) -> Iterator[tuple[Criterion, list[tuple[str, float]]]]:
    """Criteria by which the share of evaluable patients differs between groups, with the shares.

    None where a group is tiny, of which shares say nothing.
    """
    for criterion in data.criteria if not tiny_groups(data) else ():
        inside = np.bincount(data.codes[criterion.evaluable], minlength=len(data.levels))
        shares = (inside / np.array(data.sizes)).tolist()
        if max(shares) - min(shares) > SHARE_GAP:
            yield criterion, list(zip(data.levels, shares, strict=True))


def without_duration(data: ResponseData) -> int:
    """Responders whose duration of response is not known."""
    if data.duration is None:
        return 0
    responders = np.logical_or.reduce([c.counted("ORR") for c in data.criteria])
    return int((responders & ~data.duration.known).sum())


def change_is_proportion(data: ResponseData) -> bool:
    """Whether all changes lie between −1 and 1, so that they may not be percentages."""
    if data.change is None:
        return False
    known = data.change.percent[~np.isnan(data.change.percent)]
    return bool(known.any() and (np.abs(known) <= _PROPORTION).all())


def contradictions(data: ResponseData) -> int:
    """Patients with CR or PR whose best change is no decrease by 30 percent."""
    if data.change is None or change_is_proportion(data):
        return 0
    return int((data.criteria[0].counted("ORR") & (data.change.percent > RESPONSE_LIMIT)).sum())
