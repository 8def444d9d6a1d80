"""The result of an analysis: tidy tables with their presentation, notes, figures, provenance.

A report knows nothing of its rendering, and can be pickled. Values are raw and unrounded, `None`
where a number cannot be estimated; renderers format them by the kind of their key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property, partial
from typing import Any, Literal

from hcc2l.errors import Hcc2lError
from hcc2l.numerals import count


class Suppressed(str):
    """A number that is not told, as readers see it: `<5`, or a dash. Null in JSON, empty in CSV."""

    __slots__ = ()


Value = str | int | float | bool | tuple[str, ...] | None  # a tuple: a list of texts
Row = Mapping[str, Value]
Numbers = tuple[float, ...]
Known = tuple[float | None, ...]  # numbers, None where there is none
Form = Literal[
    "value", "interval", "effect", "summary", "description", "fraction", "size", "sentences"
]


@dataclass(frozen=True)
class Column:
    """A column for readers: one key, or several that are combined in one cell.

    Attributes
    ----------
    header
        The column's heading.
    keys
        The keys of its cell: one for `value`; estimate, lower, upper for `interval`, which is
        written ``7.43 (6.64-13.60)`` with an en dash, of the kind `statistic` without limits where
        there are none, and for `effect`: a ratio of 1 without limits
        is written `reference`, and any other estimate that is null, because another row has it, is
        a dash; a fourth key of either is null where the row is not in the model, which is a dash
        too; count and share for `summary`,
        ``36 (90.0%)``, and where these are missing the further keys median and quartiles,
        ``60 (55-66)``; decimals, count and share for `description`, of which either may be
        missing, and where both are three further numbers, ``60 (55-66)``, or two, ``60 ± 8``; two
        counts for `fraction`, ``31/40``; a text and a count for `size`, ``sorafenib (n=82)``; texts
        for `sentences`, one after the other, which on a terminal take
        the rest of the line.
    kind
        Kind that decides the format of numbers, if not the glossary's kind of the first key.
    decimals
        Decimal places, if not the usual ones of the kind.
    labels
        Labels of text values: ``logrank`` -> ``Log-rank``; of a column with a `mark`, the texts of
        its footnotes.
    mark
        A key whose value says what a cell's footnote is about, such as the test of a p: the cells
        get the marks a, b, c, and the footnotes are below the table. A single one needs no mark.
    indent
        Keys: the cell is indented once for each that has a value, as levels below their variable
        are. Of the first column only.
    across
        The columns that are repeated for every value of the first key, in the order of the rows,
        each time under a heading, which is what this column's cell would say. A repeated column
        without a header has that heading alone; one of which nothing is known is not repeated.
        See `Table`.
    """

    header: str
    keys: tuple[str, ...]
    form: Form = "value"
    kind: str | None = None
    decimals: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    indent: tuple[str, ...] = ()
    across: tuple[Column, ...] = ()


def told(value: Value) -> Value:
    """A value as scripts get it: None where it is suppressed."""
    return None if isinstance(value, Suppressed) else value


def finite(value: float) -> float | None:
    """A number as a report holds it: None where it does not exist or is infinite."""
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class Table:
    """Tidy rows under glossary keys, with their presentation.

    A column with `across` lays a key across: the rows that agree in all keys before it in `keys`
    make one line for readers. The other columns of the line are those of its first row.

    Attributes
    ----------
    name
        The table's name in JSON and for ``--table``.
    title
        Its caption.
    keys
        Keys in order; each row has all of them.
    rows
        One record each.
    columns
        Columns for readers; empty if the table is for JSON and CSV only.
    footnotes
        Sentences below the table.
    apart
        A key: for readers, each of its values has a table of its own, with the cell of its column
        after the title instead of that column.
    stacked
        A key: for readers, the rows of each of its values stand below the cell of its column,
        which is no column then.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = ()
    footnotes: tuple[str, ...] = ()
    apart: str = ""
    stacked: str = ""

    def column(self, key: str) -> tuple[Value, ...]:
        """The values of one key, row by row."""
        return tuple(row[key] for row in self.rows)

    def numbers(self, key: str) -> Known:
        """The same where the values are numbers; None where there is none."""
        return tuple(v if isinstance(v, (int, float)) else None for v in self.column(key))


