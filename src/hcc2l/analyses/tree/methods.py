"""The conventions and the methods paragraph of a survival tree."""

from __future__ import annotations

from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.outcome import computed_sentences
from hcc2l.analyses.tree.data import TreeData
from hcc2l.analyses.tree.findings import missing_at_splits
from hcc2l.analyses.tree.importance import FOLDS, SHUFFLES, TREES
from hcc2l.cohort import Cohort
from hcc2l.numerals import confidence, confidence_level, plain
from hcc2l.stats.association import MAX_P_ERROR
from hcc2l.wording import counted, in_sentence, listed


def conventions(data: TreeData) -> list[str]:
    """The second line of the footer: endpoint, test, stopping rules."""
    spec, endpoint = data.spec, data.outcome.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    kind = "quadratic" if spec.statistic == "quad" else "maximum"
    adjusted = "Bonferroni" if spec.adjust == "bonferroni" else "unadjusted"
    parts = [
        f"{endpoint.label} ({endpoint.described}){unit}",
        f"conditional inference tree, log-rank scores, {kind} statistic, {adjusted}, alpha "
        f"{plain(spec.alpha)}, at least {spec.min_split:g} patients to split and "
        f"{spec.min_bucket:g} on either side",
        f"medians with {confidence(spec.conf_level)} (log)",
    ]
    if missing_at_splits(data):
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
    sentences = [*opening_sentences(cohort), *computed_sentences(endpoint, cohort)]
    cited = [references.HOTHORN_2006, references.STRASSER_WEBER_1999, references.KAPLAN_MEIER_1958]
    names = listed([candidate.listed for candidate in data.candidates])
    sentences.append(
        f"A conditional inference tree was grown for {in_sentence(endpoint.label)} with {names} as "
        f"{'the only candidate' if len(data.candidates) == 1 else 'candidates'}. "
        f"{_splitting(data)}"
    )
    if spec.missing == "drop":
        sentences.append("Patients with a missing value of a candidate were excluded.")
    elif missing_at_splits(data):
        sentences.append("At each split, patients with a missing value were assigned to the larger "
                         "side.")  # fmt: skip
    where = "in the leaves " if len(data.tree.leaves) > 1 else ""
    sentences.append(
        f"Survival {where}was estimated by the Kaplan–Meier method, with "
        f"{confidence_level(spec.conf_level)} confidence intervals of the median on the log scale."
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
        cited.append(references.ISHWARAN_2008)
    sentences.append(
        f"The analysis was exploratory and was performed with hcc2l {version('hcc2l')}."
    )
    return " ".join(sentences), (*score_references(cohort), *cited)


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
        return (
            f"{test} No p was below {plain(spec.alpha)} with an admissible cut, so no split was "
            "made."
        )
    return (
        f"{test} The node was split by the candidate with the smallest p if this was below "
        f"{plain(spec.alpha)}, at the cut with the largest standardised two-sample statistic, with "
        f"{listed(rules)}."
    )
