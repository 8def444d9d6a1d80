"""`hcc2l impute`: its tables, notes, methods and figure, and the file that it saves."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import hcc2l
from hcc2l import read_cohort
from hcc2l.analyses.imputation import imputation_notes, imputation_sentences, imputations_from_file
from hcc2l.analyses.impute.data import prepare
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import ImputationFigure, Report
from hcc2l.specs import ImputeSpec
from tests.conftest import Run, Write
from tests.reports import codes, note, rows_of

N = 80
DICTIONARY = '[columns.ecog]\ntype = "ordered"\n[columns.afp]\nunit = "ng/mL"\n'


def patients(*, afp_gaps: float = 0.2, by_outcome: bool = False) -> str:
    random = np.random.default_rng(2)
    lines = ["id,os_months,death,pfs_months,progression,age,ecog,afp,arm"]
    for i in range(N):
        time = 1 + 30 * random.random()
        early = by_outcome and time < 12
        cells = [
            f"P{i}", f"{time:.1f}", str(int(random.random() < 0.8)), f"{time / 2:.1f}" if i else "",
            "1", str(random.integers(40, 80)), str(random.integers(3)) if i % 7 else "",
            "" if early or random.random() < afp_gaps else f"{np.exp(random.normal(4, 1)):.1f}",
            random.choice(["a", "b"]),
        ]  # fmt: skip
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def _cohort(write: Write) -> None:
    write("hcc2l.toml", DICTIONARY)
    write("c.csv", patients())


def impute(path: str = "c.csv", covariates: str = "age,ecog,afp,arm", **options: object) -> Report:
    return hcc2l.impute(path, covariates=covariates.split(","), **{"impute": 2, **options})


def test_columns_are_listed_with_their_gaps_and_methods() -> None:
    rows = {row["variable"]: row for row in impute().table("imputation").rows}
    assert [row["method"] for row in rows.values()] == ["pmm-log", "ordinal", None, None]
    gaps = sum(line.split(",")[7] == "" for line in patients().splitlines()[1:])
    assert (rows["afp"]["n"], rows["afp"]["n_missing"]) == (N, gaps)
    assert rows["afp"]["percent"] == pytest.approx(gaps / N)
    assert rows["ecog"]["n_missing"] == 12


def test_observed_values_stand_beside_imputed_ones() -> None:
    rows = impute().table("values").rows
    afp = {row["source"]: row for row in rows if row["variable"] == "afp"}
    known = [float(c[7]) for c in csv.reader(io.StringIO(patients())) if c[7] not in ("", "afp")]
    assert afp["observed"]["median"] == pytest.approx(np.median(known))
    assert afp["observed"]["n"] + afp["imputed"]["n"] == N
    assert min(known) <= float(str(afp["imputed"]["min"]))
    assert float(str(afp["imputed"]["max"])) <= max(known)
    ecog = [row for row in rows if row["variable"] == "ecog"]
    assert [(r["level"], r["source"]) for r in ecog] == [
        (level, source) for level in "012" for source in ("observed", "imputed")
    ]
    for source in ("observed", "imputed"):
        assert sum(float(str(r["percent"])) for r in ecog if r["source"] == source) == 1
    assert sum(int(str(r["count"])) for r in ecog if r["source"] == "observed") == N - 12


def test_convergence_has_a_row_for_each_set_and_iteration() -> None:
    report = impute(impute=3)
    rows = report.table("convergence").rows
    assert len(rows) == 2 * 3 * 10
    assert {(row["imputation"], row["iteration"]) for row in rows} == {
        (m, i) for m in (1, 2, 3) for i in range(1, 11)
    }
    assert all(isinstance(row["mean"], float) for row in rows)


def test_the_saved_file_is_read_again(write: Write) -> None:
    save = impute().save
    assert save is not None
    path = write("imputed.csv", save())
    cohort = read_cohort("c.csv")
    data = prepare(cohort, ImputeSpec(covariates=["age", "ecog", "afp", "arm"], impute=2))
    again = imputations_from_file(cohort, path, data.imputed.model)
    for a, b in zip(data.imputed.cohorts, again.cohorts, strict=True):
        np.testing.assert_array_equal(a.numbers("afp"), b.numbers("afp"))
    assert imputation_sentences(again, cohort)[-1] == "2 imputed data sets were analysed."
    assert not {"imputation-not-converged"} & {n.code for n in imputation_notes(again)}


def test_the_command_saves_and_draws(run: Run) -> None:
    words = ["impute", "c.csv", "-x", "age,afp", "--impute", "2", "--seed", "3"]
    files = ["--save", "imputed.csv", "--plot", "figure.png"]
    assert run(*words, *files, "--quiet").status == 0
    first = Path("imputed.csv").read_text()
    assert Path("figure.png").read_bytes().startswith(b"\x89PNG")
    assert len(first.splitlines()) == 1 + 3 * N
    assert run(*words, *files[:2], "--quiet").status == 0
    assert Path("imputed.csv").read_text() == first


def test_auto_is_the_default() -> None:
    report = hcc2l.impute("c.csv", covariates=["age", "arm"])
    assert report.provenance.settings["impute"] == 20


@pytest.mark.parametrize("number", [1, 0, -3, 1001, 2.5, "many"])
def test_fewer_than_two_imputations_are_refused(number: object) -> None:
    with pytest.raises(UsageError) as error:
        impute(impute=number)
    assert error.value.where == "--impute"


def test_rows_without_an_outcome_keep_their_gaps() -> None:
    report = impute(endpoint=["os", "pfs"])
    assert report.provenance.analysed == N - 1
    assert [(e.reason, e.rows) for e in report.provenance.excluded] == [
        ("pfs_months or progression missing", 1)
    ]
    save = report.save
    assert save is not None
    saved = list(csv.DictReader(io.StringIO(save())))
    assert {row["ecog"] for row in saved if row["id"] == "P0"} == {""}  # and ecog of P0 is missing
    assert all(row["ecog"] for row in saved if row["id"] == "P7" and row[".imp"] != "0")


def test_an_endpoint_is_given_by_its_columns() -> None:
    report = impute(time="pfs_months", event="progression=1")
    assert report.provenance.analysed == N - 1
    with pytest.raises(UsageError, match="cannot be combined"):
        impute(time="pfs_months", event="progression=1", endpoint=["os"])


@pytest.mark.parametrize("column", ["death", "os_months", "id"])
def test_outcomes_and_ids_are_never_imputed(column: str) -> None:
    with pytest.raises(UsageError, match=r"part of the outcome|identifies the patients"):
        impute(covariates=f"age,{column}")


def test_the_outcome_of_another_endpoint_is_not_imputed(write: Write) -> None:
    with pytest.raises(UsageError, match="pfs_months is part of an outcome"):
        impute(covariates="age,pfs_months")
    assert impute(covariates="age,progression").table("imputation")  # without a gap
    write("hcc2l.toml", DICTIONARY + 'role = "outcome"\n')
    with pytest.raises(UsageError, match="afp is part of an outcome"):
        impute()


def test_a_column_without_any_value_is_refused(write: Write) -> None:
    write("empty.csv", patients(afp_gaps=1.0))
    with pytest.raises(AnalysisError, match="afp has no value"):
        impute("empty.csv")


def test_covariates_are_needed() -> None:
    with pytest.raises(UsageError, match="No covariates were given"):
        hcc2l.impute("c.csv")


def test_a_column_that_is_mostly_missing_is_noted(write: Write) -> None:
    write("gappy.csv", patients(afp_gaps=0.7))
    report = impute("gappy.csv")
    assert "AFP is missing in" in note(report, "mostly-imputed")
    assert "mostly-imputed" not in codes(impute())


def test_few_known_values_are_noted() -> None:
    first = "id in " + ",".join(f"P{i}" for i in range(20))
    assert "from those of only 1" in note(impute(covariates="age,afp", where=[first]), "few-known")
    assert "few-known" not in codes(impute())


def test_gaps_that_depend_on_the_outcome_are_noted(write: Write) -> None:
    write("early.csv", patients(by_outcome=True))
    assert "Whether AFP is missing depends on overall survival" in note(
        impute("early.csv"), "gaps-by-outcome"
    )
    assert "gaps-by-outcome" not in codes(impute())


def test_without_a_gap_all_sets_are_the_same() -> None:
    report = impute(covariates="age,arm")
    assert "no-gaps" in codes(report)
    assert "values" not in {table.name for table in report.tables}
    assert report.draw is not None
    with pytest.raises(AnalysisError, match="no value is missing"):
        report.draw()


def test_without_an_endpoint_a_note_says_what_is_missing(write: Write) -> None:
    text = patients().replace("os_months,death,pfs_months,progression", "a1,a2,a3,a4")
    write("plain.csv", text)
    assert "no-outcome" in codes(impute("plain.csv"))
    assert "no-outcome" not in codes(impute())


def test_the_methods_name_model_number_seed_and_software() -> None:
    report = impute(impute=2, seed=9)
    assert report.methods.endswith(
        "Missing values were imputed 2 times by chained equations with 10 iterations "
        "(hcc2l 0.1.0, seed 9): AFP (on the logarithmic scale) by predictive mean matching with "
        "five donors; ECOG by "
        "proportional-odds regression with parameters drawn from their distribution. The "
        "imputation model of each contained the others, age, arm, the event indicator of overall "
        "survival and the Nelson–Aalen cumulative hazard of overall survival."
    )
    one = impute(covariates="age,afp").methods
    assert " The imputation model contained age, the event indicator of" in one
    assert [r.partition(" ")[0] for r in report.references] == ["van", "White", "White"]


def test_the_figure_has_observed_and_imputed_values_and_the_chains() -> None:
    report = impute(impute=3)
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, ImputationFigure)
    assert [panel.title for panel in figure.panels] == ["AFP, ng/mL", "ECOG"]
    assert [panel.log for panel in figure.panels] == [True, False]
    assert [(d.panel, d.imputation) for d in figure.distributions] == [
        (panel, k) for panel in (0, 1) for k in range(4)
    ]
    assert all(d.share[-1] == 1 for d in figure.distributions if d.panel == 0)
    assert all(sum(d.share) == pytest.approx(1) for d in figure.distributions if d.panel == 1)
    by_iteration = rows_of(report, "convergence", variable="afp", imputation=1)
    assert figure.traces[0].mean == tuple(row["mean"] for row in by_iteration)