class LaterTable(Table):
    """A table whose rows are computed when they are read: not every output has them."""

    _make: Callable[[], tuple[Row, ...]]

    @classmethod
    def of(cls, table: Table, make: Callable[[], tuple[Row, ...]]) -> LaterTable:
        """The same table with the rows of `make`."""
        later = cls(**{f.name: getattr(table, f.name) for f in fields(table)})
        later.__dict__.pop("rows")
        later.__dict__["_make"] = make
        return later

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One record each."""
        return self._make()

    def __reduce__(self) -> tuple[Any, ...]:
        return LaterTable, tuple(getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True)
class Outline:
    """A line of text and the lines below it, for results that form a tree.

    `title`, the heading, is that of the outermost line only.
    """

    text: str
    below: tuple[Outline, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Note:
    """A remark that a statistician would make about this analysis.

    `code` is stable, for scripts; `text` says what is wrong and what to do. `which` names rows by
    id or line, on the terminal only: documents are passed on and must not name patients.
    """

    level: Literal["info", "warning"]
    code: str
    text: str
    which: str = ""


class Figure:
    """What a figure draws; each kind of figure is a frozen dataclass.

    A field that is a tuple of records, which are dataclasses too, holds numbers that are drawn.
    """

    @property
    def tables(self) -> dict[str, Table]:
        """The numbers drawn, a tidy table for each field of records; a curve gives many rows."""
        tables = {}
        for f in fields(self):  # type: ignore[arg-type]  # every kind is a dataclass
            records = getattr(self, f.name)
            if isinstance(records, tuple) and records and is_dataclass(records[0]):
                rows = tuple(row for record in records for row in _rows(record))
                tables[f.name] = Table(f.name, "", tuple(rows[0]) if rows else (), rows)
        return tables


def _rows(record: Any) -> list[Row]:
    """The rows of a record: one for each element of its tuples, which have one length."""
    values = {f.name: getattr(record, f.name) for f in fields(record)}
    lengths = {len(value) for value in values.values() if isinstance(value, tuple)}
    if not lengths:
        return [values]
    (length,) = lengths
    return [
        {key: v[i] if isinstance(v, tuple) else v for key, v in values.items()}
        for i in range(length)
    ]


@dataclass(frozen=True)
class Curve:
    """A step function of time from its start, 1 or 0: survival or cumulative incidence.

    Attributes
    ----------
    cause
        The event whose incidence it is; None for survival.
    time, estimate, lower, upper, n_censor
        One entry per step; limits are None where there are none.
    """

    group: str
    cause: str | None
    time: Numbers
    estimate: Numbers
    lower: Known
    upper: Known
    n_censor: Numbers


@dataclass(frozen=True)
class AtRisk:
    """Numbers of a group at each tick: at risk, and with an event so far."""

    group: str
    time: Numbers
    n_risk: Numbers
    cumulative_events: Numbers


@dataclass(frozen=True)
class ModelCurve:
    """The survival of a group by a parametric model, on a grid of times."""

    group: str
    model: str
    time: Numbers
    estimate: Numbers


@dataclass(frozen=True)
class SurvivalFigure(Figure):
    """Curves over time, with numbers at risk below the ticks.

    Attributes
    ----------
    medians
        Of each group, None where it is not reached; empty if medians are not drawn.
    x_max
        End of the time axis.
    annotation
        Text in the corner, such as a test with its p.
    rising
        Whether the curves are cumulative incidences, of one or two causes.
    cumulative_events
        Whether the numbers of events are written below those at risk.
    show
        What the curves are: survival, the risk 1 - S, or the cumulative hazard.
    bands, censor_marks
        Whether confidence bands and the marks of censored patients are drawn.
    captions
        What is written of each group in the legend, such as its median; empty for nothing.
    at_risk_heading
        Above the numbers at risk.
    small_below
        Numbers at risk, and of events, from 1 to this less 1 are not told; 0 tells all.
    """

    groups: tuple[str, ...]
    curves: tuple[Curve, ...]
    at_risk: tuple[AtRisk, ...]
    medians: Known
    legend: str | None
    x_label: str
    y_label: str
    ticks: Numbers
    x_max: float
    annotation: str | None = None
    models: tuple[ModelCurve, ...] = ()
    rising: bool = False
    cumulative_events: bool = False
    show: Literal["survival", "risk", "hazard"] = "survival"
    bands: bool = True
    censor_marks: bool = True
    captions: tuple[str, ...] = ()
    at_risk_heading: str = "Number at risk"
    small_below: int = 0

    def count(self, n: float) -> str:
        """A number of patients as it is written below the curves."""
        return f"<{self.small_below}" if 0 < n < self.small_below else count(n)


@dataclass(frozen=True)
class SurvivalPanels(Figure):
    """Survival figures row by row, each under its title.

    Attributes
    ----------
    columns
        How many stand side by side; all when None.
    letters
        Whether they are called A, B, C … before their titles.
    """

    panels: tuple[SurvivalFigure, ...]
    titles: tuple[str, ...]
    columns: int | None = None
    letters: bool = False

    @property
    def tables(self) -> dict[str, Table]:
        """The tables of every panel, under its title: ``Matched, curves``."""
        return {
            f"{title}, {name}": table
            for title, panel in zip(self.titles, self.panels, strict=True)
            for name, table in panel.tables.items()
        }


@dataclass(frozen=True)
class ForestRow:
    """A line of a forest: a number or a level with its ratio, or the heading of subgroups.

    Attributes
    ----------
    panel
        Index of its panel in `ForestFigure.titles`.
    name
        What rows of one variable have in common.
    term, level
        The variable's label, and the level; None for a number and for a heading.
    n, events, reference_n, reference_events
        Patients and events with the level, and with the reference.
    ratio, lower, upper, p
        None where there is none; a ratio of 1 without limits and p is the reference.
    """

    panel: int
    name: str
    term: str
    level: str | None = None
    n: int | None = None
    events: int | None = None
    reference_n: int | None = None
    reference_events: int | None = None
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    interaction_p: float | None = None


@dataclass(frozen=True)
class ForestFigure(Figure):
    """Ratios with their intervals, in one panel or several with common rows.

    Attributes
    ----------
    titles
        Of the panels.
    heading
        Over the names of the rows.
    ratio, ci
        ``HR`` and ``95% CI``, for the heading of the numbers.
    counts
        Headings of events and patients, and of those of the reference if they are shown.
    favours
        The group that a ratio below 1 favours, and the other one; empty for none.
    """

    rows: tuple[ForestRow, ...]
    titles: tuple[str, ...]
    heading: str
    x_label: str
    ratio: str
    ci: str
    counts: tuple[str, ...]
    favours: tuple[str, ...] = ()


@dataclass(frozen=True)
class RatioCurve:
    """The ratio of each value of a marker against the reference, in one group.

    Attributes
    ----------
    panel
        Index of its panel in `SplineFigure.titles`.
    value
        Ascending, in the unit of the marker.
    """

    panel: int
    group: str
    value: Numbers
    ratio: Known
    lower: Known
    upper: Known


@dataclass(frozen=True)
class MarkerDensity:
    """How the values of a marker are distributed, as a smooth density over the points drawn."""

    panel: int
    value: Numbers
    density: Numbers


@dataclass(frozen=True)
class MarkerValues:
    """The values of single patients, below the curve."""

    panel: int
    value: Numbers


@dataclass(frozen=True)
class SplineFigure(Figure):
    """Ratios along a marker with their bands, one panel for each spline.

    Attributes
    ----------
    x_labels, annotations, references, log, legends
        Of each panel: its axis, the tests above it, the value that the others are compared with,
        whether the axis is logarithmic, and what its groups are, empty without groups.
    y_label
        Of all panels.
    """

    curves: tuple[RatioCurve, ...]
    densities: tuple[MarkerDensity, ...]
    patients: tuple[MarkerValues, ...]
    x_labels: tuple[str, ...]
    annotations: tuple[str, ...]
    references: Numbers
    log: tuple[bool, ...]
    legends: tuple[str, ...]
    y_label: str


@dataclass(frozen=True)
class TreeNode:
    """A node of a tree; `left` and `right` are None for a leaf.

    Attributes
    ----------
    median, lower, upper
        Median time with its limits, None where not estimable.
    label, p
        The variable of the split, and its p; None for a leaf.
    condition
        Which patients of the parent are in it; None for the root.
    """

    node: int
    left: int | None
    right: int | None
    n: int
    events: int
    median: float | None
    lower: float | None
    upper: float | None
    label: str | None
    p: float | None
    condition: str | None

    @property
    def children(self) -> tuple[int, ...]:
        """The nodes below it, from left to right; none for a leaf."""
        return () if self.left is None or self.right is None else (self.left, self.right)


@dataclass(frozen=True)
class LeafCurve:
    """The survival curve of a leaf."""

    node: int
    time: Numbers
    estimate: Numbers
    n_censor: Numbers


@dataclass(frozen=True)
class LeafAtRisk:
    """Numbers at risk in a leaf."""

    node: int
    time: Numbers
    n_risk: Numbers


@dataclass(frozen=True)
class TreeFigure(Figure):
    """Splits with their conditions, and a survival curve for each leaf.

    Attributes
    ----------
    x_max
        End of the time axes.
    decimals
        Decimal places of the medians.
    censor_marks
        Whether censored patients are marked.
    at_risk
        At the ticks, below the curves; empty if they are not shown.
    """

    nodes: tuple[TreeNode, ...]
    curves: tuple[LeafCurve, ...]
    caption: str
    x_label: str
    y_label: str
    ticks: Numbers
    x_max: float
    decimals: int
    censor_marks: bool = True
    at_risk: tuple[LeafAtRisk, ...] = ()


@dataclass(frozen=True)
class CutoffPoint:
    """A cut-off of a marker in a group; `threshold` is None when it is beyond all values.

    Attributes
    ----------
    rule
        Who is positive: ``≥400``.
    """

    group: str
    marker: str
    criterion: str
    threshold: float | None
    sensitivity: float
    specificity: float
    rule: str


@dataclass(frozen=True)
class RocCurve:
    """The operating points of a marker in a group, with the area under them."""

    group: str
    marker: str
    label: str
    auc: float
    lower: float | None
    upper: float | None
    sensitivity: Numbers
    specificity: Numbers


@dataclass(frozen=True)
class RocFigure(Figure):
    """ROC curves in one square; `ci` names the intervals of the areas, ``95% CI``."""

    curves: tuple[RocCurve, ...]
    points: tuple[CutoffPoint, ...]
    legend: str | None
    ci: str


@dataclass(frozen=True)
class RatesByCutoff:
    """Sensitivity and specificity at each observed value of a marker, on its own axis.

    Attributes
    ----------
    cutoff
        Ascending where higher values are positive, else descending; the last, beyond all values,
        is None.
    log
        Whether the axis is logarithmic.
    """

    group: str
    marker: str
    label: str
    x_label: str
    log: bool
    cutoff: Known
    sensitivity: Numbers
    specificity: Numbers


@dataclass(frozen=True)
class ThresholdsFigure(Figure):
    """Rates against the cut-off, one panel for each marker and group."""

    curves: tuple[RatesByCutoff, ...]
    points: tuple[CutoffPoint, ...]


@dataclass(frozen=True)
class StatisticByCutpoint:
    """The standardised statistic of every cut-point of a marker, and the largest with its p."""

    group: str
    marker: str
    label: str
    x_label: str
    log: bool
    best: float
    largest: float
    p: float
    cutpoint: Numbers
    statistic: Numbers


@dataclass(frozen=True)
class MaxstatFigure(Figure):
    """The statistic against the cut-point, one panel for each marker and group."""

    curves: tuple[StatisticByCutpoint, ...]
    y_label: str


@dataclass(frozen=True)
class RiskGroups:
    """Predicted and observed risk of the groups of a panel, by its place; limits where known."""

    panel: int
    n: Numbers
    predicted: Numbers
    observed: Numbers
    lower: Known
    upper: Known


@dataclass(frozen=True)
class CalibrationLine:
    """The smooth calibration curve of a panel, with its limits."""

    panel: int
    predicted: Numbers
    observed: Numbers
    lower: Numbers
    upper: Numbers


@dataclass(frozen=True)
class RiskHistogram:
    """Numbers of patients of a panel with predicted risks from `lower` to `upper`."""

    panel: int
    lower: Numbers
    upper: Numbers
    n: Numbers


@dataclass(frozen=True)
class CalibrationFigure(Figure):
    """Observed against predicted risk, a panel for each score and time, above the histogram."""

    titles: tuple[str, ...]
    groups: tuple[RiskGroups, ...]
    curves: tuple[CalibrationLine, ...]
    histograms: tuple[RiskHistogram, ...]
    x_label: str
    y_label: str


@dataclass(frozen=True)
class BenefitCurve:
    """The net benefit of a strategy by threshold, in a panel by its place."""

    panel: int
    label: str
    threshold: Numbers
    net_benefit: Known


@dataclass(frozen=True)
class DecisionFigure(Figure):
    """Decision curves, a panel for each time; the last two strategies treat all and none."""

    titles: tuple[str, ...]
    curves: tuple[BenefitCurve, ...]


@dataclass(frozen=True)
class AreaOverTime:
    """The time-dependent area under the ROC curve of a score, with its limits."""

    label: str
    time: Numbers
    auc: Numbers
    lower: Numbers
    upper: Numbers


@dataclass(frozen=True)
class AreasFigure(Figure):
    """Areas under the ROC curve over time."""

    curves: tuple[AreaOverTime, ...]
    x_label: str


@dataclass(frozen=True)
class NomogramScale:
    """A scale of a nomogram: ticks with their texts, by points from 0 to 100.

    Attributes
    ----------
    above
        Whether each text stands above the line, as where a spline turns back.
    """

    label: str
    position: Numbers
    text: tuple[str, ...]
    above: tuple[bool, ...]


@dataclass(frozen=True)
class NomogramFigure(Figure):
    """A nomogram: points, a scale for each term, total points, and a scale for each risk."""

    scales: tuple[NomogramScale, ...]


@dataclass(frozen=True)
class LoveSeries:
    """Standardised differences of the covariates in one sample, None where not estimable."""

    sample: str
    variable: tuple[str, ...]
    smd: Known


@dataclass(frozen=True)
class LoveFigure(Figure):
    """Balance before and after matching; every series has the same covariates."""

    series: tuple[LoveSeries, ...]
    threshold: float
    x_label: str


@dataclass(frozen=True)
class ScoreHistogram:
    """Numbers of patients of a group with scores from `lower` to `upper`, in one sample."""

    sample: str
    group: str
    lower: Numbers
    upper: Numbers
    n: Numbers


@dataclass(frozen=True)
class ScoresFigure(Figure):
    """Mirrored histograms of both groups, one panel for each sample, the treated first."""

    histograms: tuple[ScoreHistogram, ...]
    x_label: str
    weighted: bool


@dataclass(frozen=True)
class FlowBox:
    """A box of a flow of patients, below its parent; None for the first.

    Attributes
    ----------
    percent
        The proportion of an arm among those side by side; None for any other box.
    """

    box: int
    parent: int | None
    label: str
    n: int
    percent: float | None = None


@dataclass(frozen=True)
class FlowExclusion:
    """Patients who leave a box for one reason."""

    box: int
    reason: str
    excluded: int


@dataclass(frozen=True)
class FlowFigure(Figure):
    """A flow of patients: boxes from the first down, parents before those below them."""

    boxes: tuple[FlowBox, ...]
    exclusions: tuple[FlowExclusion, ...]


@dataclass(frozen=True)
class PairedPanel:
    """A panel of values before and after.

    Attributes
    ----------
    title
        None where there is one panel.
    scale
        Panels with the same number have one axis.
    log
        Whether the axis is logarithmic.
    annotation
        A test with its p.
    """

    title: str | None
    y_label: str
    before_label: str
    after_label: str
    scale: int
    log: bool
    annotation: str


@dataclass(frozen=True)
class PairedLines:
    """The patients of a panel, by its place: values before and after, and how many have both."""

    panel: int
    before: Numbers
    after: Numbers
    n: Numbers


@dataclass(frozen=True)
class PairedBox:
    """The quartiles and whiskers of a panel's values; `time` is before or after."""

    panel: int
    time: str
    low: float
    q1: float
    median: float
    q3: float
    high: float


