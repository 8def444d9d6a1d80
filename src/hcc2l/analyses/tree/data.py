"""The candidates of a tree analysis, the tree grown on them, and the rules of its nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_in_order_of_ids, rows_where
from hcc2l.analyses.outcome import Outcome, survival_outcome
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, Mask
from hcc2l.design.model import model_term
from hcc2l.design.rows import numbers
from hcc2l.errors import AnalysisError, InputError, quoted_list
from hcc2l.number_format import number_text
from hcc2l.numerals import confidence
from hcc2l.specs import TreeSpec
from hcc2l.stats.association import Covariate
from hcc2l.stats.risk_sets import DistinctTimes, distinct_times
from hcc2l.stats.tree import Growth, Split, Tree, grow, logrank_scores
from hcc2l.terms import Parser, Term, parse_term
from hcc2l.wording import in_sentence


@dataclass(frozen=True)
class Candidate:
    """A term that a node can be split by.

    Attributes
    ----------
    term
        As the user wrote it.
    fixed
        The term that gives the same groups in any cohort: a median as its number.
    name
        Its name in conditions; `label` adds the details.
    unit
        The unit of a number, also of one that was cut.
    levels
        In level order, whatever the reference; empty for a number.
    cuts
        The cut-points, if the levels are those of a number that was cut.
    mark
        The distinction from another candidate of the same column: ``cut at 400``.
    """

    term: str
    fixed: str
    column: str
    name: str
    unit: str | None
    kind: str
    levels: tuple[str, ...]
    cuts: tuple[float, ...] = ()
    mark: str = ""

    @property
    def label(self) -> str:
        """`AFP, ng/mL`, `AFP, ng/mL (cut at 400)`."""
        named = f"{self.name}, {self.unit}" if self.unit else self.name
        return f"{named} ({self.mark})" if self.mark else named

    @property
    def listed(self) -> str:
        """The label in a list within a sentence: `AFP (ng/mL, cut at 400)`."""
        details = ", ".join(part for part in (self.unit, self.mark) if part)
        name = in_sentence(self.name)
        return f"{name} ({details})" if details else name

    def values(self, cohort: Cohort, keep: Mask) -> Floats:
        """The candidate in any cohort, shape (rows,), coded as for `Covariate`.

        Raises
        ------
        InputError
            A cell is not a number, or holds a level that did not occur in training.
        """
        if self.kind == "numeric":
            return numbers(cohort, self.column, keep)
        # Without --cut and --ref: the candidate's own term defines the groups.
        groups = design.factor(cohort, parse_term(self.fixed, cohort.nameable, "-x"), keep)
        unknown = [level for level in groups.take(keep).levels if level not in self.levels]
        if unknown and (groups.codes[keep] >= 0).any():
            raise InputError(
                f"{self.column} has levels that are not in the tree: {quoted_list(unknown)}.",
                where=cohort.source.name,
                hint=f"Levels of the tree: {quoted_list(self.levels, 12)}.",
            )
        places = [self.levels.index(x) if x in self.levels else np.nan for x in groups.levels]
        return np.array([*places, np.nan])[groups.codes]


def _candidate(
    cohort: Cohort, term: Term, keep: Mask, of_outcome: Sequence[str]
) -> tuple[Candidate, Floats]:
    """A candidate and its values, shape (rows,)."""
    term.refuse_scale("A tree makes the same splits on any scale")
    text, covariate = term.text, model_term(cohort, term, keep, of_outcome)
    entry = cohort.dictionary.column(term.column)
    name = cohort.label(term.column)
    unit = entry.unit if covariate.label == f"{name}, {entry.unit}" else None
    if covariate.factor is None:
        assert covariate.values is not None
        return Candidate(text, text, term.column, name, unit, "numeric", ()), covariate.values
    groups = covariate.factor
    if groups.levels in (("no", "yes"), ("yes", "no")) and text != term.column:
        name = covariate.label  # a comparison: `ECOG = 2`
    places = np.array([*groups.ranks, np.nan], dtype=np.float64)
    levels = tuple(level for _, level in sorted(zip(groups.ranks, groups.levels, strict=True)))
    # The groups of a number are ordered; two groups are a factor in any case.
    declared = cohort.ordered(term.column) and text == term.column
    ordered = len(levels) > 2 if groups.cuts else declared
    fixed = text
    if groups.cuts:
        fixed = f"{term.column}@{'/'.join(number_text(c) for c in groups.cuts)}"
    kind = "ordered" if ordered else "factor"
    candidate = Candidate(text, fixed, term.column, name, unit, kind, levels, groups.cuts)
    return candidate, places[groups.codes]


def _distinguished(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, with their cuts or else their terms in labels that would be the same."""
    distinct = tuple(candidates)
    for mark in (_cut_words, lambda c: c.term):
        count = Counter((c.column, c.label) for c in distinct)
        distinct = tuple(
            replace(c, mark=mark(c)) if count[c.column, c.label] > 1 else c for c in distinct
        )
    return distinct


