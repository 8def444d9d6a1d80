"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l.errors import Hcc2lError
from tests.analyses.psmatch.cohorts import LALONDE, SECOND_LINE, psmatch
from tests.cli.test_bad_input import UNANSWERED, WRONG, snapshot
from tests.conftest import Outcome, Run, Write

Refuse = Callable[..., Outcome]


@pytest.fixture
def refuse(run: Run, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Refuse:
    monkeypatch.setenv("HCC2L_COHORT", str(SECOND_LINE))

    def call(*arguments: object, status: int = WRONG, says: str = "") -> Outcome:
        before = snapshot(workplace)
        files = ("--out", "x.json", "--plot", "x.png", "--save", "x.csv")
        outcome = run("psmatch", *arguments, *files)
        assert outcome.status == status, outcome.err
        assert outcome.out == ""
        assert len(outcome.messages("error")) == 1, outcome.err
        assert outcome.messages("hint"), outcome.err
        assert "Traceback" not in outcome.err
        for part in filter(None, says.split(" | ")):
            assert part in outcome.err, outcome.err
        assert snapshot(workplace) == before
        return outcome

    return call


LENVATINIB = ("--treat", "lenvatinib")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ((), WRONG, "--treat | --treat lenvatinib"),
        (("--treat", "lenvatanib"), WRONG, "lenvatanib | 'lenvatinib'"),
        (("--treat", "no"), WRONG, "5 columns | lymph_node | --treat extrahepatic_spread=no"),
        (("--treat", "drug=x"), WRONG, "no column 'drug'"),
        (("--treat", "sex=diverse"), WRONG, "sex | diverse"),
        (("--treat", "albi", "-x", "sex"), WRONG, "albi is a number"),
        (("--treat", "centre"), WRONG, "3 levels | --treat 'centre=Centre 1'"),
        (("--treat", "centre=Centre 1"), WRONG, "3 levels | --control 'Centre 2'"),
        ((*LENVATINIB, "--control", "lenvatinib"), WRONG, "--control | itself"),
        ((*LENVATINIB, "--control", "regorafenib"), WRONG, "--control | no level"),
        ((*LENVATINIB, "--where", "second_line==lenvatinib"), UNANSWERED, "All 40 | compare"),
        ((*LENVATINIB, "-x", "age,second_line"), WRONG, "second_line is the treatment itself"),
        ((*LENVATINIB, "-x", "age,nothing"), WRONG, "no column 'nothing'"),
        ((*LENVATINIB, "-x", "os_months"), WRONG, "part of the outcome"),
        ((*LENVATINIB, "-x", "patient_id"), WRONG, "identifies the patients"),
        ((*LENVATINIB, "-x", "start_2l"), WRONG, "start_2l"),
        ((*LENVATINIB, "--exact", "second_line"), WRONG, "--exact | treatment itself"),
        ((*LENVATINIB, "--exact", "albi"), WRONG, "--exact | @median"),
        ((*LENVATINIB, "--caliper", "wide"), WRONG, "--caliper | none"),
        ((*LENVATINIB, "--caliper", "0"), WRONG, "--caliper | above 0"),
        ((*LENVATINIB, "--caliper", "1e-9"), UNANSWERED, "within the caliper | apart"),
        ((*LENVATINIB, "--ratio", "0"), WRONG, "--ratio"),
        ((*LENVATINIB, "--order", "biggest"), WRONG, "biggest | Choose from: largest, smallest"),
        (("--treat", "sorafenib", "--where", "patient_id==P001"), UNANSWERED, "only patient has"),
        ((*LENVATINIB, "--weighting", "iptw", "--truncate", "0.6"), WRONG, "0 and 0.5"),
        ((*LENVATINIB, "--endpoint", "oss"), WRONG, "oss | 'os'"),
        ((*LENVATINIB, "--endpoint", "os", "--time", "age"), WRONG, "--endpoint"),
        ((*LENVATINIB, "--time", "os_days"), WRONG, "os_days | os_months"),
        ((*LENVATINIB, "--where", "age>200"), UNANSWERED, "No rows remain"),
        ((*LENVATINIB, "--which", "tree"), WRONG, "tree | love"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_refused(
    arguments: tuple[str, ...], status: int, says: str, refuse: Refuse
) -> None:
    refuse(*arguments, status=status, says=says)


def test_without_covariates_the_error_shows_what_to_type(refuse: Refuse, write: Write) -> None:
    write("c.csv", "id,drug,age,time,status\n1,a,50,1,1\n2,b,60,2,0\n")
    refuse("c.csv", "--treat", "a", says="-x | covariates = | hcc2l.toml")


def refuse_small(
    refuse: Refuse, write: Write, rows: list[str], says: str, *more: str, status: int = UNANSWERED
) -> None:
    lines = [f"{row},{i + 1},1" for i, row in enumerate(rows)]
    write("c.csv", "\n".join(["drug,x,copy,time,status", *lines]))
    refuse("c.csv", "--treat", "drug=a", *more, status=status, says=says)


def test_a_covariate_equal_to_the_treatment_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i * 7 % 10},{'AB'[i % 2]}" for i in range(20)]
    refuse_small(
        refuse, write, rows, "copy separates the two treatments completely", "-x", "x,copy"
    )


def test_treatments_that_the_covariates_separate_are_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i},{i + i % 2 * 0.5}" for i in range(20)]
    refuse_small(refuse, write, rows, "Together, | no overlap", "-x", "x,copy")