@dataclass(frozen=True)
class ChangeFigure(Figure):
    """Lines from before to after with a box on either side, in panels, so many in a row."""

    panels: tuple[PairedPanel, ...]
    lines: tuple[PairedLines, ...]
    boxes: tuple[PairedBox, ...]
    columns: int


@dataclass(frozen=True)
class ResponseBar:
    """The responses of a group by one criterion.

    Attributes
    ----------
    response
        The categories from CR to NE, and `Not recorded` where some are.
    count, percent
        Patients with each, and their proportion of all `n` patients of the group.
    rates
        What stands above the bar: ``ORR 50.6%``, ``DCR 85.2%``.
    """

    criterion: str
    group: str
    n: int
    response: tuple[str, ...]
    count: tuple[int, ...]
    percent: Numbers
    rates: str


@dataclass(frozen=True)
class ResponseFigure(Figure):
    """Stacked bars of the responses, a panel for each criterion and a bar for each group.

    `legend` is the label of the groups, None where there is one group.
    """

    bars: tuple[ResponseBar, ...]
    legend: str | None
    y_label: str


@dataclass(frozen=True)
class PatientChange:
    """The best change of a patient in percent of baseline, and the response."""

    group: str
    change: float
    response: str


@dataclass(frozen=True)
class WaterfallFigure(Figure):
    """Best changes of tumour size in descending order, a panel for each group.

    `limits` are the changes at which lines are drawn: those of response and of progression.
    """

    patients: tuple[PatientChange, ...]
    limits: tuple[float, float]
    y_label: str


