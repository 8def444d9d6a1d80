"""What a tree analysis says about itself: the tree in words, its notes, the methods paragraph."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from hcc2l.analyses.rows import group_size_notes
from hcc2l.analyses.tree_data import TreeData
from hcc2l.cohort import Cohort
from hcc2l.design import Factor
from hcc2l.numerals import p_equation
from hcc2l.report import Note, Outline, Row, Table
from hcc2l.stats.association import MAX_P_ERROR

NEARLY = 10.0  # the second-best p is at most so many times the best
_REFERENCES = {
    "tree": "Hothorn T, Hornik K, Zeileis A. Unbiased recursive partitioning: a conditional "
    "inference framework. J Comput Graph Stat 2006;15:651-674.",
    "test": "Strasser H, Weber C. On the asymptotic theory of permutation statistics. "
    "Math Methods Stat 1999;8:220-250.",
    "km": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. "
    "J Am Stat Assoc 1958;53:457-481.",
    "forest": "Ishwaran H, Kogalur UB, Blackstone EH, Lauer MS. Random survival forests. "
    "Ann Appl Stat 2008;2:841-860.",
}


def outline(data: TreeData, nodes: Table) -> Outline:
    """The tree, a line a node."""
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
    """What a statistician would say about the tree."""
    found = [*_constant(data), *_not_tested(data), *_late(data, cohort)]
    root = data.tree.nodes[0]
    if root.split is None:
        return [*found, _single_node(data)]
    found.append(
        Note("info", "exploratory",
             "A tree is exploratory: it looks for the groups that differ most in these patients. "
             "Confirm them in others before they guide anybody.")
    )  # fmt: skip
    found += _nearly_tied(data)
    missing = sum(node.n_missing for node in data.tree.nodes)
    if missing:
        found.append(
            Note("info", "missing-with-majority",
                 f"{missing} time{'s' if missing > 1 else ''} a patient had no value for a split "
                 "and went with the larger side, as in R's party. --missing drop leaves such "
                 "patients out.")
        )  # fmt: skip
    found += group_size_notes(_leaves(data), data.event)
    numeric = any(n.split and data.candidate(n.split).kind == "numeric" for n in data.tree.nodes)
    if numeric and not data.spec.boot:
        found.append(
            Note("info", "cutpoint-optimistic",
                 "A cut-point that was found in the data separates these patients better than "
                 "others. --boot 200 shows how far it moves from sample to sample.")
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
        why = f"there are {n} patients, and a split needs {spec.min_split:g} (--min-split)"
    elif np.ptp(data.time) == 0:
        why = "all patients have the same time"
    elif not any(test.df for test in tests):
        why = "no candidate could be tested"
    elif best.p_adjusted < spec.alpha:
        why = (f"no cut of the best candidates leaves {spec.min_bucket:g} patients on either side "
               "(--min-bucket)")  # fmt: skip
    else:
        named = f"{data.candidates[place].label}, {p_equation(best.p_adjusted)}"
        why = f"no candidate is clearly associated with survival; the best is {named}"
    return Note("info", "single-node", f"The tree is a single node: {why}.")


def _constant(data: TreeData) -> list[Note]:
    constant = [
        candidate.term
        for candidate, covariate in zip(data.candidates, data.covariates, strict=True)
        if np.nanmin(covariate.values) == np.nanmax(covariate.values)
    ]
    if not constant:
        return []
    counted = "" if data.spec.adjust == "none" else " It still counts in the adjustment of p."
    return [Note("warning", "constant-candidate",
                 f"Everybody has the same value of: {', '.join(constant)}.{counted} Leave it "
                 "out.")]  # fmt: skip


def _not_tested(data: TreeData) -> list[Note]:
    """Candidates that the first node could not test, though they vary."""
    fewest = data.spec.min_split
    if data.time.size < fewest or np.ptp(data.time) == 0:
        return []  # there is one node, and its note says why
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
                 f"{', '.join(rare)}.")
        )  # fmt: skip
    if tiny:
        notes.append(
            Note("warning", "candidate-not-tested",
                 f"Counts as constant, because its values lie so close together: "
                 f"{', '.join(tiny)}. Give it in a smaller unit, so that the numbers are larger.")
        )  # fmt: skip
    return notes


def _late(data: TreeData, cohort: Cohort) -> list[Note]:
    return [
        Note("warning", "immortal-time",
             f"{candidate.label} is known only some time after the start: as a candidate it looks "
             "into the future (immortal-time bias). Leave it out.")
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
    more = "the table of its stability" if data.spec.boot else "--boot"
    return [
        Note("warning", "root-nearly-tied",
             f"The first split is nearly a tie: {data.candidates[first].label} "
             f"({p_equation(best.p_adjusted)}) and {data.candidates[others[0]].label} "
             f"({p_equation(second.p_adjusted)}). A slightly different sample could give a "
             f"different first split; see {more}.")
    ]  # fmt: skip


def conventions(data: TreeData) -> list[str]:
    """The footer's second line: endpoint, test, stopping rules."""
    spec, endpoint = data.spec, data.outcome.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    kind = "quadratic" if spec.statistic == "quad" else "maximum"
    adjusted = "Bonferroni" if spec.adjust == "bonferroni" else "unadjusted"
    parts = [
        f"{endpoint.label} ({endpoint.described}){unit}",
        f"conditional inference tree, log-rank scores, {kind} statistic, {adjusted}, alpha "
        f"{spec.alpha:g}, at least {spec.min_split:g} to split and {spec.min_bucket:g} a side",
        f"medians {spec.conf_level * 100:g}% CI log",
    ]
    if spec.missing == "majority":
        parts.append("missing with the larger side")
    if spec.statistic == "max" and any(len(c.levels) > 2 for c in data.candidates):
        parts.append(f"multivariate normal p within {MAX_P_ERROR:g}")
    if spec.boot:
        parts.append(f"{spec.boot} bootstrap samples")
    if spec.boot or spec.forest:
        parts.append(f"seed {spec.seed}")
    return parts


