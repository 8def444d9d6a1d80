"""Who is matched with whom: the choice of controls, and why others have none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np

from hcc2l.design import Floats, Ints, Mask
from hcc2l.errors import AnalysisError
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.matching import (
    Matches,
    Order,
    nearest,
    nearest_gaps,
    optimal,
    processing_order,
    rounding,
)

MOST_CELLS = 100_000_000  # of the distances that optimal matching holds


BYTES = 18  # per cell, as measured


@dataclass(frozen=True)
class Pool:
    """The rows from which matches are chosen; n rows, in the order of their ids.

    Attributes
    ----------
    rows
        Shape (n,): each row's number in the cohort.
    treated
        Shape (n,).
    distance
        Shape (n,): the score on which patients are matched, equal where it differs by rounding.
    strata
        Shape (n,): codes within which patients are matched; None without `--exact`.
    """

    rows: Ints
    treated: Mask
    distance: Floats
    strata: Ints | None


def match(pool: Pool, spec: PsmatchSpec, order: str, caliper: float | None) -> Matches:
    """Matches in one order of the treated; the order has no effect on optimal matching."""
    if spec.method == "optimal":
        return _optimal(pool, caliper)
    if order == "data":  # the order of the file, not of the ids
        choosing = np.argsort(pool.rows, kind="stable")
        choosing = choosing[pool.treated[choosing]].astype(np.int64)
    else:
        choosing = processing_order(pool.distance, pool.treated, cast(Order, order), spec.seed)
    return nearest(
        pool.distance, pool.treated, choosing, caliper=caliper, ratio=spec.controls_each,
        replace=spec.reuses, strata=pool.strata,
    )  # fmt: skip


def _optimal(pool: Pool, caliper: float | None) -> Matches:
    cells = int(pool.treated.sum()) * int((~pool.treated).sum())
    if cells > MOST_CELLS and pool.strata is None:
        raise AnalysisError(
            f"Optimal matching of {pool.treated.sum()} treated patients with "
            f"{(~pool.treated).sum()} controls would need {cells * BYTES / 1e9:.1f} GB of memory.",
            where="--method optimal",
            hint="Use --method nearest, or match within strata: --exact TERM.",
        )
    return optimal(pool.distance, pool.treated, caliper=caliper, strata=pool.strata)


def nobody_matched(pool: Pool, spec: PsmatchSpec, caliper: float | None) -> AnalysisError:
    """The error for a matching without any match, with the reason."""
    within, strata = "", pool.strata
    if strata is not None:
        within = " in the same stratum"
        shared = np.intersect1d(strata[pool.treated], strata[~pool.treated])
    if caliper is None or (strata is not None and not shared.size):
        return AnalysisError(
            f"No treated patient has a control{within}.",
            where=f"--exact {','.join(spec.exact)}",
            hint="Match exactly on fewer variables or on broader categories.",
        )
    apart = nearest_gaps(pool.distance[pool.treated], pool.distance[~pool.treated])
    closest = (
        (f"The closest treated patient and control are {apart.min():.3g} apart. ")
        if pool.strata is None
        else ""
    )
    return AnalysisError(
        f"No treated patient has a control{within} within the caliper of {caliper:.3g}.",
        where=f"--caliper {spec.caliper:g}",
        hint=f"{closest}If the scores do not overlap, the treatments cannot be compared; a wider "
        "caliper would only hide this.",
    )


def gaps(pool: Pool, matches: Matches) -> Floats:
    """Distance within each match, shape (m,)."""
    return np.abs(pool.distance[matches.treated] - pool.distance[matches.control])


def unmatched(pool: Pool, matches: Matches, caliper: float | None) -> list[tuple[str, Mask]]:
    """Reasons why rows were not matched, each with its rows, shape (n,); only those that occur."""
    free = matches.weights(pool.treated) == 0
    alone = np.zeros(free.size, dtype=np.bool_)
    far = np.zeros(free.size, dtype=np.bool_)
    limit = math.inf if caliper is None else caliper + rounding(pool.distance)
    strata = np.zeros(free.size, dtype=np.int64) if pool.strata is None else pool.strata
    for code in np.unique(strata[free]):
        inside = strata == code
        for group in (pool.treated, ~pool.treated):
            rows, others = np.flatnonzero(inside & group & free), pool.distance[inside & ~group]
            if not others.size:
                alone[rows] = True
            else:
                far[rows] = nearest_gaps(pool.distance[rows], others) > limit
    taken = free & pool.treated & ~alone & ~far
    spare = free & ~pool.treated & ~alone & ~far
    reasons = (("no-control-in-stratum", alone), ("outside-caliper", far),
               ("controls-used-up", taken), ("not-needed", spare))  # fmt: skip
    return [(name, mask) for name, mask in reasons if mask.any()]