@dataclass(frozen=True)
class EventBar:
    """Patients of a group with an adverse event in a band of grades: `count` of `n`."""

    event: str
    group: str
    band: str
    count: int
    n: int

    @property
    def percent(self) -> float:
        """Of the patients; 0 where there are none."""
        return 100 * self.count / self.n if self.n else 0.0


@dataclass(frozen=True)
class AdverseFigure(Figure):
    """Bars of patients by event: two groups mirrored, one or several side by side.

    Of one band of grades, or of two, the second of which is part of the first.
    """

    bars: tuple[EventBar, ...]
    x_label: str


@dataclass(frozen=True)
class ImputedPanel:
    """A column with imputed values.

    Attributes
    ----------
    title
        Its label with the unit.
    log
        Whether the axis of its values is logarithmic.
    log_model
        Whether the means and SDs are of logarithms.
    """

    title: str
    log: bool
    log_model: bool


@dataclass(frozen=True)
class ObservedImputed:
    """The distribution of the observed values (`imputation` 0) or of those of one imputation.

    Attributes
    ----------
    panel
        Index in `ImputationFigure.panels`.
    level
        Of each value of a column of categories its name; empty texts for numbers.
    value, share
        Numbers with the share of values up to them; of categories, places from 0 and their shares.
    """

    panel: int
    imputation: int
    level: tuple[str, ...]
    value: Numbers
    share: Numbers