def _cut_words(candidate: Candidate) -> str:
    if not candidate.cuts:
        return "" if candidate.kind == "numeric" else candidate.term
    *first, last = map(shown_number, candidate.cuts)
    return f"cut at {', '.join(first)} and {last}" if first else f"cut at {last}"


def shown_number(value: float) -> str:
    """A number with a minus sign, for people."""
    return number_text(value).replace("-", "−")


@dataclass(frozen=True)
class TreeData:
    """A tree with the analysed rows that it was grown on; arrays have shape (n,)."""

    spec: TreeSpec
    outcome: Outcome
    candidates: tuple[Candidate, ...]
    covariates: tuple[Covariate, ...]
    time: Floats
    distinct: DistinctTimes
    event: Mask
    tree: Tree

    @property
    def unit(self) -> str:
        """`, months` for headers; empty when no unit is known."""
        return f", {self.outcome.endpoint.unit}" if self.outcome.endpoint.unit else ""

    @property
    def ci(self) -> str:
        """`(95% CI)` for headers."""
        return f"({confidence(self.spec.conf_level)})"

    def candidate(self, split: Split) -> Candidate:
        """The candidate that a split uses."""
        return self.candidates[split.covariate]

    def sides(self, split: Split) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The levels that go left and right; both empty for a number."""
        return sides(self.candidate(split), split)

    def conditions(self, number: int) -> list[tuple[Candidate, Bounds]]:
        """The bounds of a node's patients, one entry for each candidate, in order of the splits."""
        bounds: dict[int, Bounds] = {}
        for split, left in self.tree.path(number):
            before = bounds.get(split.covariate, Bounds())
            bounds[split.covariate] = before.within(self.candidate(split), split, left)
        return [(self.candidates[j], bound) for j, bound in bounds.items()]

    def rule(self, number: int) -> str:
        """The node as an expression of the columns: ``child_pugh in {A} and afp <= 400``."""
        parts = []
        for candidate, bounds in self.conditions(number):
            if candidate.kind == "numeric":
                parts += [f"{candidate.column} {sign} {number_text(value)}"
                          for sign, value in bounds.signs("<=")]  # fmt: skip
            else:
                chosen = map(_unambiguous, bounds.chosen(candidate))
                parts.append(f"{candidate.term} in {{{', '.join(chosen)}}}")
        return " and ".join(parts) or "all"

    def words(self, number: int) -> str:
        """The node in words: `Child-Pugh class A and AFP ≤400`."""
        conditions = [f"{c.name} {side_words(c, b)}" for c, b in self.conditions(number)]
        return " and ".join(conditions) or "All patients"

    def last_condition(self, number: int) -> str:
        """The condition that leads from a node's parent to it: `≤400`, `A`.

        Of a factor that was split before, only the levels that remain.
        """
        *_, (split, left) = self.tree.path(number)
        candidate = self.candidate(split)
        if candidate.kind == "numeric":
            return side_words(candidate, Bounds().within(candidate, split, left))
        return next(side_words(c, b) for c, b in self.conditions(number) if c is candidate)


