"""Options of `hcc2l size`."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import CommandSpec, UnitOfTime, methods_option, option
from hcc2l.specs.rules import Excludes, Needs

MOST = 1_000_000_000  # patients or events

_MODEL = "Prediction model"
_GROUPS = "Two groups"
_MEDIAN = "Median survival"
_ANY = "Patients and events"
_OF_MODEL = ("--parameters", "--n")
_OF_GROUPS = ("--hr", "--power")


@dataclass(frozen=True, kw_only=True)
class SizeSpec(CommandSpec):
    """The sample size of a prediction model, of a comparison of two groups, or of a median."""

    example = "--parameters 8 --c 0.7 --rate 0.06 --follow-up 11 --horizon 12"
    plots = False
    rules = (
        *(
            Excludes(one, other, message=f"{one} and {other} plan different studies.")
            for one, others in (
                ("--parameters", (*_OF_GROUPS, "--median")), ("--n", (*_OF_GROUPS, "--median")),
                ("--median", _OF_GROUPS),
            )
            for other in others
        ),
        Excludes("--c", "--r2", message="--c and --r2 both say how well the model is to predict."),
        Excludes(
            "--rate", "--prevalence",
            message="An event rate is that of an outcome with a time, a prevalence of one without.",
        ),
        Excludes("--factor", "--events"),
        Excludes("--events", "--hr --power"),
        Excludes("--events", "--rate"),
        Excludes("--events", "--prevalence"),
        Needs(
            "--parameters", ("--rate", "--prevalence", "--n"),
            hint="Add --rate R --follow-up F --horizon T for survival, or --prevalence P.",
        ),
        Needs(
            "--n", ("--rate", "--prevalence", "--events"),
            hint="Add the --events among these patients, or for an outcome without time its "
            "--prevalence.",
        ),
        Needs("--rate", ("--follow-up",)),
        Needs("--rate", ("--horizon", "--n")),
        *(Needs(one, ("--rate",)) for one in ("--follow-up", "--horizon")),
        *(
            Needs(one, _OF_MODEL)
            for one in ("--c", "--r2", "--rate", "--prevalence", "--shrinkage")
        ),
        Needs("--hr", ("--power", "--events")),
        Needs("--power", ("--hr", "--events")),
        Needs("--event-probability", ("--hr --power",)),
        *(Needs(one, _OF_GROUPS) for one in ("--share", "--alpha", "--one-sided")),
        Needs("--median", ("--events", "--factor")),
        *(Needs(one, ("--median",)) for one in ("--factor", "--conf-level")),
        Needs("--events", ("--n", *_OF_GROUPS, "--median")),
        Needs("--unit", ("--rate", "--median")),
    )  # fmt: skip

    parameters: int | None = option(
        None, "Coefficients of the model: one for a number, levels − 1 for a factor.",
        metavar="P", panel=_MODEL, low=1, high=10_000,
    )  # fmt: skip
    c: float | None = option(
        None, "The C-index (AUC) to be expected in new patients.",
        metavar="C", panel=_MODEL, low=0.5, high=1.0, ends=False,
    )  # fmt: skip
    r2: float | None = option(
        None, "Instead of --c: its Cox–Snell R² (default: 15% of the largest possible).",
        metavar="R2", panel=_MODEL, high=1.0, ends=False,
    )  # fmt: skip
    rate: float | None = option(
        None, "Events per unit of follow-up time.", metavar="R", panel=_MODEL, ends=False
    )
    follow_up: float | None = option(
        None, "Mean follow-up until the event or censoring.", metavar="T", panel=_MODEL, ends=False
    )
    horizon: float | None = option(
        None, "The time by which risk is predicted.", metavar="T", panel=_MODEL, ends=False
    )
    prevalence: float | None = option(
        None, "For an outcome without time: the share of patients with it.",
        metavar="P", panel=_MODEL, high=1.0, ends=False,
    )  # fmt: skip
    shrinkage: float = option(
        0.9, "The least shrinkage factor that is accepted.",
        metavar="S", panel=_MODEL, high=1.0, ends=False,
    )  # fmt: skip
    hr: float | None = option(
        None, "The hazard ratio to be detected.", metavar="HR", panel=_GROUPS, ends=False
    )
    power: float | None = option(
        None, "The power to detect it.", metavar="P", panel=_GROUPS, high=1.0, ends=False
    )
    share: float = option(
        0.5, "Share of the patients in one of the groups.",
        metavar="P", panel=_GROUPS, high=1.0, ends=False,
    )  # fmt: skip
    event_probability: float | None = option(
        None, "Share of the patients who will have had the event: gives their number.",
        metavar="P", panel=_GROUPS, low=1e-6, high=1.0,
    )  # fmt: skip
    alpha: float = option(
        0.05, "Significance level.", metavar="P", panel=_GROUPS, low=1e-12, high=0.5, ends=False
    )
    one_sided: bool = option(False, "A one-sided test.", panel=_GROUPS)
    median: float | None = option(
        None, "The median to be expected.", metavar="T", panel=_MEDIAN, ends=False
    )
    factor: float | None = option(
        None, "Instead of --events: the limits are to be the median divided and multiplied by F.",
        metavar="F", panel=_MEDIAN, low=1.0, ends=False,
    )  # fmt: skip
    conf_level: float = option(
        0.95, "Confidence level of its interval.",
        metavar="P", panel=_MEDIAN, high=0.999999, ends=False,
    )  # fmt: skip
    n: int | None = option(
        None, "Patients at hand: gives the parameters that they carry.",
        metavar="N", panel=_ANY, low=2, high=MOST,
    )  # fmt: skip
    events: int | None = option(
        None, "Events at hand: with --n the parameters, with --hr the power, with --power the "
        "hazard ratio, with --median its limits.",
        metavar="N", panel=_ANY, low=1, high=MOST,
    )  # fmt: skip
    unit: UnitOfTime = option(
        "months", "The unit of all times: days, weeks, months or years.",
        metavar="UNIT", panel=_ANY,
    )  # fmt: skip
    methods: bool = methods_option()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hr == 1:
            raise UsageError(
                "No number of events detects a hazard ratio of 1.", where="--hr",
                hint="Give the smallest difference that would matter, such as 0.7.",
            )  # fmt: skip
        if self.power is not None and self.power <= self.alpha:
            raise UsageError(
                f"A power of {self.power:g} is not above the significance level, {self.alpha:g}.",
                where="--power", hint="Give the power to be reached, such as 0.8.",
            )  # fmt: skip
        if self.n is not None and self.events is not None and self.events > self.n:
            raise UsageError(
                f"There are more events ({self.events}) than patients ({self.n}).",
                where="--events", hint="Give the patients with the event, each once.",
            )  # fmt: skip

    def require(self) -> None:
        """Refuse to plan nothing."""
        given = (self.parameters, self.n, self.hr, self.power, self.median)
        if all(value is None for value in given):
            raise UsageError(
                "There is nothing to plan.", where="hcc2l size",
                hint="Give --parameters or --n for a prediction model, --hr and --power for two "
                "groups, or --median.",
            )  # fmt: skip
