"""Small numbers of patients are told nowhere, and cannot be computed from what is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcc2l import api
from hcc2l.disclosure import suppress
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.render import render_report
from hcc2l.report import Report, SurvivalFigure, told
from tests.conftest import Run, Write
from tests.reports import note, rows_of

SAMPLE = Path(__file__).parent / "reference" / "data" / "second_line"
COHORT = SAMPLE / "cohort.csv"


def _json(report: Report) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(render_report(report, "json"))
    return content


def test_no_table_tells_a_small_count_and_every_key_is_kept() -> None:
    whole = api.table1(COHORT, by="second_line", covariates=["ecog", "etiology"], total=True)
    safe = _json(suppress(whole, 5))
    for table in whole.tables:
        rows = safe["tables"][table.name]
        assert [tuple(row) for row in rows] == [table.keys] * len(table.rows)
        for key in {"count", "missing"} & set(table.keys):
            assert not [row for row in rows if row[key] in (1, 2, 3, 4)]


def test_a_hidden_count_follows_from_no_total() -> None:
    whole = api.table1(COHORT, by="second_line", covariates=["ecog", "etiology"], total=True)
    rows = suppress(whole, 5).table("rows").rows
    for over, naming in (("group", "level"), ("level", "group")):
        for variable in ("ecog", "etiology"):
            for name in {row[naming] for row in rows if row["variable"] == variable}:
                line = [r for r in rows if r["variable"] == variable and r[naming] == name
                        and r["level"] is not None]  # fmt: skip
                assert sum(told(row["count"]) is None for row in line) != 1, (over, variable, name)


def test_percentages_and_tests_of_hidden_counts_are_hidden() -> None:
    whole = api.adverse(COHORT, events=str(SAMPLE / "adverse_events.csv"), by="second_line")
    rows = suppress(whole, 5).table("events").rows
    few = {row["adverse_event"] for row in rows if told(row["count"]) is None}
    assert few
    assert all(told(row["percent"]) is None for row in rows if told(row["count"]) is None)
    hidden = [(row["adverse_event"], row["band"]) for row in rows if told(row["count"]) is None]
    tests = suppress(whole, 5).table("tests").rows
    assert all(
        told(row["p"]) is None for row in tests if (row["adverse_event"], row["band"]) in hidden
    )
    any_event = rows_of(suppress(whole, 5), "tests", adverse_event="any event")
    assert all(told(row["p"]) is not None for row in any_event)


def test_a_rate_that_would_tell_a_hidden_response_is_hidden() -> None:
    safe = suppress(api.response(COHORT, by="second_line"), 5)
    (counts,) = rows_of(safe, "counts", group="lenvatinib")
    assert [str(counts[key]) for key in ("pr", "sd", "pd", "ne")] == ["<5", "–", "11", "<5"]
    assert counts["evaluable"] == "–"  # 40 recorded less the evaluable are the NE
    (evaluable,) = rows_of(safe, "rates", group="lenvatinib", rate="DCR", denominator="evaluable")
    assert (evaluable["n"], evaluable["estimate"]) == ("–", "–")
    assert "95.0%" not in " ".join(n.text for n in safe.notes)


def test_numbers_at_risk_are_hidden_in_tables_and_figures_and_the_steps_left_out() -> None:
    whole = api.km(COHORT, by="second_line", at=[6, 24], curve=True)
    safe = suppress(whole, 5)
    assert [row["n_risk"] for row in safe.table("survival").rows] == [26, "<5", 31, "<5"]
    assert "curve" not in [table.name for table in safe.tables]
    assert "'curve'" in note(safe, "small-counts")
    assert safe.draw is not None
    figure = safe.draw()
    assert isinstance(figure, SurvivalFigure)
    assert [figure.count(n) for n in (0, 1, 4, 5)] == ["0", "<5", "<5", "5"]
    assert not figure.censor_marks


def test_of_a_small_group_nothing_is_told_and_no_curve_drawn(write: Write) -> None:
    rows = "".join(f"{i},1,{'a' if i > 3 else 'b'}\n" for i in range(1, 16))
    safe = suppress(api.km(write("cohort.csv", f"os_months,death,arm\n{rows}"), by="arm"), 5)
    (group,) = rows_of(safe, "groups", group="b")
    assert (group["n"], group["events"], group["median"]) == ("<5", "<5", "–")
    assert {row["estimate"] for row in rows_of(safe, "quantiles", group="b")} == {"–"}
    assert {told(row["estimate"]) for row in rows_of(safe, "quantiles", group="a")} != {None}
    assert safe.draw is not None
    with pytest.raises(AnalysisError, match="suppressed"):
        safe.draw()


def test_a_number_at_the_limit_is_told_and_missing_values_complete_the_levels(
    write: Write,
) -> None:
    marks = "".join(f"{mark}\n" for mark in "x" * 8 + "y" * 5 + "z" * 7)
    safe = suppress(api.table1(write("all.csv", f"mark\n{marks}"), covariates=["mark"]), 5)
    assert [row["count"] for row in rows_of(safe, "rows")] == [8, 5, 7]
    marks = "".join(f"{mark},50\n" for mark in [*"x" * 8, *"y" * 7, "", ""])
    few = write("few.csv", f"mark,age\n{marks}")
    safe = suppress(api.table1(few, covariates=["mark"]), 5)
    rows = rows_of(safe, "rows")
    assert {str(row["missing"]) for row in rows} == {"<5"}
    assert [told(row["count"]) for row in rows] == [8, None]
    assert {told(row["percent"]) for row in rows} == {None}


def test_a_flow_hides_what_an_exclusion_of_few_follows_from() -> None:
    whole = api.flow(COHORT, where=["afp>0", "age>0"], by="second_line", methods=True)
    safe = suppress(whole, 9)
    content = _json(safe)
    rows = content["tables"]["steps"]
    assert (rows[0]["n"], rows[1]["excluded"], rows[2]["n"]) == (None, None, 118)
    assert content["cohort"]["rows"] is None
    assert [e["rows"] for e in content["analysed"]["excluded"]] == [None]
    for text in (*safe.provenance.footer, safe.methods, *(n.text for n in safe.notes)):
        assert "126" not in text
        assert "8 " not in text.replace("118 ", "")
    assert safe.draw is not None
    with pytest.raises(AnalysisError, match="suppressed"):
        safe.draw()


def test_levels_of_a_model_do_not_tell_the_number_left() -> None:
    safe = suppress(api.cox(COHORT, covariates=["ecog"]), 9)
    rows = rows_of(safe, "regression", model="univariable")
    assert [told(row["n"]) is None for row in rows] == [False, True, True]
    assert told(rows[1]["hr"]) is not None  # of many patients, though their number is hidden
    assert told(rows[2]["hr"]) is None


def test_readers_see_what_is_small_and_nothing_is_changed_where_all_is_large() -> None:
    whole = api.table1(COHORT, by="second_line", covariates=["ecog"])
    assert "<5" in render_report(suppress(whole, 5), "md")
    large = api.table1(COHORT, by="second_line", covariates=["sex"])
    assert suppress(large, 2).tables == large.tables
    assert suppress(whole, 1) is whole


def test_the_limit_is_an_option_of_the_command_line_and_a_default_of_the_dictionary(
    run: Run, write: Write
) -> None:
    rows = "os_months,death,arm\n" + "".join(
        f"{i},1,{'a' if i > 3 else 'b'}\n" for i in range(1, 13)
    )
    cohort = write("cohort.csv", rows)
    typed = run("km", cohort, "--by", "arm", "--json", "--min-cell", "5")
    assert typed.status == 0, typed.err
    assert [row["n"] for row in json.loads(typed.out)["tables"]["groups"]] == [None, None]
    cohort.with_name("hcc2l.toml").write_text("[defaults]\nmin_cell = 5\n", encoding="utf-8")
    found = run("km", cohort, "--by", "arm", "--json")
    assert json.loads(found.out)["tables"] == json.loads(typed.out)["tables"]
    everything = run("km", cohort, "--by", "arm", "--json", "--min-cell", "1")
    assert {row["n"] for row in json.loads(everything.out)["tables"]["groups"]} == {3, 9}


def test_what_tells_of_single_patients_is_refused() -> None:
    grown = suppress(api.tree(COHORT, covariates=["afp"]), 5)
    assert grown.save is not None
    with pytest.raises(UsageError, match="row for each patient"):
        grown.save()
    with pytest.raises(UsageError, match="single rows"):
        suppress(api.check(COHORT), 5)


def test_a_study_suppresses_small_counts_in_all_its_tables(run: Run, tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        f'title = "A study"\ncohort = "{COHORT}"\n\n[[table]]\nid = "t1"\ncaption = "Patients"\n'
        'run = "table1 --by second_line -x ecog"\n',
        encoding="utf-8",
    )
    out = tmp_path / "results.json"
    done = run("report", study, "--min-cell", "5", "--out", out)
    assert done.status == 0, done.err
    (entry,) = json.loads(out.read_text(encoding="utf-8"))["entries"]
    counts = [row["count"] for row in entry["report"]["tables"]["rows"]]
    assert None in counts
    assert not {1, 2, 3, 4} & set(counts)


def test_the_events_of_a_period_do_not_follow_from_those_of_the_others() -> None:
    """Of 81 deaths, 9 up to 2 months: with the other 72 they would be told."""
    panel = api.km(COHORT, by="second_line", nph=True, split=[2])
    adjusted = api.cox(
        COHORT, covariates=["second_line", "age"], split=[2], interaction_with_time="second_line"
    )
    for report in (panel, adjusted):
        assert [row["events"] for row in report.table("piecewise").rows] == [9, 72]
        hidden = suppress(report, 10).table("piecewise")
        assert [told(row["events"]) for row in hidden.rows] == [None, None]
