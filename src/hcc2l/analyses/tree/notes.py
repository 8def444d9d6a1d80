"""What a statistician would remark about a survival tree."""

from __future__ import annotations

import numpy as np

from hcc2l.analyses.cautions import group_size_notes
from hcc2l.analyses.tree.data import TreeData
from hcc2l.cohort import Cohort
from hcc2l.design import Factor
from hcc2l.numerals import p_equation
from hcc2l.report import Note
from hcc2l.wording import counted, in_sentence, listed

NEARLY = 10.0  # largest ratio of the second-best p to the best that is nearly a tie


def tree_notes(data: TreeData, cohort: Cohort) -> list[Note]:
    """The notes of the analysis, in the order in which they are shown."""
    found = [*_constant(data), *_not_tested(data), *_late(data, cohort)]
    root = data.tree.nodes[0]
    if root.split is None:
        return [*found, _single_node(data)]
    found.append(
        Note("info", "exploratory",
             "A tree is exploratory: it selects the groups that differ most in these patients. "
             "Validate them in an independent cohort before clinical use.")
    )  # fmt: skip
    found += _nearly_tied(data)
    missing = sum(node.n_missing for node in data.tree.nodes)
    if missing:
        found.append(
            Note("info", "missing-with-majority",
                 f"{counted(missing, 'value')} missing at a split: the patients concerned are "
                 "counted on the larger side, as in R's party. Use --missing drop to exclude them.")
        )  # fmt: skip
    found += group_size_notes(_leaves(data), data.event)
    numeric = any(n.split and data.candidate(n.split).kind == "numeric" for n in data.tree.nodes)
    if numeric and not data.spec.boot:
        found.append(
            Note("info", "cutpoint-optimistic",
                 "The cut-points were chosen in these patients, so the differences between the "
                 "leaves are optimistic. Use --boot 200 to see how much the cut-points vary "
                 "between samples.")
        )  # fmt: skip
    return found


def _leaves(data: TreeData) -> Factor:
    leaves = np.unique(data.tree.leaf)
    names = tuple(f"node {leaf}" for leaf in leaves)
    codes = np.searchsorted(leaves, data.tree.leaf).astype(np.int64)
    return Factor("node", "node", "Leaf", names, codes, tuple(range(leaves.size)))


def _single_node(data: TreeData) -> Note:
    n, spec = data.time.size, data.spec
    root = data.tree.nodes[0]
    tests = root.associations
    place = min(range(len(tests)), key=lambda j: (tests[j].p_adjusted, -tests[j].df))
    best = tests[place]
    if n < spec.min_split:
        why = f"a split needs {spec.min_split:g} patients (--min-split), and there are {n}"
    elif np.ptp(data.time) == 0:
        why = "all patients have the same follow-up time"
    elif not any(test.df for test in tests):
        why = "no candidate could be tested"
    elif best.p_adjusted < spec.alpha:
        why = (f"no cut of the best candidates leaves at least {spec.min_bucket:g} patients on "
               "either side (--min-bucket)")  # fmt: skip
    else:
        named = f"{in_sentence(data.candidates[place].label)} ({p_equation(best.p_adjusted)})"
        adjusted = "" if spec.adjust == "none" else "adjusted "
        why = f"no {adjusted}p is below {spec.alpha:g}; the smallest is that of {named}"
    return Note("info", "single-node", f"The tree is a single node: {why}.")


def _constant(data: TreeData) -> list[Note]:
    constant = [
        candidate.term
        for candidate, covariate in zip(data.candidates, data.covariates, strict=True)
        if np.nanmin(covariate.values) == np.nanmax(covariate.values)
    ]
    if not constant:
        return []
    names = listed(constant)
    text = f"{names} has the same value in all patients and cannot be chosen"
    counts, them = "counts", "it"
    if len(constant) > 1:
        text = f"{names} are constant in these patients and cannot be chosen"
        counts, them = "count", "them"
    if data.spec.adjust != "none":
        text += f", but still {counts} in the adjustment of p"
    return [Note("warning", "constant-candidate", f"{text}. Remove {them} from -x.")]


def _not_tested(data: TreeData) -> list[Note]:
    """Warnings of candidates that vary and could not be tested at the root."""
    fewest = data.spec.min_split
    if data.time.size < fewest or np.ptp(data.time) == 0:
        return []  # the note of the single node gives the reason
    rare: list[str] = []
    tiny: list[str] = []
    tests = data.tree.nodes[0].associations
    for candidate, covariate, test in zip(data.candidates, data.covariates, tests, strict=True):
        known = covariate.values[~np.isnan(covariate.values)]
        if known.size < fewest:
            rare.append(f"{candidate.term} ({known.size})")
        elif not test.df and covariate.kind == "numeric" and np.ptp(known) > 0:
            tiny.append(candidate.term)
    notes = []
    if rare:
        notes.append(
            Note("warning", "candidate-not-tested",
                 f"Not tested, because fewer than {fewest:g} patients (--min-split) have a value: "
                 f"{', '.join(rare)}. Remove such candidates from -x, or lower --min-split.")
        )  # fmt: skip
    if tiny:
        notes.append(
            Note("warning", "candidate-not-tested",
                 f"Treated as constant, because the values are too close together: "
                 f"{', '.join(tiny)}. Use a smaller unit, so that the numbers are larger.")
        )  # fmt: skip
    return notes


def _late(data: TreeData, cohort: Cohort) -> list[Note]:
    return [
        Note("warning", "immortal-time",
             f"{candidate.name} is determined only after time 0, and patients must survive long "
             "enough for it to be observed (immortal-time bias). Remove it from -x, or, if it was "
             f'known at baseline, set role = "baseline" for {candidate.column} in hcc2l.toml.')
        for candidate in data.candidates
        if cohort.known_after_start(candidate.column)
    ]  # fmt: skip


def _nearly_tied(data: TreeData) -> list[Note]:
    root = data.tree.nodes[0]
    first, *others = root.ranked()
    if not others:
        return []
    best, second = root.associations[first], root.associations[others[0]]
    if second.p_adjusted >= data.spec.alpha or second.p > NEARLY * best.p:
        return []
    more = "See the stability table" if data.spec.boot else "Use --boot 200 to assess stability"
    return [
        Note("warning", "root-nearly-tied",
             "The first split is nearly a tie between "
             f"{in_sentence(data.candidates[first].label)} ({p_equation(best.p_adjusted)}) and "
             f"{in_sentence(data.candidates[others[0]].label)} ({p_equation(second.p_adjusted)}). "
             f"A slightly different sample could give a different first split. {more}.")
    ]  # fmt: skip