def sides(candidate: Candidate, split: Split) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The levels of a candidate on the left and on the right of a split."""
    left = tuple(x for i, x in enumerate(candidate.levels) if i in split.left_levels)
    return left, tuple(x for x in candidate.levels if x not in left)


@dataclass(frozen=True)
class Bounds:
    """The part of a candidate left by several splits: an interval, or some of its levels."""

    above: float | None = None
    upto: float | None = None
    levels: frozenset[str] | None = None

    def within(self, candidate: Candidate, split: Split, left: bool) -> Bounds:
        """The bounds narrowed by a further split."""
        if candidate.kind == "numeric":  # a later cut lies within the earlier ones
            cut = split.cutpoint
            return Bounds(self.above, cut) if left else Bounds(cut, self.upto)
        side = frozenset(sides(candidate, split)[0 if left else 1])
        return Bounds(levels=side if self.levels is None else side & self.levels)

    def chosen(self, candidate: Candidate) -> list[str]:
        """The remaining levels, in level order."""
        return [level for level in candidate.levels if level in (self.levels or ())]

    def signs(self, upto: str) -> list[tuple[str, float]]:
        """The interval as comparisons."""
        both = ((">", self.above), (upto, self.upto))
        return [(sign, value) for sign, value in both if value is not None]


def side_words(candidate: Candidate, bounds: Bounds) -> str:
    """`≤400`, `>20 and ≤400`, `A`, `B or C`."""
    if candidate.kind == "numeric":
        return " and ".join(f"{sign}{shown_number(value)}" for sign, value in bounds.signs("≤"))
    chosen = bounds.chosen(candidate)
    if candidate.cuts and chosen:
        return _neighbours(candidate, chosen)
    chosen = [_unambiguous(level) for level in chosen]
    if len(chosen) < 2:
        return "".join(chosen)
    return f"{', '.join(chosen[:-1])} or {chosen[-1]}"


def _neighbours(candidate: Candidate, chosen: Sequence[str]) -> str:
    """Adjacent groups of a number as one: `<400`, `200–<400`, `≥200`."""
    first, last = (candidate.levels.index(level) for level in (chosen[0], chosen[-1]))
    cuts = [shown_number(cut) for cut in candidate.cuts]
    if first == 0:
        return f"<{cuts[last]}"
    return f"≥{cuts[first - 1]}" if last == len(cuts) else f"{cuts[first - 1]}–<{cuts[last]}"


def _unambiguous(level: str) -> str:
    """A level in a list; in quotation marks if it has a comma."""
    return f'"{level}"' if "," in level else level


def growth(spec: TreeSpec) -> Growth:
    """The growth options of a spec."""
    return Growth(
        alpha=spec.alpha, min_split=int(spec.min_split), min_bucket=int(spec.min_bucket),
        max_depth=None if spec.max_depth is None else int(spec.max_depth),
        statistic="max" if spec.statistic == "max" else "quad",
        bonferroni=spec.adjust == "bonferroni",
    )  # fmt: skip


def prepare(cohort: Cohort, spec: TreeSpec) -> TreeData:
    """Endpoint, candidates and tree of the analysed rows.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or that cannot be a candidate.
    AnalysisError
        There are no rows or no events, or a candidate has no known value.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    terms, conditions = parser.terms(spec.covariates, "-x"), parser.conditions(spec.where)
    # All at once, so that a large file is parsed once.
    cohort.load([*design.endpoint_columns(cohort, spec), cohort.id_column or "",
                 *(term.column for term in terms), *(c.column for c in conditions)])  # fmt: skip
    outcome = survival_outcome(cohort, spec, rows_where(cohort, conditions))
    account, endpoint = outcome.account, outcome.endpoint
    resolved = [_candidate(cohort, term, account.keep, endpoint.columns) for term in terms]
    for candidate, values in resolved:
        if np.isnan(values[account.keep]).all():
            raise AnalysisError(
                f"{candidate.column} is missing in all {account.analysed} patients.",
                where=f"-x {candidate.term}",
                hint="Remove it from -x.",
            )
    if spec.missing == "drop":
        for candidate, values in resolved:
            account.drop_missing(np.isnan(values), candidate.column)
        refuse_no_rows(account)
    keep = account.keep
    event = (endpoint.event == 1)[keep]
    if not event.any():
        raise AnalysisError(
            f"None of the {account.analysed} patients has the event; all are censored.",
            where=endpoint.described,
            hint="Check which value means the event: --event COL=VALUE.",
        )
    time = endpoint.time[keep]
    distinct = distinct_times(time)
    candidates = _distinguished([c for c, _ in resolved])
    covariates = tuple(
        Covariate(c.kind, values if keep.all() else values[keep], len(c.levels))  # type: ignore[arg-type]  # one of the three kinds
        for c, values in resolved
    )
    tree = grow(logrank_scores(distinct, event), covariates, growth(spec))
    return TreeData(spec, outcome, candidates, covariates, time, distinct, event, tree)


def assign(data: TreeData, cohort: Cohort, keep: Mask) -> Ints:
    """The leaf of every row of any cohort, shape (rows,)."""
    cohort.load([c.column for c in data.candidates])
    used = {node.split.covariate for node in data.tree.nodes if node.split is not None}
    blank = np.full(cohort.rows, np.nan)
    values = [
        candidate.values(cohort, keep) if j in used else blank
        for j, candidate in enumerate(data.candidates)
    ]
    return data.tree.assign(values)


def in_order_of_ids(data: TreeData, cohort: Cohort) -> TreeData:
    """The same patients in the order of their ids, for random sampling."""
    place = np.cumsum(data.outcome.account.keep) - 1
    order = place[rows_in_order_of_ids(cohort, data.outcome.account.keep)]
    return replace(
        data,
        covariates=tuple(replace(c, values=c.values[order]) for c in data.covariates),
        time=data.time[order],
        distinct=data.distinct.take(order),
        event=data.event[order],
        tree=replace(data.tree, leaf=data.tree.leaf[order]),
    )


def rules(data: TreeData) -> Mapping[int, str]:
    """The rule in words of every leaf."""
    return {node.number: data.words(node.number) for node in data.tree.leaves}
