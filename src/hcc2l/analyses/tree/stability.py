"""The stability of a tree over bootstrap samples of its patients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from hcc2l.analyses.tree.data import Candidate, TreeData, growth, shown_number
from hcc2l.analyses.tree.tables import labels
from hcc2l.design import Ints
from hcc2l.repetition import repeated
from hcc2l.report import Column, Row, Table, Value
from hcc2l.stats.tree import Tree, grow, logrank_scores


def stability(data: TreeData) -> Table:
    """How often each candidate is chosen, at the root and anywhere, and where it is cut."""
    samples = int(data.spec.boot)
    trees = repeated(partial(_grown, data), _samples(data), samples, "Bootstrap", data.spec.workers)
    cuts = _topmost(data.tree)[0]
    rows = [_row(j, c, trees, cuts) for j, c in enumerate(data.candidates)]
    rows.sort(key=lambda row: (-int(str(row["root_count"])), -int(str(row["any_count"]))))
    leaves = [count for _, _, count in trees]
    single = sum(count == 1 for count in leaves)
    columns = (
        Column("Variable", ("variable",), labels=labels(data)),
        Column("At the root", ("root_share",), decimals=0),
        Column("Anywhere", ("any_share",), decimals=0),
        Column("Cut-point, median (95% of samples)", ("cutpoints",)),
    )
    notes = (
        f"Leaves: median {np.median(leaves):g} (range {min(leaves)} to {max(leaves)}); "
        f"{single} of {samples} samples gave no split.",
        "Cut-point: that of the topmost split by the variable, in the samples with such a split.",
    )
    title = f"Stability over {samples} bootstrap samples"
    return Table("stability", title, tuple(rows[0]), tuple(rows), columns, notes)


def _samples(data: TreeData) -> Iterator[Ints]:
    """The rows of each bootstrap sample, shape (n,)."""
    random, n = np.random.default_rng(int(data.spec.seed)), data.time.size
    for _ in range(int(data.spec.boot)):
        yield random.integers(0, n, n)


Topmost = tuple[dict[int, float], int | None, int]


def _grown(data: TreeData, rows: Ints) -> Topmost:
    """The tree of a sample."""
    score = logrank_scores(data.distinct.take(rows), data.event[rows])
    covariates = [replace(c, values=c.values[rows]) for c in data.covariates]
    return _topmost(grow(score, covariates, growth(data.spec)))


def _topmost(tree: Tree) -> Topmost:
    """The topmost cut-point of each covariate, the covariate of the root, the number of leaves."""
    cuts: dict[int, float] = {}
    for node in sorted(tree.nodes, key=lambda node: node.depth):
        if node.split is not None:
            cuts.setdefault(node.split.covariate, node.split.cutpoint)
    root = tree.nodes[0].split
    return cuts, None if root is None else root.covariate, len(tree.leaves)


def _row(
    place: int, candidate: Candidate, trees: list[Topmost], cuts_of_tree: dict[int, float]
) -> Row:
    chosen = [cuts[place] for cuts, _, _ in trees if place in cuts]
    at_root = sum(root == place for _, root, _ in trees)
    row: dict[str, Value] = {
        "variable": candidate.term,
        "root_count": at_root,
        "root_share": at_root / len(trees),
        "any_count": len(chosen),
        "any_share": len(chosen) / len(trees),
        **dict.fromkeys(("cutpoint", "cutpoint_median", "cutpoint_lower", "cutpoint_upper")),
        "cutpoints": None,
    }
    if candidate.kind == "numeric" and chosen:
        # Observed values, in the precision of the data.
        cuts = np.quantile(chosen, (0.5, 0.025, 0.975), method="inverted_cdf")
        median, lower, upper = (float(cut) for cut in cuts)
        row |= {
            "cutpoint": cuts_of_tree.get(place), "cutpoint_median": median, "cutpoint_lower": lower,
            "cutpoint_upper": upper,
            "cutpoints": f"{shown_number(median)} ({shown_number(lower)} to {shown_number(upper)})",
        }  # fmt: skip
    return row