def test_a_group_without_complete_patients_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"a,{i},y" for i in range(9)] + [f"b,,{'yz'[i % 2]}" for i in range(9)]
    refuse_small(refuse, write, rows, "No patient in the b group | x missing (9)", "-x", "x")


def test_covariates_that_do_not_vary_are_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},5,y" for i in range(10)]
    refuse_small(refuse, write, rows, "No covariate varies", "-x", "x,copy")


def test_nobody_in_the_same_stratum_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i * 7 % 10},{'AB'[i % 2]}" for i in range(20)]
    words = ("-x", "x", "--exact", "copy", "--caliper", "none")
    refuse_small(refuse, write, rows, "same stratum | fewer variables or on broader", *words)
    # Nor is it the caliper's fault when there is one.
    says = "same stratum. | fewer variables or on broader"
    refuse_small(refuse, write, rows, says, "-x", "x", "--exact", "copy")


def test_optimal_matching_of_too_many_patients_is_refused(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hcc2l.analyses.psmatch.matching.MOST_CELLS", 3000)
    says = "40 treated patients with 86 controls | GB | nearest"
    refuse(*LENVATINIB, "--method", "optimal", status=UNANSWERED, says=says)


def test_survival_is_not_drawn_without_an_endpoint(refuse: Refuse) -> None:
    words = ("--treat", "treat", "-x", "age,educ", "--which", "survival")
    refuse(LALONDE, *words, status=UNANSWERED, says="endpoint")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_small_cohort_gives_a_report_or_a_message(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 24))
    one = st.tuples(
        st.sampled_from("ab"), st.integers(0, 3), st.sampled_from(["u", "v", ""]),
        st.integers(0, 4), st.integers(0, 1), st.sampled_from(["CR", "PR", "PD", "NE", ""]),
    )  # fmt: skip
    rows = data.draw(st.lists(one, min_size=n, max_size=n))
    lines = ["drug,x,g,os_months,death,response", *(",".join(map(str, row)) for row in rows)]
    options = {
        "covariates": data.draw(st.sampled_from([["x"], ["x", "g"], ["g", "x>=2"]])),
        "method": data.draw(st.sampled_from(["nearest", "optimal"])),
        "caliper": data.draw(st.sampled_from(["none", 0.2])),
        "weighting": data.draw(st.sampled_from(["none", "iptw", "overlap"])),
        "doubly_robust": data.draw(st.booleans()),
        "which": data.draw(st.sampled_from(["love", "scores", "survival"])),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "c.csv")
        path.write_text("\n".join(lines))
        try:
            report = hcc2l.psmatch(path, treat="drug=a", **options)
        except Hcc2lError:
            return
        assert report.draw is not None
        assert report.save is not None
        assert report.save().startswith("drug,")
        assert report.draw().tables
        hcc2l.render_report(report, "json")


def test_missing_covariates_are_counted_by_variable() -> None:
    report = psmatch(covariates=["age", "afp", "bilirubin"])
    reasons = {e.reason: e.rows for e in report.provenance.excluded}
    assert set(reasons) == {"afp missing", "bilirubin missing"}
    assert reasons["afp missing"] == 8
