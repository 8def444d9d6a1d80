"""The imputation model of an analysis, its completed cohorts, and the file that holds them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import hcc2l
from hcc2l import read_cohort
from hcc2l.cohort import Cohort
from hcc2l.design import resolve_endpoint
from hcc2l.design.imputation import (
    ImputationModel,
    Imputations,
    imputation_model,
    impute,
    survival_predictors,
)
from hcc2l.design.stacked import COUNTING, imputations_of, stacked_csv
from hcc2l.errors import AnalysisError, InputError, UsageError
from hcc2l.readers import read_beside
from hcc2l.specs import KmSpec
from hcc2l.terms import Parser
from tests.conftest import Write

N = 60
Rows = list[dict[str, str]]
TERMS = "age,sex,ecog,stage,afp,albi_grade,nlr"
DICTIONARY = """
[columns.ecog]
type = "ordered"
levels = ["0", "1", "2"]
[columns.stage]
labels = {"1" = "early", "2" = "intermediate", "3" = "advanced"}
[columns.crp]
scale = "log"
"""


def patients() -> Rows:
    """Sixty patients; every fifth cell of most columns is empty."""
    random = np.random.default_rng(4)
    rows = []
    for i in range(N):
        albumin, bilirubin = 25 + 20 * random.random(), 10 + 30 * random.random()
        row = {
            "id": f"P{i:03}", "os_months": f"{1 + 20 * random.random():.1f}",
            "death": str(int(random.random() < 0.7)), "age": str(int(random.normal(65, 9))),
            "sex": random.choice(["female", "male"]), "ecog": str(random.integers(3)),
            "stage": str(1 + random.integers(3)), "afp": f"{np.exp(random.normal(4, 2)):.0f}",
            "albumin": f"{albumin:.1f}", "bilirubin": f"{bilirubin:.1f}",
            "neutrophils": f"{2 + 4 * random.random():.2f}",
            "lymphocytes": f"{1 + random.random():.2f}", "crp": f"{0.1 + random.random():.2f}",
            "note": f"seen {i}",
        }  # fmt: skip
        for name in ("sex", "ecog", "stage", "afp", "albumin", "neutrophils", "crp"):
            if random.random() < 0.2:
                row[name] = ""
        rows.append(row)
    rows[0]["afp"] = "<2"
    return rows


def as_csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture(autouse=True)
def _cohort(write: Write) -> None:
    write("hcc2l.toml", DICTIONARY)
    write("c.csv", as_csv(patients()))


def modelled(cohort: Cohort, terms: str = TERMS, rows: np.ndarray | None = None) -> ImputationModel:
    endpoint = resolve_endpoint(cohort, KmSpec())
    keep = np.ones(cohort.rows, dtype=bool) if rows is None else rows
    parsed = Parser(cohort.nameable).terms(terms.split(","), "-x")
    return imputation_model(cohort, parsed, keep, survival_predictors(endpoint, keep))


def imputed(path: str = "c.csv", terms: str = TERMS, **options: object) -> Imputations:
    cohort = read_cohort(path)
    return impute(
        cohort, modelled(cohort, terms), **{"sets": 3, "seed": 1, "iterations": 2, **options}
    )  # type: ignore[arg-type]


@cache
def usual() -> Imputations:
    """Three sets of the cohort that every test finds."""
    return imputed()


@cache
def saved_text() -> str:
    return stacked_csv(read_cohort("c.csv"), usual())


def texts(cohort: Cohort, name: str) -> list[str]:
    column = cohort.as_it_stands(name)
    return [column.text(row) for row in range(cohort.rows)]


def test_each_column_has_the_method_of_its_kind() -> None:
    model = modelled(read_cohort("c.csv"), f"{TERMS},crp")
    found = {c.name: (c.method, c.log) for c in model.columns}
    assert found == {
        "afp": ("pmm", True), "age": (None, False), "albumin": ("pmm", False),
        "bilirubin": (None, False), "crp": ("pmm", True), "ecog": ("ordinal", False),
        "lymphocytes": (None, False), "neutrophils": ("pmm", False), "sex": ("logistic", False),
        "stage": ("multinomial", False),
    }  # fmt: skip
    assert model.derived == ("albi_grade", "nlr")


def test_a_term_on_the_log_scale_puts_its_column_there() -> None:
    (column,) = modelled(read_cohort("c.csv"), "neutrophils@log2").imputed
    assert column.log
    (column,) = modelled(read_cohort("c.csv"), "neutrophils@per10").imputed
    assert not column.log


def test_on_the_log_scale_0_is_half_of_the_smallest_value_above(write: Write) -> None:
    rows = patients()
    for row, afp in zip(rows, ["0", "4", "100"], strict=False):
        row["afp"] = afp
    for row in rows[3:]:
        row["afp"] = "" if row["afp"] == "" else "50"
    write("zero.csv", as_csv(rows))
    (column,) = modelled(read_cohort("zero.csv"), "afp").imputed
    np.testing.assert_allclose(column.variable.values[:3], np.log([2, 4, 100]))


def test_the_model_has_event_and_hazard_and_never_the_time() -> None:
    cohort = read_cohort("c.csv")
    outcomes = modelled(cohort).outcomes
    event, hazard = outcomes.values()
    assert list(outcomes) == [
        "event indicator of overall survival", "Nelson–Aalen cumulative hazard of overall survival"
    ]  # fmt: skip
    time = cohort.numbers("os_months")
    np.testing.assert_array_equal(event, cohort.numbers("death"))
    first = int(np.argmin(np.where(event == 1, time, np.inf)))
    tied = ((time == time[first]) & (event == 1)).sum()
    assert hazard[first] == pytest.approx(tied / (time >= time[first]).sum())
    assert (np.diff(hazard[np.argsort(time)]) >= 0).all()


def test_a_competing_event_has_its_own_predictors() -> None:
    endpoint = resolve_endpoint(read_cohort("c.csv"), KmSpec())
    both = replace(endpoint, event=np.where(np.arange(N) < 10, 2, endpoint.event))
    found = survival_predictors(both, np.ones(N, dtype=bool))
    assert len(found) == 4
    assert found["event indicator of overall survival (competing event)"].sum() == 10


def test_completed_cohorts_have_observed_values_in_the_gaps_alone() -> None:
    original = read_cohort("c.csv")
    found = usual()
    for completed in found.cohorts:
        for name in original.names:
            before, after = texts(original, name), texts(completed, name)
            for old, new in zip(before, after, strict=True):
                assert new == old if old else new in before
    for column in found.model.imputed:
        assert "" not in texts(found.cohorts[0], column.name)
    assert "" in texts(found.cohorts[0], "crp")  # is in no term
    assert "" in texts(original, "sex")


def test_scores_of_completed_cohorts_follow_their_parts() -> None:
    completed = usual().cohorts[0]
    ratio = completed.numbers("neutrophils") / completed.numbers("lymphocytes")
    np.testing.assert_allclose(completed.numbers("nlr"), ratio, atol=1e-9)
    assert not completed.column("albi_grade").missing.any()
    assert read_cohort("c.csv").column("nlr").missing.any()


def test_an_imputed_detection_limit_stays_one() -> None:
    column = read_cohort("c.csv").as_it_stands("afp").with_cells_of(np.array([1, 0, 0]))
    assert [column.cell(row) for row in range(3)][1:] == ["<2", "<2"]
    assert column.limits == {1: "<2", 2: "<2"}
    assert column.beside_limits[1] < 2


def test_a_recorded_score_is_computed_from_imputed_parts(write: Write) -> None:
    rows = patients()
    scores = read_cohort("c.csv").numbers("nlr")
    for row, score in zip(rows, scores, strict=True):
        row["nlr"] = "" if np.isnan(score) else f"{score:.2f}"
    write("scored.csv", as_csv(rows))
    found = imputed("scored.csv")
    (recorded,) = found.model.recorded
    assert (recorded.name, set(recorded.parts)) == ("nlr", {"neutrophils", "lymphocytes"})
    completed = found.cohorts[0]
    assert [t for t, r in zip(texts(completed, "nlr"), rows, strict=True) if r["nlr"]] == [
        t for t in texts(read_cohort("scored.csv"), "nlr") if t
    ]
    ratio = completed.numbers("neutrophils") / completed.numbers("lymphocytes")
    np.testing.assert_allclose(completed.numbers("nlr"), ratio, atol=0.006)


def test_a_recorded_class_may_be_one_that_no_patient_has(write: Write) -> None:
    rows = patients()
    grades = texts(read_cohort("c.csv").with_columns({}), "albi_grade")
    for row, grade in zip(rows, grades, strict=True):
        row["albi_grade"] = {"1": "", "": ""}.get(grade, grade)
        if row["albumin"] and float(row["albumin"]) > 40:
            row["albi_grade"] = row["albumin"] = ""
    write("graded.csv", as_csv(rows))
    found = imputed("graded.csv")
    assert [score.name for score in found.model.recorded] == ["albi_grade"]
    for completed in found.cohorts:
        assert texts(completed, "albi_grade") == texts(
            completed.without_column("albi_grade"), "albi_grade"
        )


def test_a_column_that_only_has_the_name_of_a_score_is_imputed(write: Write) -> None:
    rows = patients()
    for i, row in enumerate(rows):
        row["nlr"] = "" if i % 9 == 0 else str(i)
    write("named.csv", as_csv(rows))
    model = modelled(read_cohort("named.csv"))
    assert not model.recorded
    assert "nlr" in {column.name for column in model.imputed}


def test_the_order_of_rows_of_columns_and_of_terms_changes_nothing(write: Write) -> None:
    rows = patients()[::-1]
    write("turned.csv", as_csv([dict(reversed(row.items())) for row in rows]))
    one, other = usual(), imputed("turned.csv", ",".join(TERMS.split(",")[::-1]))
    for a, b in zip(one.cohorts, other.cohorts, strict=True):
        for name in a.names:
            assert texts(a, name) == texts(b, name)[::-1]


def test_without_ids_the_order_of_rows_changes_nothing(write: Write) -> None:
    rows = [{k: v for k, v in row.items() if k != "id"} for row in patients()]
    write("a.csv", as_csv(rows))
    write("b.csv", as_csv(rows[::-1]))
    a, b = imputed("a.csv").cohorts[0], imputed("b.csv").cohorts[0]
    assert texts(a, "afp") == texts(b, "afp")[::-1]


def test_a_set_does_not_depend_on_the_number_of_sets() -> None:
    few, many = imputed(sets=2), imputed(sets=5)
    for a, b in zip(few.cohorts, many.cohorts[:2], strict=True):
        assert texts(a, "afp") == texts(b, "afp")
    assert texts(many.cohorts[0], "afp") != texts(many.cohorts[1], "afp")
    assert texts(imputed(seed=2).cohorts[0], "afp") != texts(few.cohorts[0], "afp")


def test_rows_that_are_not_analysed_keep_their_gaps() -> None:
    cohort = read_cohort("c.csv")
    keep = np.arange(N) < 40
    found = impute(cohort, modelled(cohort, TERMS, keep), sets=2, seed=1, iterations=1)
    after = texts(found.cohorts[0], "afp")
    assert "" not in after[:40]
    assert after[40:] == texts(cohort, "afp")[40:]


def test_auto_takes_the_percentage_of_incomplete_rows_and_at_least_20() -> None:
    cohort = read_cohort("c.csv")
    model = modelled(cohort)
    incomplete = sum(
        not all(row[name] for name in ("sex", "ecog", "stage", "afp", "albumin", "neutrophils"))
        for row in patients()
    )
    assert model.incomplete == incomplete
    assert model.sets("auto") == int(np.ceil(100 * incomplete / N))
    assert modelled(cohort, "age").sets("auto") == 20
    assert model.sets(7) == 7


def test_a_column_without_any_value_is_refused() -> None:
    keep = np.array([row["afp"] == "" for row in patients()])
    with pytest.raises(AnalysisError, match="afp has no value in the patients analysed"):
        modelled(read_cohort("c.csv"), "age,afp", keep)


def test_several_values_in_one_cell_are_not_imputed(write: Write) -> None:
    rows = patients()
    for i, row in enumerate(rows):
        row["cause"] = ["HBV;alcohol", "HCV", "HBV", ""][i % 4]
    write("several.csv", as_csv(rows))
    write("hcc2l.toml", DICTIONARY + '[columns.cause]\nsplit = ";"\n')
    with pytest.raises(UsageError, match="cause holds several values for one patient"):
        modelled(read_cohort("several.csv"), "age,cause___HBV")


# --- the stacked file ---


@pytest.fixture
def saved(write: Write) -> Path:
    return write("imputed.csv", saved_text())


def from_file(path: Path | str, cohort: str = "c.csv", terms: str = TERMS) -> Imputations:
    read = read_cohort(cohort)
    stacked = read_beside(read, path, id_column=lambda _: read.id_column, counting=COUNTING)
    return imputations_of(read, modelled(read, terms), stacked)


def stacked_rows(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_the_file_holds_the_cohort_and_every_set(saved: Path) -> None:
    rows = stacked_rows(saved)
    assert list(rows[0])[:3] == [".imp", ".id", "id"]
    assert [row[".imp"] for row in rows] == [str(k) for k in range(4) for _ in range(N)]
    assert [row[".id"] for row in rows[:N]] == [str(i + 1) for i in range(N)]
    original = [{k: v for k, v in row.items() if k not in (".imp", ".id")} for row in rows[:N]]
    assert original == patients()


def test_a_saved_file_gives_the_same_completed_cohorts(saved: Path) -> None:
    for a, b in zip(usual().cohorts, from_file(saved).cohorts, strict=True):
        for name in (*a.names, "nlr", "albi_grade", "stage"):
            one, other = a.column(name), b.column(name)
            assert [one.text(r) for r in range(N)] == [other.text(r) for r in range(N)], name


def test_spss_calls_the_column_imputation(saved: Path, write: Write) -> None:
    path = write("spss.csv", saved.read_text().replace(".imp,.id", "Imputation_,.id", 1))
    assert from_file(path).sets == 3


def test_rows_are_found_by_id_else_by_number(saved: Path, write: Write) -> None:
    rows = stacked_rows(saved)
    write("mixed.csv", as_csv(sorted(rows, key=lambda row: (row["crp"], row[".imp"]))))
    expected = texts(usual().cohorts[2], "afp")
    assert texts(from_file("mixed.csv").cohorts[2], "afp") == expected
    without = [{k: v for k, v in row.items() if k != "id"} for row in rows]
    write("plain.csv", as_csv([{k: v for k, v in row.items() if k != "id"} for row in patients()]))
    write("mixed.csv", as_csv(sorted(without, key=lambda row: (row["crp"], row[".imp"]))))
    assert texts(from_file("mixed.csv", "plain.csv").cohorts[2], "afp") == expected


Change = Callable[[Rows], Sequence[dict[str, str]]]


def _of(rows: Rows, *sets: str) -> Rows:
    return [row for row in rows if row[".imp"] in sets]


def _changed(rows: Rows, number: str, row_id: str, **cells: str) -> Rows:
    return [row | cells if (row[".imp"], row["id"]) == (number, row_id) else row for row in rows]


def _first_gap(name: str) -> str:
    return next(row["id"] for row in patients() if not row[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: [{k: v for k, v in r.items() if k != ".imp"} for r in rows],
         "The file has no column .imp"),
        (lambda rows: _of(rows, "1", "2", "3"), "The file has no original set"),
        (lambda rows: _of(rows, "0", "1"), "The file has a single imputation"),
        (lambda rows: _of(rows, "0"), "The file has no imputation"),
        (lambda rows: _changed(rows, "1", "P003", **{".imp": "first"}),
         "'first' is not the number of an imputation"),
        (lambda rows: rows[:-1], "Imputation 3 has 59 rows, the cohort 60"),
        (lambda rows: _changed(rows, "2", "P003", id="P999"), "Imputation 2 has no row of p003"),
        (lambda rows: _changed(rows, "1", "P003", age="7"),
         "age of P003 is .* in the cohort, but '7' in imputation 1"),
        (lambda rows: _changed(rows, "0", "P003", death="0" if rows[3]["death"] == "1" else "1"),
         "death of P003"),
        (lambda rows: _changed(rows, "1", _first_gap("sex"), sex="unclear"),
         "sex has levels that are not in the cohort: 'unclear'"),
        (lambda rows: _changed(rows, "2", _first_gap("afp"), afp=""),
         "afp has no value in 1 row of imputation 2"),
        (lambda rows: [{k: v for k, v in r.items() if k != "afp"} for r in rows],
         "The file has no column 'afp'"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_of_this_cohort_is_refused(
    change: Change, message: str, saved: Path, write: Write
) -> None:
    write("other.csv", as_csv(list(change(stacked_rows(saved)))))
    with pytest.raises((InputError, UsageError), match=message):
        from_file("other.csv")


def test_a_stacked_file_is_not_analysed_as_a_cohort(saved: Path) -> None:
    with pytest.raises(InputError, match=r"holds 4 copies of the same patients, numbered by \.imp"):
        hcc2l.km(saved)
    assert hcc2l.km(saved, where=[".imp==2"]).provenance.analysed == N


def test_a_stacked_file_is_not_stacked_again(saved: Path) -> None:
    cohort = read_cohort(saved)
    with pytest.raises(UsageError, match=r"already has the column '\.imp'"):
        stacked_csv(cohort, usual())


def test_codes_for_missing_values_are_not_those_of_the_number_of_a_set(write: Write) -> None:
    write("hcc2l.toml", f'missing = ["1", "2"]\n{DICTIONARY}')
    cohort = read_cohort("c.csv")
    made = imputed(terms="age,sex,afp", sets=2, iterations=1)
    path = write("coded.csv", stacked_csv(cohort, made))
    assert texts(from_file(path, terms="age,sex,afp").cohorts[1], "afp") == texts(
        made.cohorts[1], "afp"
    )


def test_a_value_that_the_dictionary_makes_missing_is_imputed(write: Write) -> None:
    table = '[columns.sex]\ngroups = {women = ["female"], men = ["male"]}\nother = "missing"\n'
    write("hcc2l.toml", DICTIONARY + table)
    rows = patients()
    rows[0]["sex"] = "other"
    write("c.csv", as_csv(rows))
    made = imputed(terms="age,sex", sets=2, iterations=1)
    assert texts(made.cohorts[0], "sex")[0] in ("female", "male")
    path = write("saved.csv", stacked_csv(read_cohort("c.csv"), made))
    again = from_file(path, terms="age,sex").cohorts[0]
    assert texts(again, "sex") == texts(made.cohorts[0], "sex")


# --- interactions ---


@pytest.mark.parametrize("interaction", [True, False])
def test_an_interaction_of_the_analysis_predicts(write: Write, *, interaction: bool) -> None:
    random = np.random.default_rng(0)
    n = 400
    a, b = np.arange(n) % 2, np.arange(n) // 2 % 2
    marker = 10.0 * (a == b) + random.standard_normal(n)
    gaps = np.arange(n) % 5 == 0
    cells = [
        f"{i},{1 + i % 30},1,{a[i]},{b[i]},{'' if gaps[i] else f'{marker[i]:.3f}'}"
        for i in range(n)
    ]
    path = write("inter.csv", "\n".join(["id,os_months,death,a,b,marker", *cells]))
    cohort = read_cohort(path)
    terms = Parser(cohort.nameable).terms(["a", "b", "marker"], "-x")
    pairs = [(terms[0], terms[1])] if interaction else []
    model = imputation_model(cohort, terms, np.ones(n, dtype=bool), {}, pairs)
    filled = impute(cohort, model, sets=2, seed=1, iterations=2).cohorts[0].numbers("marker")[gaps]
    alike = (a == b)[gaps]
    assert ((filled > 5) == alike).all() == interaction


def test_an_interaction_never_predicts_its_own_parts() -> None:
    cohort = read_cohort("c.csv")
    terms = Parser(cohort.nameable).terms(["afp", "age"], "-x")
    keep = np.ones(N, dtype=bool)
    plain, product = (imputation_model(cohort, terms, keep, {}, p) for p in ([], [(*terms,)]))
    one, other = (impute(cohort, m, sets=2, seed=1, iterations=1) for m in (plain, product))
    assert texts(one.cohorts[0], "afp") == texts(other.cohorts[0], "afp")


def test_an_interaction_may_have_a_score_and_categories() -> None:
    cohort = read_cohort("c.csv")
    terms = Parser(cohort.nameable).terms(["nlr", "stage", "afp"], "-x")
    model = imputation_model(cohort, terms, np.ones(N, dtype=bool), {}, [(terms[0], terms[1])])
    completed = impute(cohort, model, sets=2, seed=1, iterations=2).cohorts[0]
    assert not any(completed.column(term.column).missing.any() for term in terms)


def test_a_file_of_spss_labels_the_original_data(saved: Path) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.read_csv(saved, dtype={"afp": str, "note": str}).drop(columns=".id")
    frame = frame.rename(columns={".imp": "Imputation_"}).fillna({"afp": ""})
    labels = {"Imputation_": {0: "Original data"}}
    pyreadstat.write_sav(frame, "imputed.sav", variable_value_labels=labels)
    for a, b in zip(usual().cohorts, from_file("imputed.sav").cohorts, strict=True):
        assert texts(a, "afp") == texts(b, "afp")