def tree_methods(data: TreeData, cohort: Cohort) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, endpoint = data.spec, data.outcome.endpoint
    said = ["The data are synthetic."] if cohort.source.synthetic else []
    cited = ["tree", "test", "km"]
    *first, last = (candidate.listed for candidate in data.candidates)
    names = f"{', '.join(first)} and {last}" if first else last
    kind = "quadratic" if spec.statistic == "quad" else "maximum-type"
    adjusted = (
        f"Bonferroni-adjusted for the {len(data.candidates)} candidates"
        if spec.adjust == "bonferroni"
        else "without adjustment for the number of candidates"
    )
    levels = "level" if spec.max_depth == 1 else "levels"
    depth = f", with at most {spec.max_depth:g} {levels} of splits" if spec.max_depth else ""
    said.append(
        f"Groups that differ in {endpoint.label[:1].lower() + endpoint.label[1:]} were sought by a "
        f"conditional inference tree on {names}. In each node the candidate with the strongest "
        f"association with the log-rank scores ({kind} permutation statistic, asymptotic p, "
        f"{adjusted}) was chosen while p was below {spec.alpha:g}, and cut where the standardised "
        f"two-sample statistic was largest; nodes of fewer than {spec.min_split:g} patients were "
        f"not split, and either side of a cut had at least {spec.min_bucket:g}{depth}."
    )
    if spec.missing == "majority":
        said.append("Patients without the value for a split went with the larger side.")
    else:
        said.append("Patients without the value of any candidate were left out.")
    said.append(
        "Survival in the leaves was estimated by the Kaplan–Meier method, with "
        f"{spec.conf_level * 100:g}% confidence intervals of the median on the log scale."
    )
    if spec.boot:
        said.append(f"Stability was examined by {spec.boot} bootstrap samples (seed {spec.seed}).")
    if spec.forest:
        said.append(
            "For comparison the importance of the candidates in a random survival forest was "
            "measured as the loss of concordance, in patients held out, when their values were "
            "shuffled."
        )
        cited.append("forest")
    said.append(f"The analysis is exploratory. It was done with hcc2l {version('hcc2l')}.")
    return " ".join(said), tuple(_REFERENCES[key] for key in cited)
