"""Outline, notes, footer and methods paragraph of a tree analysis."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from hcc2l.analyses.rows import group_size_notes
from hcc2l.analyses.tree_data import TreeData
from hcc2l.analyses.tree_forest import FOLDS, SHUFFLES, TREES
from hcc2l.analyses.wording import counted, in_sentence, listed
from hcc2l.cohort import Cohort
from hcc2l.design import Factor
from hcc2l.numerals import p_equation
from hcc2l.report import Note, Outline, Row, Table
from hcc2l.stats.association import MAX_P_ERROR

NEARLY = 10.0  # largest ratio of the second-best p to the best that is nearly a tie
_REFERENCES = {
    "tree": "Hothorn T, Hornik K, Zeileis A. Unbiased recursive partitioning: a conditional "
    "inference framework. J Comput Graph Stat 2006;15:651–674.",
    "test": "Strasser H, Weber C. On the asymptotic theory of permutation statistics. "
    "Math Methods Stat 1999;8:220–250.",
    "km": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. "
    "J Am Stat Assoc 1958;53:457–481.",
    "forest": "Ishwaran H, Kogalur UB, Blackstone EH, Lauer MS. Random survival forests. "
    "Ann Appl Stat 2008;2:841–860.",
}


def outline(data: TreeData, nodes: Table) -> Outline:
    """The tree, one line for each node."""
    rows = {int(str(row["node"])): row for row in nodes.rows}
    times = [row[key] for row in nodes.rows for key in ("median", "lower", "upper")]
    decimals = data.outcome.endpoint.decimals(times)

    def branch(number: int, title: str = "") -> Outline:
        node = data.tree.nodes[number - 1]
        below = () if node.left is None or node.right is None else (node.left, node.right)
        return Outline(_line(data, rows[number], decimals), tuple(branch(n) for n in below), title)

    return branch(1, "Tree")


def _line(data: TreeData, row: Row, decimals: int) -> str:
    number = int(str(row["node"]))
    node = data.tree.nodes[number - 1]
    who = "All patients"
    if node.parent is not None:
        above = data.tree.nodes[node.parent - 1].split
        assert above is not None
        who = f"{data.candidate(above).name} {data.last_condition(number)}"
    counts = f"n = {row['n']}, {row['events']} event{'' if row['events'] == 1 else 's'}"
    if node.split is not None:
        p = p_equation(node.associations[node.split.covariate].p_adjusted)
        return f"[{number}] {who} ({counts}), split by {data.candidate(node.split).label}, {p}"
    median, lower, upper = (_time(row[key], decimals) for key in ("median", "lower", "upper"))
    unit = data.outcome.endpoint.unit
    return (f"[{number}] {who}: {counts}, median {median} ({lower}–{upper})"
            f"{f' {unit}' if unit else ''}")  # fmt: skip


def _time(value: object, decimals: int) -> str:
    return f"{value:.{decimals}f}" if isinstance(value, (int, float)) else "NE"


def notes(data: TreeData, cohort: Cohort) -> list[Note]:
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


def conventions(data: TreeData) -> list[str]:
    """The second line of the footer: endpoint, test, stopping rules."""
    spec, endpoint = data.spec, data.outcome.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    kind = "quadratic" if spec.statistic == "quad" else "maximum"
    adjusted = "Bonferroni" if spec.adjust == "bonferroni" else "unadjusted"
    parts = [
        f"{endpoint.label} ({endpoint.described}){unit}",
        f"conditional inference tree, log-rank scores, {kind} statistic, {adjusted}, alpha "
        f"{spec.alpha:g}, at least {spec.min_split:g} patients to split and {spec.min_bucket:g} on "
        "either side",
        f"medians with {spec.conf_level * 100:g}% CI (log)",
    ]
    if any(node.n_missing for node in data.tree.nodes):
        parts.append("missing values with the larger side")
    if spec.statistic == "max" and any(len(c.levels) > 2 for c in data.candidates):
        parts.append(f"multivariate normal p to within {MAX_P_ERROR:g}")
    if spec.boot:
        parts.append(f"{spec.boot} bootstrap samples")
    if spec.boot or spec.forest:
        parts.append(f"seed {spec.seed}")
    return parts


def tree_methods(data: TreeData, cohort: Cohort) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, derived from the tree, and its references."""
    spec, endpoint = data.spec, data.outcome.endpoint
    sentences = ["The data are synthetic."] if cohort.source.synthetic else []
    cited = ["tree", "test", "km"]
    names = listed([candidate.listed for candidate in data.candidates])
    sentences.append(
        f"A conditional inference tree was grown for {in_sentence(endpoint.label)} with {names} as "
        f"{'the only candidate' if len(data.candidates) == 1 else 'candidates'}. "
        f"{_splitting(data)}"
    )
    if spec.missing == "drop":
        sentences.append("Patients with a missing value of a candidate were excluded.")
    elif any(node.n_missing for node in data.tree.nodes):
        sentences.append("At each split, patients with a missing value were assigned to the larger "
                         "side.")  # fmt: skip
    where = "in the leaves " if len(data.tree.leaves) > 1 else ""
    sentences.append(
        f"Survival {where}was estimated by the Kaplan–Meier method, with "
        f"{spec.conf_level * 100:g}% confidence intervals of the median on the log scale."
    )
    if spec.boot:
        sentences.append(
            "The stability of the tree was examined by growing a tree in each of "
            f"{spec.boot} bootstrap samples (seed {spec.seed})."
        )
    if spec.forest:
        sentences.append(
            "The importance of the candidates was measured as the loss of concordance in held-out "
            f"patients when the values of a candidate were permuted ({SHUFFLES} permutations), in "
            f"{FOLDS}-fold cross-validation of a random survival forest of {TREES} trees "
            f"(seed {spec.seed})."
        )
        cited.append("forest")
    sentences.append(
        f"The analysis was exploratory and was performed with hcc2l {version('hcc2l')}."
    )
    return " ".join(sentences), tuple(_REFERENCES[key] for key in cited)


def _splitting(data: TreeData) -> str:
    """How nodes were tested and split."""
    spec = data.spec
    kind = "quadratic" if spec.statistic == "quad" else "maximum-type"
    count = len(data.candidates)
    adjusted = ""
    if count > 1:
        adjusted = (
            f" with Bonferroni adjustment for the {count} candidates"
            if spec.adjust == "bonferroni"
            else " without adjustment for the number of candidates"
        )
    rules = [f"at least {spec.min_split:g} patients in a node that was split",
             f"at least {spec.min_bucket:g} patients on either side"]  # fmt: skip
    if spec.max_depth:
        rules.append(f"at most {counted(spec.max_depth, 'level')} of splits")
    test = (
        "In each node the association of every candidate with the log-rank scores was tested by a "
        f"permutation test ({kind} statistic, asymptotic p{adjusted})."
    )
    if not any(tested.tested for tested in data.tree.nodes[0].associations):
        return "No candidate could be tested, so the tree has a single node."
    if len(data.tree.leaves) == 1:
        return f"{test} No p was below {spec.alpha:g} with an admissible cut, so no split was made."
    return (
        f"{test} The node was split by the candidate with the smallest p if this was below "
        f"{spec.alpha:g}, at the cut with the largest standardised two-sample statistic, with "
        f"{listed(rules)}."
    )