@dataclass(frozen=True)
class ImputationTrace:
    """Mean and standard deviation of one imputation's values after each iteration."""

    panel: int
    imputation: int
    iteration: Numbers
    mean: Known
    sd: Known


@dataclass(frozen=True)
class ImputationFigure(Figure):
    """For each imputed column observed and imputed values, and how the chains went."""

    panels: tuple[ImputedPanel, ...]
    distributions: tuple[ObservedImputed, ...]
    traces: tuple[ImputationTrace, ...]


@dataclass(frozen=True)
class Excluded:
    """Rows excluded for one reason; `which` names them by id or line, for the note.

    `told` is whether their number may be told.
    """

    reason: str
    rows: int
    which: tuple[str, ...] = ()
    told: bool = True


@dataclass(frozen=True)
class Provenance:
    """Origin of the numbers, sufficient to reproduce them.

    `source` is None where no cohort was read. `abbreviations` are those that the dictionary of the
    cohort explains. `rows` is None where it would tell how few rows were excluded.
    """

    command: str
    version: str
    source: str | None
    sha256: str
    synthetic: bool
    rows: int | None
    analysed: int
    excluded: tuple[Excluded, ...]
    settings: Mapping[str, object]
    footer: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()
    abbreviations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The result of one analysis.

    Attributes
    ----------
    outline
        A summary of the tables as a tree of lines, printed above them.
    draw
        Returns the figure; a function, because its points are computed only if it is drawn.
    save
        Returns the file that the analysis makes, as text: the cohort with added columns (CSV), or
        a dictionary.
    status
        Exit status of the command.
    """

    title: str
    provenance: Provenance
    tables: tuple[Table, ...]
    notes: tuple[Note, ...] = ()
    outline: Outline | None = None
    draw: Callable[[], Figure] | None = field(default=None, compare=False, repr=False)
    save: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    methods: str = ""
    references: tuple[str, ...] = ()
    show_methods: bool = False
    status: int = 0

    def table(self, name: str) -> Table:
        """The table of that name; KeyError when there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def __getstate__(self) -> dict[str, object]:
        """What is pickled: results alone, with the figure and the saved cohort finished."""
        return self.__dict__ | {"draw": _finished(self.draw), "save": _finished(self.save)}


def _finished(make: Callable[[], Any] | None) -> Callable[[], Any] | None:
    """A call with the same result, or the same error, that needs nothing to make it."""
    if make is None:
        return None
    try:
        return partial(_return, make())
    except Hcc2lError as error:
        return partial(_raise, error)


def _return(result: Any) -> Any:
    return result


def _raise(error: Hcc2lError) -> Any:
    raise error
