"""What a statistician would remark about a survival tree."""

from __future__ import annotations

from hcc2l.analyses.cautions import group_size_notes
from hcc2l.analyses.tree.data import TreeData
from hcc2l.analyses.tree.findings import (
    constant_candidates,
    leaf_groups,
    missing_at_splits,
    near_tie,
    untested_candidates,
    why_not_split,
)
from hcc2l.cohort import Cohort
from hcc2l.numerals import p_equation, plain
from hcc2l.report import Note
from hcc2l.wording import counted, in_sentence, listed


def tree_notes(data: TreeData, cohort: Cohort) -> list[Note]:
    """The notes of the analysis, in the order in which they are shown."""
    found = [
        Note("info", "option-without-effect", f"{option} has no effect without {needed}.")
        for option, needed in data.spec.without_effect.items()
    ]
    found += [*_constant(data), *_not_tested(data), *_late(data, cohort)]
    root = data.tree.nodes[0]
    if root.split is None:
        return [*found, _single_node(data)]
    found.append(
        Note("info", "exploratory",
             "A tree is exploratory: it selects the groups that differ most in these patients. "
             "Validate them in an independent cohort before clinical use.")
    )  # fmt: skip
    found += _nearly_tied(data)
    missing = missing_at_splits(data)
    if missing:
        found.append(
            Note("info", "missing-with-majority",
                 f"{counted(missing, 'value')} missing at a split: the patients concerned are "
                 "counted on the larger side, as in R's party. Use --missing drop to exclude them.")
        )  # fmt: skip
    found += group_size_notes(leaf_groups(data), data.event)
    numeric = any(n.split and data.candidate(n.split).kind == "numeric" for n in data.tree.nodes)
    if numeric and not data.spec.boot:
        found.append(
            Note("info", "cutpoint-optimistic",
                 "The cut-points were chosen in these patients, so the differences between the "
                 "leaves are optimistic. Use --boot 200 to see how much the cut-points vary "
                 "between samples.")
        )  # fmt: skip
    return found


def _single_node(data: TreeData) -> Note:
    spec, unsplit = data.spec, why_not_split(data)
    adjusted = "" if spec.adjust == "none" else "adjusted "
    best = f"{in_sentence(unsplit.best.candidate.label)} ({p_equation(unsplit.best.p)})"
    why = {
        "few-patients": f"a split needs {spec.min_split:g} patients (--min-split), and there are "
        f"{data.time.size}",
        "one-time": "all patients have the same follow-up time",
        "nothing-tested": "no candidate could be tested",
        "no-cut": f"no cut of the best candidates leaves at least {spec.min_bucket:g} patients on "
        "either side (--min-bucket)",
        "no-small-p": f"no {adjusted}p is below {plain(spec.alpha)}; the smallest is that of "
        f"{best}",
    }[unsplit.reason]
    return Note("info", "single-node", f"The tree is a single node: {why}.")


def _constant(data: TreeData) -> list[Note]:
    constant = constant_candidates(data)
    if not constant:
        return []
    names = listed([candidate.term for candidate in constant])
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
    untested, notes = untested_candidates(data), []
    if untested.rare:
        rare = ", ".join(f"{candidate.term} ({known})" for candidate, known in untested.rare)
        notes.append(
            Note("warning", "candidate-not-tested",
                 f"Not tested, because fewer than {data.spec.min_split:g} patients (--min-split) "
                 f"have a value: {rare}. Remove such candidates from -x, or lower --min-split.")
        )  # fmt: skip
    if untested.tiny:
        tiny = ", ".join(candidate.term for candidate in untested.tiny)
        notes.append(
            Note("warning", "candidate-not-tested",
                 f"Treated as constant, because the values are too close together: {tiny}. Use a "
                 "smaller unit, so that the numbers are larger.")
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
    tie = near_tie(data)
    if tie is None:
        return []
    first, second = (f"{in_sentence(t.candidate.label)} ({p_equation(t.p)})" for t in tie)
    more = "See the stability table" if data.spec.boot else "Use --boot 200 to assess stability"
    return [
        Note("warning", "root-nearly-tied",
             f"The first split is nearly a tie between {first} and {second}. A slightly different "
             f"sample could give a different first split. {more}.")
    ]  # fmt: skip
