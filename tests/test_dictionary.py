"""`hcc2l.toml`: where it is found, what it decides, how faults are reported; and the cohort."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hcc2l.dictionary import endpoint_label, readable, recognise_endpoints, unit_from_name
from tests.conftest import Outcome, Run, Write

PATIENTS = """\
patient_id,months,status,arm,afp,child_pugh,stage,response,t_death
p1,1.5,dead,low,100,B,early,CR,1
p2,2.5,dead,high,400,A,late,PD,1
p3,3.5,alive,mid,900,B,early,PR,0
p4,4.5,dead,low,300,A,late,SD,1
p5,5.5,alive,high,-9,B,early,NE,0
p6,6.5,dead,mid,500,A,late,PD,1
"""
ENDPOINT = """
[endpoints.os]
time = "months"
event = "status"
"""


@pytest.fixture(autouse=True)
def _patients(write: Write) -> None:
    write("data/patients.csv", PATIENTS)


def groups(outcome: Outcome) -> list[str]:
    """The groups of a JSON result in their order."""
    return [row["group"] for row in outcome.json["tables"]["groups"]]


def settings(outcome: Outcome) -> dict[str, Any]:
    result: dict[str, Any] = outcome.json["settings"]
    return result


# ---------------------------------------------------------------- where it is found


def test_a_dictionary_beside_the_cohort_is_used(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT)
    assert settings(run("km", "data/patients.csv", "--json"))["time"] == "months"


def test_a_dictionary_in_the_working_folder_is_used(run: Run, write: Write) -> None:
    write("hcc2l.toml", ENDPOINT)
    assert settings(run("km", "data/patients.csv", "--json"))["time"] == "months"


def test_the_dictionary_beside_the_cohort_wins_over_the_one_in_the_working_folder(
    run: Run, write: Write
) -> None:
    write("data/hcc2l.toml", ENDPOINT + 'label = "Beside"\n')
    write("hcc2l.toml", ENDPOINT + 'label = "Here"\n')
    assert run("km", "data/patients.csv", "--json").json["title"].startswith("Beside")


def test_the_dictionary_that_is_named_wins_over_both(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + 'label = "Beside"\n')
    write("hcc2l.toml", ENDPOINT + 'label = "Here"\n')
    write("else/where.toml", ENDPOINT + 'label = "Named"\n')
    outcome = run("km", "data/patients.csv", "--config", "else/where.toml", "--json")
    assert outcome.json["title"].startswith("Named")


def test_a_dictionary_that_is_named_and_absent_is_an_error(run: Run) -> None:
    outcome = run("km", "data/patients.csv", "--config", "nowhere.toml")
    assert outcome.status == 2
    assert "nowhere.toml" in outcome.messages("error")[0]


def test_the_dictionary_of_the_working_folder_serves_standard_input(run: Run, write: Write) -> None:
    write("hcc2l.toml", ENDPOINT)
    assert run("km", "-", "--json", stdin=PATIENTS.encode()).json["analysed"]["rows"] == 6


def test_a_dictionary_with_a_byte_order_mark_and_windows_lines_is_read(
    run: Run, write: Write
) -> None:
    write("data/hcc2l.toml", ("\ufeff" + ENDPOINT).replace("\n", "\r\n"))
    assert run("km", "data/patients.csv", "--json").json["analysed"]["rows"] == 6


# ---------------------------------------------------------------- which cohort


def test_the_cohort_of_the_dictionary_in_the_working_folder_is_used(run: Run, write: Write) -> None:
    write("hcc2l.toml", 'cohort = "data/patients.csv"\n' + ENDPOINT)
    cohort = run("km", "--json").json["cohort"]
    assert cohort["source"] == "patients.csv"
    assert cohort["rows"] == 6
    assert cohort["synthetic"] is False


def test_the_cohort_of_a_named_dictionary_lies_beside_that_dictionary(
    run: Run, write: Write
) -> None:
    write("data/mine.toml", 'cohort = "patients.csv"\n' + ENDPOINT)
    assert run("km", "--config", "data/mine.toml", "--json").json["cohort"]["rows"] == 6


def test_the_cohort_of_the_environment_wins_over_the_dictionary(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("hcc2l.toml", 'cohort = "data/patients.csv"\n')
    write("other.csv", "time,status\n1,1\n2,0\n")
    monkeypatch.setenv("HCC2L_COHORT", "other.csv")
    outcome = run("km", "--json")
    assert outcome.json["cohort"]["rows"] == 2
    assert outcome.json["cohort"]["synthetic"] is False
    assert "bundled" not in outcome.json["title"] + outcome.err


def test_the_cohort_of_the_command_line_wins_over_the_environment(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("other.csv", "time,status\n1,1\n2,0\n")
    write("third.csv", "time,status\n1,1\n2,0\n3,1\n")
    monkeypatch.setenv("HCC2L_COHORT", "other.csv")
    assert run("km", "third.csv", "--json").json["cohort"]["rows"] == 3


def test_a_cohort_of_the_environment_that_is_absent_is_an_error(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HCC2L_COHORT", "absent.csv")
    outcome = run("km")
    assert outcome.status == 2
    assert "absent.csv" in outcome.messages("error")[0]


def test_without_any_cohort_the_bundled_one_is_used_and_every_output_says_so(run: Run) -> None:
    result = run("km", "--json")
    assert result.json["cohort"]["synthetic"] is True
    assert "bundled synthetic cohort" in result.json["title"]
    for format_ in ("table", "md", "html", "tex"):
        assert "bundled synthetic cohort" in run("km", "--format", format_).out


def test_without_any_cohort_standard_error_says_how_to_name_one(run: Run) -> None:
    (note,) = [line for line in run("km").messages("note") if "bundled" in line]
    assert "hcc2l COMMAND cohort.csv" in note


def test_a_dictionary_without_a_cohort_leads_to_the_bundled_one(run: Run, write: Write) -> None:
    write("hcc2l.toml", 'title = "no cohort named"\n')
    assert run("km", "--json").json["cohort"]["synthetic"] is True


def test_a_cohort_that_its_dictionary_calls_synthetic_is_so_in_json(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", "synthetic = true\n" + ENDPOINT)
    assert run("km", "data/patients.csv", "--json").json["cohort"]["synthetic"] is True


def test_the_title_of_a_cohort_stands_in_the_heading(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", 'title = "Busan registry"\n' + ENDPOINT)
    assert run("km", "data/patients.csv").out.splitlines()[0].endswith("— Busan registry")


# ---------------------------------------------------------------- faults


def faults(run: Run, write: Write, text: str) -> str:
    """The error about a faulty dictionary."""
    write("data/hcc2l.toml", text)
    outcome = run("km", "data/patients.csv")
    assert outcome.status == 2
    assert outcome.out == ""
    assert len(outcome.messages("error")) == 1
    assert "hcc2l.toml" in outcome.messages("error")[0]
    return outcome.err


def test_all_faults_are_listed_together_with_line_and_key(run: Run, write: Write) -> None:
    messages = faults(
        run,
        write,
        'idd = "patient_id"\n'  # line 1
        "treatment = 5\n"  # line 2
        "\n"
        "[endpoints.os]\n"
        'tme = "months"\n'  # line 5
        'event = "status"\n'
        "\n"
        "[columns.afp]\n"
        "cut = [400, 200]\n"  # line 9
        'rol = "baseline"\n'  # line 10
        "[columns.arm]\n"
        'levels = ["low", "low"]\n'  # line 12
        'role = "basline"\n'  # line 13
        "[km]\n"
        'bye = "arm"\n'  # line 15
        "[defaults]\n"
        "digit = 2\n",  # line 17
    )
    for place in (
        "line 1, idd:",
        "line 2, treatment:",
        "line 5, endpoints.os.tme:",
        "line 9, columns.afp.cut:",
        "line 10, columns.afp.rol:",
        "line 12, columns.arm.levels:",
        "line 13, columns.arm.role:",
        "line 15, km.bye:",
        "line 17, defaults.digit:",
    ):
        assert place in messages


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ('titel = "x"', "'title'"),
        ('[endpoint.os]\ntime = "months"', "'endpoints'"),
        ('[columns.afp]\nlabl = "AFP"', "'label'"),
        ('[columns.afp]\nrole = "outcom"', "'outcome'"),
        ('[columns.afp]\ntype = "numerical"', "'numeric'"),
        ("[km]\nlandmrk = 3", "'landmark'"),
        ("[defaults]\nconf_levle = 0.9", "'conf_level'"),
        ('[columns.arm]\nlevels = ["low", "high"]\nreference = "hihg"', "'high'"),
        ('[endpoints.x]\nstart = "a"\nend = "b"\ncensor = "c"\nunit = "month"', "'months'"),
    ],
)
def test_the_nearest_known_name_is_suggested(text: str, near: str, run: Run, write: Write) -> None:
    assert f"Did you mean {near}" in faults(run, write, text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("id = 5", "id"),
        ('synthetic = "yes"', "synthetic"),
        ('columns = "afp"', "columns"),
        ('columns.afp = "AFP"', "columns.afp"),
        ('[columns.afp]\ncut = "four hundred"', "columns.afp.cut"),
        ("[columns.arm]\nlevels = [true]", "columns.arm.levels"),
        ('km = "arm"', "km"),
        ('[endpoints.os]\ntime = "months"', "endpoints.os"),
        ('[endpoints.os]\nstart = "a"\nend = "b"', "endpoints.os"),
        ('[endpoints.os]\ntime = "t"\nevent = "e"\nstart = "s"', "endpoints.os"),
        ('date_order = "ydm"', "date_order"),
        ('[endpoints.os]\nstart = "a"\nend = "b"\ncensor = "c"\nevent = "d"', "endpoints.os"),
        ('[endpoints.os]\nstart = "a"\ncensor = "c"', "endpoints.os"),
        ('[endpoints.os]\nend = "a"\nevent = "c"', "endpoints.os"),
        ('[endpoints.os]\nend = ["b", "c"]\nstart = "a"\nevent = "d"', "endpoints.os.end"),
        ('[endpoints.os]\nend = ["b", "b"]\nstart = "a"\ncensor = "d"', "endpoints.os.end"),
        ('[endpoints.os]\nstart = "a"\nend = "a"\nevent = "c"', "endpoints.os.start"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_fault(text: str, key: str, run: Run, write: Write) -> None:
    assert re.search(rf"line [12], {key}: ", faults(run, write, text))


def test_an_endpoint_that_ends_where_it_is_censored_is_refused(run: Run, write: Write) -> None:
    text = '[endpoints.os]\nstart = "a"\nend = ["b", "seen"]\ncensor = "seen"\n'
    message = faults(run, write, text)
    assert "line 4, endpoints.os.censor: end and censor are the same column, seen, so" in message
    assert "every patient would have the event" in message


def test_an_endpoint_of_times_and_dates_is_refused(run: Run, write: Write) -> None:
    dates = '[endpoints.os]\nstart = "a"\nend = "b"\nevent = "c"\n'
    message = faults(run, write, dates + 'time = "t"\n')
    assert "endpoints.os: give either time and event, or start and end." in message


def test_an_endpoint_is_a_last_contact_with_a_status(run: Run, write: Write) -> None:
    write("hcc2l.toml", '[endpoints.os]\nstart = "a"\nend = "b"\nevent = "c=1"\nunit = "weeks"\n')
    write("c.csv", "a,b,c\n2020-01-01,2020-01-15,1\n2020-01-01,2020-01-29,2\n")
    outcome = run("km", "c.csv", "--json").json
    (row,) = outcome["tables"]["groups"]
    assert (row["n"], row["events"], row["observed_max"]) == (2, 1, 4.0)
    assert outcome["settings"]["label"] == "Overall survival"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[defaults]\ndigits = "two"', "defaults.digits"),
        ("[defaults]\ndigits = -1", "defaults.digits"),
        ('[defaults]\nconf_level = "high"', "defaults.conf_level"),
        ("[defaults]\nconf_level = 95", "defaults.conf_level"),
        ("[defaults]\nwhere = 5", "defaults.where"),
        ("[defaults]\nendpoint = 5", "defaults.endpoint"),
        ("[defaults]\nsep = 5", "defaults.sep"),
        ("[defaults]\nencoding = 5", "defaults.encoding"),
        ('[defaults]\nformat = "jsn"', "defaults.format"),
        ('[defaults]\nquiet = "yes"', "defaults.quiet"),
        ("[km]\nby = 5", "km.by"),
        ('[km]\nat = ["six"]', "km.at"),
        ('[km]\ntau = "long"', "km.tau"),
        ('[km]\ntrend = "yes"', "km.trend"),
        ('[km]\nconf_type = "loglog"', "km.conf_type"),
        ('[km]\ntest = ["log-rank"]', "km.test"),
        ('[km]\ncurve = "no"', "km.curve"),
    ],
)
def test_an_option_that_cannot_have_its_value_is_a_fault_of_the_dictionary(
    text: str, key: str, run: Run, write: Write
) -> None:
    assert f"line 2, {key}" in faults(run, write, text + "\n" + ENDPOINT)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "[nonsense]\nrules = 3",
            "Choose from: endpoints, columns, derived, exposures, defaults, rows, ",
        ),
        ('[psmtach]\ntreat = "lenvatinib"', "Did you mean 'psmatch'?"),
        ('[colums.afp]\nlabel = "AFP"', "Did you mean 'columns'?"),
    ],
)
def test_a_table_of_an_unknown_command_is_a_fault_among_the_others(
    text: str, hint: str, run: Run, write: Write
) -> None:
    messages = faults(run, write, text + "\n[km]\nrules = 3\n")
    (table, option) = re.findall("line .*", messages)
    assert "neither a command nor a table of the dictionary" in table
    assert table.startswith("line 1, ")
    assert hint in table
    assert option.startswith("line 4, km.rules: unknown option.")


def test_a_file_that_is_no_toml_is_refused_with_its_line(run: Run, write: Write) -> None:
    assert "line 2" in faults(run, write, "# mine\nid = patient_id\n")


def test_a_fault_below_a_column_name_with_a_dot_has_its_line(run: Run, write: Write) -> None:
    messages = faults(run, write, '[columns."ph.ecog"]\nlabel = "ECOG"\nrol = "baseline"\n')
    assert "line 3, columns.ph.ecog.rol" in messages.replace('"', "")


def test_a_fault_in_an_inline_table_names_its_line_and_key(run: Run, write: Write) -> None:
    messages = faults(run, write, '[columns]\nafp = { label = "AFP", rol = "baseline" }\n')
    assert "line 2, columns.afp.rol" in messages


def test_columns_that_are_not_in_the_cohort_are_a_note(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[columns.bilirubin]\nlabel = "Bilirubin"\n')
    outcome = run("km", "data/patients.csv")
    assert outcome.status == 0
    assert "names columns that are not in the cohort: bilirubin." in outcome.err


def test_every_key_of_the_manual_is_known(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        'cohort = "patients.csv"\nid = "patient_id"\ntreatment = "arm"\n'
        + ENDPOINT
        + 'unit = "months"\nlabel = "Overall survival"\n'
        '[columns.child_pugh]\nlabel = "Child-Pugh class"\nlevels = ["A", "B"]\ntype = "factor"\n'
        '[columns.afp]\nlabel = "AFP"\nunit = "ng/mL"\ncut = [400]\nrole = "baseline"\n'
        '[psmatch]\ncovariates = ["age", "sex"]\n',
    )
    assert run("km", "data/patients.csv").status == 0


# ---------------------------------------------------------------- defaults


def test_a_default_serves_every_command(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[defaults]\nformat = "json"\nconf_level = 0.9\n')
    assert settings(run("km", "data/patients.csv"))["conf_level"] == 0.9


def test_a_default_of_the_command_wins_over_the_general_one(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        ENDPOINT + "[defaults]\nconf_level = 0.9\n[km]\nconf_level = 0.8\nat = [2, 4]\n",
    )
    found = settings(run("km", "data/patients.csv", "--json"))
    assert found["conf_level"] == 0.8
    assert found["at"] == [2, 4]


def test_the_command_line_wins_over_the_dictionary(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        ENDPOINT + '[km]\nby = "arm"\nconf_type = "plain"\nconf_level = 0.8\n',
    )
    given = ("--by", "child_pugh", "--conf-type", "log", "--conf-level", "0.95")
    found = settings(run("km", "data/patients.csv", "--json", *given))
    assert (found["by"], found["conf_type"], found["conf_level"]) == ("child_pugh", "log", 0.95)


@pytest.mark.parametrize("name", ["conf-type", "conf_type"])
def test_an_option_of_two_words_is_written_either_way(name: str, run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + f'[km]\n{name} = "plain"\n')
    assert settings(run("km", "data/patients.csv", "--json"))["conf_type"] == "plain"


def test_quiet_can_be_a_default(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + "[defaults]\nquiet = true\n")
    assert run("km", "data/patients.csv", "--by", "arm").err == ""


def test_digits_can_be_a_default(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + "[defaults]\ndigits = 4\n")
    assert "4.5000" in run("km", "data/patients.csv").out


def test_a_way_to_read_the_file_can_be_a_default(run: Run, write: Write) -> None:
    write("data/odd.csv", "a/b/time/status\n1/2/3,5/1\n1/2/4,5/0\n")
    write("data/hcc2l.toml", '[defaults]\nsep = "/"\ndecimal = ","\n')
    result = run("km", "data/odd.csv", "--json").json
    assert result["tables"]["groups"][0]["observed_max"] == 4.5


def test_the_api_takes_the_same_defaults(write: Write) -> None:
    import hcc2l

    write("data/hcc2l.toml", ENDPOINT + '[km]\nby = "arm"\n')
    report = hcc2l.km("data/patients.csv")
    assert report.provenance.settings["by"] == "arm"


# ---------------------------------------------------------------- columns


def test_levels_stand_in_the_order_of_the_dictionary(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[columns.arm]\nlevels = ["low", "mid", "high"]\n')
    outcome = run("km", "data/patients.csv", "--by", "arm", "--json")
    assert groups(outcome) == ["low", "mid", "high"]


def test_the_reference_of_the_dictionary_stands_first(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        ENDPOINT + '[columns.arm]\nlevels = ["low", "mid", "high"]\nreference = "mid"\n',
    )
    outcome = run("km", "data/patients.csv", "--by", "arm", "--json")
    assert groups(outcome) == ["mid", "low", "high"]


def test_a_reference_of_the_command_line_wins_over_the_dictionary(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[columns.arm]\nreference = "mid"\n')
    outcome = run("km", "data/patients.csv", "--by", "arm", "--ref", "arm=low", "--json")
    assert groups(outcome)[0] == "low"


def test_numeric_levels_may_be_written_as_numbers(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + "[columns.t_death]\nlevels = [1, 0]\n")
    outcome = run("km", "data/patients.csv", "--by", "t_death", "--json")
    assert groups(outcome) == ["1", "0"]


def test_a_value_outside_the_levels_is_an_error_that_names_it(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[columns.arm]\nlevels = ["low", "mid"]\n')
    outcome = run("km", "data/patients.csv", "--by", "arm")
    assert outcome.status == 2
    assert "'high'" in outcome.messages("error")[0]


def test_a_number_with_a_cut_is_grouped_by_it(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + "[columns.afp]\ncut = [200, 400]\n")
    for term in ("afp", "afp@"):
        outcome = run("km", "data/patients.csv", "--by", term, "--json")
        assert groups(outcome) == ["<200", "200–<400", "≥400"]


def test_a_cut_of_the_command_line_wins_over_the_dictionary(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + "[columns.afp]\ncut = [400]\n")
    outcome = run("km", "data/patients.csv", "--by", "afp", "--cut", "afp=300", "--json")
    assert groups(outcome) == ["<300", "≥300"]


def test_a_label_and_unit_stand_in_title_and_table(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        ENDPOINT + 'unit = "months"\nlabel = "Survival from here"\n'
        '[columns.afp]\nlabel = "α-fetoprotein"\nunit = "ng/mL"\ncut = [400]\n',
    )
    shown = run("km", "data/patients.csv", "--by", "afp").out
    assert shown.startswith("Survival from here by α-fetoprotein, ng/mL")
    assert "Median, months (95% CI)" in shown


def test_missing_codes_hold_everywhere_or_in_one_column(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        'missing = ["NE"]\n' + ENDPOINT + "[columns.afp]\nmissing = [-9]\ncut = [400]\n",
    )
    by_afp = run("km", "data/patients.csv", "--by", "afp", "--json").json
    assert by_afp["analysed"]["excluded"] == [{"reason": "afp missing", "rows": 1, "which": ["p5"]}]
    by_response = run("km", "data/patients.csv", "--by", "response", "--json").json
    assert by_response["analysed"]["excluded"] == [
        {"reason": "response missing", "rows": 1, "which": ["p5"]}
    ]


def test_a_group_known_only_after_baseline_is_warned_of(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[columns.stage]\nrole = "post-baseline"\n')
    outcome = run("km", "data/patients.csv", "--by", "stage", "--json")
    (note,) = [n for n in outcome.json["notes"] if n["code"] == "immortal-time"]
    assert "--landmark" in note["text"]


def test_a_group_declared_as_known_at_baseline_raises_no_warning(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", ENDPOINT + '[columns.response]\nrole = "baseline"\n')
    outcome = run("km", "data/patients.csv", "--by", "response", "--json")
    assert "immortal-time" not in {n["code"] for n in outcome.json["notes"]}


def test_the_id_of_the_dictionary_names_rows_and_finds_repeated_patients(
    run: Run, write: Write
) -> None:
    write("data/hcc2l.toml", 'id = "stage"\n' + ENDPOINT)
    outcome = run("km", "data/patients.csv")
    assert outcome.status == 2
    assert "column stage" in outcome.messages("error")[0]


def test_an_event_value_of_the_dictionary_is_used(run: Run, write: Write) -> None:
    write("data/hcc2l.toml", '[endpoints.os]\ntime = "months"\nevent = "response=PD"\n')
    result = run("km", "data/patients.csv", "--json").json
    assert result["tables"]["groups"][0]["events"] == 2


def test_an_endpoint_other_than_os_is_chosen_by_name(run: Run, write: Write) -> None:
    write(
        "data/hcc2l.toml",
        ENDPOINT + '[endpoints.rps]\ntime = "months"\nevent = "t_death"\nlabel = "Response"\n',
    )
    outcome = run("km", "data/patients.csv", "--endpoint", "rps", "--json")
    assert outcome.json["title"].startswith("Response")


@pytest.mark.parametrize(
    ("time", "event", "label"),
    [
        ("os_months", "death", "Overall survival"),
        ("PFS_days", "progression", "Progression-free survival"),
        ("ttp", "ttp_event", "Time to progression"),
        ("os_months", "progression", None),
        ("time", "status", "Survival"),
        ("Time", "Status=2", "Survival"),
        ("months", "status", None),
        ("time", "arm", None),
    ],
)
def test_a_well_known_pair_of_columns_has_the_usual_name(
    time: str, event: str, label: str | None
) -> None:
    assert endpoint_label(time, event) == label


@pytest.mark.parametrize(
    ("names", "endpoints"),
    [
        (("os_days", "os_months", "death"), {"os": ("os_months", "death")}),
        (
            ("OS", "Dead", "pfs", "progression"),
            {"os": ("OS", "Dead"), "pfs": ("pfs", "progression")},
        ),
        (("time", "event", "status"), {"os": ("time", "status")}),
        (("time", "status", "os", "died"), {"os": ("os", "died")}),
        (("os_months", "cens"), {}),
    ],
)
def test_endpoints_are_recognised_by_common_names(
    names: tuple[str, ...], endpoints: dict[str, tuple[str, str]]
) -> None:
    recognised = recognise_endpoints(names)
    assert {name: (e.time, e.event) for name, e in recognised.items()} == endpoints
    assert all(entry.recognised for entry in recognised.values())


@pytest.mark.parametrize(
    ("column", "unit"),
    [("os_months", "months"), ("OS (days)", "days"), ("week", "weeks"), ("time", None),
     ("monthsago", None), ("followup_year", "years")],
)  # fmt: skip
def test_the_unit_is_a_word_of_the_name(column: str, unit: str | None) -> None:
    assert unit_from_name(column) == unit


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("recist", "RECIST"), ("mRECIST", "mRECIST"), ("mrecist", "mRECIST"),
        ("best_recist", "Best RECIST"), ("best_mrecist", "Best mRECIST"),
    ],
)  # fmt: skip
def test_criteria_of_response_are_written_as_they_are_called(name: str, label: str) -> None:
    assert readable(name) == label
