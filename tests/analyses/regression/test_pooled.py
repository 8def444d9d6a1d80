"""`cox` and `logistic` in imputed data sets, through the command as R pools them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import InputError, UsageError
from tests.reference import cases
from tests.reports import codes, rows_of

LEVELS = {"numeric": "numeric", "factor": "factor"}


def files_of(case: dict[str, Any], folder: Path) -> tuple[Path, Path]:
    """The cohort with gaps, and the stacked sets, as files with their dictionary."""
    stacked = cases.FOLDER / case["dataset"]
    with stacked.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != ".imp"]
    with (folder / "cohort.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row for row in rows if row[".imp"] == "0")
    (folder / "imputed.csv").write_bytes(stacked.read_bytes())
    lines = ['id = ".id"']
    for name, declared in case["arguments"]["variables"].items():
        if declared["type"] == "factor":
            levels = ", ".join(f'"{level}"' for level in declared["levels"])
            lines += [f'[columns."{name}"]', 'type = "factor"', f"levels = [{levels}]"]
        else:
            lines += [f'[columns."{name}"]', 'type = "numeric"']
    (folder / "hcc2l.toml").write_text("\n".join(lines) + "\n")
    return folder / "cohort.csv", folder / "imputed.csv"


def analysed(case: dict[str, Any], folder: Path, **options: Any) -> hcc2l.Report:
    cohort, imputed = files_of(case, folder)
    arguments = case["arguments"]
    event = f"{arguments['event']}={arguments['event_value']}"
    if arguments["kind"] == "cox":
        return hcc2l.cox(cohort, time=arguments["time"], event=event,
                         covariates=arguments["covariates"], imputations=str(imputed),
                         **options)  # fmt: skip
    return hcc2l.logistic(cohort, outcome=event, covariates=arguments["covariates"],
                          imputations=str(imputed), **options)  # fmt: skip


def model_cases() -> list[Any]:
    chosen = [
        case for case in cases.load("pooling") if case["arguments"]["kind"] in ("cox", "logistic")
        and case["id"] != "logistic_hcc160_m10"  # its outcome is imputed, which is refused
    ]  # fmt: skip
    return [pytest.param(case, id=case["id"]) for case in chosen]


@pytest.mark.parametrize("case", model_cases())
def test_the_multivariable_model_is_pooled_as_by_mice(case: dict[str, Any], tmp_path: Path) -> None:
    report = analysed(case, tmp_path, multivariable=True)
    ratio = "hr" if case["arguments"]["kind"] == "cox" else "or"
    expected = [row for row in case["expected"]["coefficients"] if row["term"] != "(Intercept)"]
    terms = rows_of(report, "terms", kind="multivariable")
    pooling = rows_of(report, "pooling")
    assert len(terms) == len(expected) == len(pooling)
    for term, more, wanted in zip(terms, pooling, expected, strict=True):
        found = {
            "estimate": term["coef"], "se": term["std_err"], "df": term["df"], "p": term["p"],
            "statistic": term["statistic"], "fmi": term["fmi"], ratio: term[ratio],
            f"{ratio}_lower": term["lower"], f"{ratio}_upper": term["upper"], "riv": more["riv"],
            "lambda": more["lambda"],
        }  # fmt: skip
        for key, value in found.items():
            assert value == pytest.approx(wanted[key], rel=1e-6), (wanted["term"], key)
        assert more["m"] == case["expected"]["m"]
    if "c_index" in case["expected"]:
        (model,) = rows_of(report, "models", kind="multivariable")
        wanted = case["expected"]["c_index"]
        assert model["concordance"] == pytest.approx(wanted["c"], rel=1e-6)
        assert model["concordance_lower"] == pytest.approx(wanted["lower"], rel=1e-6)
        assert model["concordance_upper"] == pytest.approx(wanted["upper"], rel=1e-6)


def test_terms_with_several_levels_have_the_pooled_tests_of_mice(tmp_path: Path) -> None:
    case = cases.case("pooling", "cox_hcc160_m10")
    report = analysed(case, tmp_path, multivariable=True)
    expected = next(t for t in case["expected"]["tests"] if t["variables"] == ["ecog"])
    for name, key in (("d1", "d1"), ("d2", "d2_likelihood")):
        (row,) = rows_of(report, "pooled_tests", term="ecog", test=name)
        wanted = expected[key]
        found = [row["statistic"], row["df"], row["df_within"], row["p"], row["riv"]]
        assert found == pytest.approx(
            [wanted[k] for k in ("f", "df1", "df2", "p", "riv")], rel=1e-6
        )


def test_the_complete_cases_stand_beside_the_pooled_model(tmp_path: Path) -> None:
    case = cases.case("pooling", "cox_hcc160_m10")
    report = analysed(case, tmp_path)
    cohort = tmp_path / "cohort.csv"
    alone = hcc2l.cox(cohort, time="os_months", event="death=1",
                      covariates=case["arguments"]["covariates"], multivariable=True)  # fmt: skip
    beside = rows_of(report, "terms", kind="complete-cases")
    for found, wanted in zip(beside, rows_of(alone, "terms"), strict=True):
        assert (found["hr"], found["n"], found["p"]) == (wanted["hr"], wanted["n"], wanted["p"])
        assert found["fmi"] is None
    assert {row["n"] for row in rows_of(report, "terms", kind="univariable")} == {160}


COVARIATES = ["age", "child_pugh", "afp@400", "crp"]


def test_imputation_is_repeatable_and_the_seed_changes_it() -> None:
    found = [
        rows_of(hcc2l.cox(covariates=COVARIATES, impute=5, seed=seed, multivariable=True), "terms")
        for seed in (1, 1, 2)
    ]
    assert found[0] == found[1]
    assert found[0] != found[2]
    assert found[0][0]["n"] == 126


def test_what_was_imputed_is_counted_and_told() -> None:
    report = hcc2l.cox(covariates=COVARIATES, impute=5, multivariable=True)
    imputed = {row["variable"]: row["n_missing"] for row in rows_of(report, "imputation")}
    assert imputed == {"afp": 8, "crp": 11, "age": 0, "child_pugh": 0}
    assert "Missing values were imputed 5 times by chained equations" in report.methods
    assert "Rubin's rules" in report.provenance.footer[1]


def test_nothing_missing_is_said_and_the_analysis_is_the_ordinary_one() -> None:
    report = hcc2l.cox(covariates=["age", "child_pugh"], impute=5)
    plain = hcc2l.cox(covariates=["age", "child_pugh"])
    assert "nothing-imputed" in codes(report)
    assert report.table("terms").rows == plain.table("terms").rows


def test_more_than_half_imputed_is_a_warning(tmp_path: Path) -> None:
    rows = "".join(
        f"p{i},{5 + i % 11},{i % 3 != 0:d},{30 + i % 40},{'' if i % 5 < 3 else i % 7}\n"
        for i in range(120)
    )
    (tmp_path / "c.csv").write_text("patient_id,os_months,death,age,x\n" + rows)
    report = hcc2l.cox(tmp_path / "c.csv", covariates=["age", "x"], impute=3)
    assert "mostly-imputed" in codes(report)


@pytest.mark.parametrize("impute", [1, 0, 1001, "sometimes"])
def test_a_number_of_sets_that_cannot_be_pooled_is_refused(impute: Any) -> None:
    with pytest.raises(UsageError):
        hcc2l.cox(covariates=["age", "crp"], impute=impute)


def test_shifted_values_change_the_model_in_their_direction_and_nothing_else_by_much() -> None:
    report = hcc2l.cox(covariates=COVARIATES, impute=5, shift=["crp=20"], multivariable=True)
    own = {r["term"]: r["hr"] for r in rows_of(report, "sensitivity", shift="none")}
    moved = {r["term"]: r["hr"] for r in rows_of(report, "sensitivity", shift="crp=20")}
    pooled = {r["term"]: r["hr"] for r in rows_of(report, "terms", kind="multivariable")}
    assert own == pooled
    assert abs(moved["crp"] - 1) < abs(own["crp"] - 1)  # a huge CRP without more deaths
    assert moved["age"] == pytest.approx(own["age"], rel=0.02)


def test_a_shift_of_nothing_changes_nothing() -> None:
    report = hcc2l.cox(covariates=COVARIATES, impute=5, shift=["crp=0"], multivariable=True)
    own = [r["hr"] for r in rows_of(report, "sensitivity", shift="none")]
    assert own == [r["hr"] for r in rows_of(report, "sensitivity", shift="crp=0")]


@pytest.mark.parametrize(
    ("shift", "says"),
    [("crp", "not a column and a number"), ("crp=much", "not a column and a number"),
     ("crq=1", "no column 'crq'"), ("age=1", "No number of age was imputed")],
)  # fmt: skip
def test_a_shift_that_means_nothing_is_refused(shift: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        hcc2l.cox(covariates=COVARIATES, impute=2, shift=[shift])


GAPS = "os_months,death,x,y,g\n" + "".join(
    f"{i % 19 + 1},{int(i % 3 > 0)},{'' if i % 6 == 0 else i * 7 % 23},{i * 5 % 11},{'ab'[i % 2]}\n"
    for i in range(48)
)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("cox", {"covariates": ["x@median", "g"]}),
        ("logistic", {"outcome": "death", "covariates": ["x"], "cut": ["x=median"]}),
        ("km", {"by": "x@median"}),
        ("table1", {"by": "g", "covariates": ["x@quartiles"]}),
        ("psmatch", {"treat": "g=a", "covariates": ["x@median"]}),
    ],
)
def test_quantiles_of_a_column_with_gaps_are_refused(
    command: str, options: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text(GAPS)
    with pytest.raises(UsageError, match="would differ between the imputed data sets"):
        getattr(hcc2l, command)(tmp_path / "c.csv", impute=2, **options)


def test_a_column_without_gaps_may_be_cut_at_its_median(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(GAPS)
    report = hcc2l.cox(
        tmp_path / "c.csv", covariates=["x", "y@median"], multivariable=True, impute=2
    )
    assert {row["level"] for row in rows_of(report, "terms")} == {None, "\u22655"}


def test_an_imputed_value_that_is_no_number_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(GAPS)
    header, *rows = GAPS.splitlines()
    lines = [
        f"{number},{row}".replace(",,", ",," if number == 0 else ",4,")
        for number in range(3) for row in rows
    ]  # fmt: skip
    lines[-6] = lines[-6].replace(",4,", ",high,")
    (tmp_path / "i.csv").write_text("\n".join([f".imp,{header}", *lines]) + "\n")
    with pytest.raises(InputError, match="x is a number in the cohort, but not here: 'high'"):
        hcc2l.cox(tmp_path / "c.csv", covariates=["x"], imputations=str(tmp_path / "i.csv"))
