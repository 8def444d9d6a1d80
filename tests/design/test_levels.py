"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.levels import affirmative, event_levels, natural_order
from tests.conftest import Write
from tests.design.cohorts import TERMS, counts, groups, km, only


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("grade", ("1", "2", "10")),
        ("child_pugh", ("A", "B", "C")),
        ("stage", ("I", "II", "III", "IV", "V", "IX")),
        ("tnm", ("T1", "T2", "T10")),
        ("etiology", ("Alcohol", "nash", "viral")),
    ],
)
def test_levels_are_in_their_natural_order(
    column: str, expected: tuple[str, ...], terms: Path
) -> None:
    assert groups(km(terms, by=column)) == expected


# How exports of several countries write what 0 and 1 mean.
NO_AND_YES = [
    ("no", "yes"), ("No", "Yes"), ("NO", "YES"), ("n", "y"), ("false", "true"), ("FALSE", "TRUE"),
    ("alive", "dead"), ("Alive", "Deceased"), ("alive", "died"), ("living", "dead"),
    ("censored", "dead"), ("Unchecked", "Checked"), ("nein", "ja"), ("NEIN", "JA"), ("N", "J"),
    ("non", "oui"), ("Non", "Oui"), ("hayır", "evet"), ("Hayır", "Evet"), ("HAYIR", "EVET"),
    ("no", "sí"), ("NO", "SÍ"), ("no", "sì"), ("No", "Si"), ("não", "sim"), ("nee", "ja"),
    ("아니오", "예"), ("아니요", "네"), ("否", "是"), ("無", "有"), ("无", "有"),
    ("いいえ", "はい"), ("lebt", "verstorben"), ("lebend", "tot"), ("vivant", "décédé"),
    ("Vivant", "Décédé"), ("Sağ", "Ex"), ("vivo", "muerto"), ("vivo", "deceduto"),
    ("생존", "사망"), ("存活", "死亡"), ("生存", "死亡"), ("nie", "tak"), ("Ne", "Ano"),
    ("nej", "ja"), ("нет", "да"), ("όχι", "ναι"), ("لا", "نعم"), ("なし", "あり"), ("없음", "있음"),
    ("阴性", "阳性"), ("N", "S"), ("n", "o"), ("żyje", "zmarł"),
    ("Žije", "Zemřel"),
    ("-", "+"), ("Nem", "Igen"), ("levande", "död"), ("жив", "умер"), ("ζει", "νεκρός"),
    ("حي", "متوفى"), ("hayatta", "öldü"), ("él", "elhunyt"), ("Viva", "Óbito"),
    ("en vie", "DCD"), ("in leven", "overleden"),
]  # fmt: skip


@pytest.mark.parametrize(("no", "yes"), NO_AND_YES)
@pytest.mark.parametrize("order", [1, -1], ids=["no first in the file", "yes first"])
def test_no_is_the_reference_of_yes_in_every_language(
    no: str, yes: str, order: int, write: Write
) -> None:
    lines = [f"1,1,{no}", f"2,1,{yes}", f"3,0,{no}", f"4,1,{yes}", f"5,1,{no}"][::order]
    path = write("c.csv", "time,status,tace\n" + "\n".join(lines) + "\n")
    assert counts(km(path, by="tace")) == {no: 3, yes: 2}
    assert groups(km(path, by="tace")) == (no, yes)


@pytest.mark.parametrize(("no", "yes"), NO_AND_YES)
def test_no_is_the_reference_of_a_hazard_ratio(no: str, yes: str, write: Write) -> None:
    lines = "".join(f"{i},1,{(no, yes, yes, no)[i % 4]}\n" for i in range(1, 13))
    path = write("c.csv", "time,status,tace\n" + lines)
    (term,) = hcc2l.cox(path, covariates=["tace"], univariable=True).table("terms").rows
    assert (term["level"], term["reference"]) == (yes, no)


def test_words_are_compared_whatever_form_unicode_gives_them(write: Write) -> None:
    alive = unicodedata.normalize("NFD", "sağ")
    assert alive != "sağ"
    path = write("c.csv", f"time,status,vital\n1,1,ex\n2,1,{alive}\n")
    assert groups(km(path, by="vital")) == (alive, "ex")
    path = write("c.csv", "time,status,tace\n1,1,ＪＡ\n2,1,ＮＥＩＮ\n")
    assert groups(km(path, by="tace")) == ("ＮＥＩＮ", "ＪＡ")


def test_other_levels_follow_no_and_yes(write: Write) -> None:
    path = write("c.csv", "time,status,tace\n1,1,ja\n2,1,nein\n3,1,fraglich\n4,1,nein\n")
    assert groups(km(path, by="tace")) == ("nein", "ja", "fraglich")


def test_single_letters_among_other_levels_are_not_no_and_yes(write: Write) -> None:
    path = write("c.csv", "time,status,site\n1,1,N\n2,1,J\n3,1,A\n4,1,N\n")
    assert groups(km(path, by="site")) == ("A", "J", "N")


@pytest.mark.parametrize("levels", [("no", "maybe"), ("ja", "yes"), ("nein", "yes"), ("ex", "no")])
def test_words_of_different_pairs_are_in_their_natural_order(
    levels: tuple[str, str], write: Write
) -> None:
    path = write("c.csv", f"time,status,tace\n1,1,{levels[0]}\n2,1,{levels[1]}\n")
    assert groups(km(path, by="tace")) == tuple(sorted(levels))


@pytest.mark.parametrize(
    ("entry", "ref", "expected"),
    [
        ('levels = ["ja", "nein"]', [], ("ja", "nein")),
        ('reference = "ja"', [], ("ja", "nein")),
        ("", ["tace=ja"], ("ja", "nein")),
        ('reference = "ja"', ["tace=nein"], ("nein", "ja")),
    ],
)
def test_the_dictionary_and_the_command_line_decide_on_the_reference(
    entry: str, ref: list[str], expected: tuple[str, ...], write: Write
) -> None:
    write("hcc2l.toml", f"[columns.tace]\n{entry}\n")
    path = write("c.csv", "time,status,tace\n1,1,ja\n2,1,nein\n3,1,ja\n")
    assert groups(km(path, by="tace", ref=ref)) == expected


@pytest.mark.parametrize(
    ("no", "yes"), [("nein", "ja"), ("unchecked", "checked"), ("living", "dead"), ("否", "是")]
)
def test_an_event_in_words_of_the_table_still_needs_its_value(
    no: str, yes: str, write: Write
) -> None:
    path = write("c.csv", f"time,status\n1,{yes}\n2,{no}\n3,{yes}\n")
    with pytest.raises(UsageError, match="status"):
        km(path)
    assert only(km(path, event=f"status={yes}"), "events") == 2


@pytest.mark.parametrize(
    "expected", [("<65", "65–75", ">75"), ("≤5", "6–10", "≥11"), ("<3", "low", "≥3")]
)
def test_open_intervals_are_the_first_and_the_last_level(
    expected: tuple[str, ...], write: Write
) -> None:
    rows = "".join(f'{i},1,"{level}"\n' for i, level in enumerate(sorted(expected), start=1))
    path = write("c.csv", "time,status,band\n" + rows)
    write("hcc2l.toml", '[columns.band]\ntype = "factor"\n')
    assert groups(km(path, by="band")) == expected


def test_roman_numerals_are_in_the_order_of_their_numbers(write: Write) -> None:
    numerals = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    rows = "".join(f"{i},1,{n}\n" for i, n in enumerate(sorted(numerals), start=1))
    path = write("c.csv", "time,status,stage\n" + rows)
    assert groups(km(path, by="stage")) == tuple(numerals)


def test_padded_levels_are_in_the_order_of_their_numbers(write: Write) -> None:
    path = write("c.csv", "time,status,site\n1,1,10\n2,0,02\n3,1,01\n")
    assert groups(km(path, by="site")) == ("01", "02", "10")


def test_the_order_does_not_depend_on_the_order_of_rows(write: Write) -> None:
    header, *rows = TERMS.splitlines()
    path = write("reversed.csv", "\n".join([header, *reversed(rows)]) + "\n")
    assert groups(km(path, by="stage")) == ("I", "II", "III", "IV", "V", "IX")


def test_levels_without_patients_are_not_groups(terms: Path) -> None:
    assert groups(km(terms, by="child_pugh", where="child_pugh!=C")) == ("A", "B")


@pytest.mark.parametrize(
    ("by", "ref", "expected"),
    [
        ("child_pugh", "child_pugh=B", ("B", "A", "C")),
        ("grade", "grade=10", ("10", "1", "2")),
        ("afp@400", "afp=≥400", ("≥400", "<400")),
        ("ecog==2", "ecog=yes", ("yes", "no")),
    ],
)
def test_the_reference_given_by_an_option_comes_first(
    by: str, ref: str, expected: tuple[str, ...], terms: Path
) -> None:
    assert groups(km(terms, by=by, ref=[ref])) == expected


def test_a_reference_moves_patients_with_their_level(terms: Path) -> None:
    assert counts(km(terms, by="child_pugh", ref=["child_pugh=C"])) == {"C": 1, "A": 3, "B": 3}


@pytest.mark.parametrize(
    ("entry", "by", "expected"),
    [
        ('reference = "B"', "child_pugh", ("B", "A", "C")),
        ('reference = "yes"', "child_pugh==A", ("no", "yes")),
        ('reference = "≥400"', "afp@400", ("<400", "≥400")),
    ],
)
def test_the_reference_of_the_dictionary_is_that_of_the_column_itself(
    entry: str, by: str, expected: tuple[str, ...], terms: Path, write: Write
) -> None:
    column = by.partition("@")[0].partition("=")[0]
    write("hcc2l.toml", f"[columns.{column}]\n{entry}\n")
    assert groups(km(terms, by=by)) == expected


def test_a_reference_of_another_column_changes_nothing(terms: Path) -> None:
    assert groups(km(terms, by="child_pugh", ref=["grade=10"])) == ("A", "B", "C")


@pytest.mark.parametrize(
    ("ref", "message"),
    [("child_pugh=D", "no level 'D'"), ("child_pug=A", "no column"), ("child_pugh", "no level")],
)
def test_an_unknown_reference_is_refused(ref: str, message: str, terms: Path) -> None:
    with pytest.raises(UsageError, match=message):
        km(terms, by="child_pugh", ref=[ref])


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("nein", "ja"), ("ja",)),
        (("Vivant", "Décédé"), ("Décédé",)),
        (("0", "1"), ("1",)),
        (("No", "yes", "YES"), ("yes", "YES")),
        (("1", "2"), ()),
        (("yes", "no", "unknown"), ()),
        (("no",), ()),
    ],
)
def test_yes_is_told_from_no_only_where_every_level_is_one_of_them(
    levels: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert affirmative(levels) == expected


@pytest.mark.parametrize(
    ("name", "levels", "expected"),
    [
        ("Alive", ("no", "yes"), ("no",)), ("Lebt (ja/nein)", ("ja", "nein"), ("nein",)),
        ("생존여부", ("N", "Y"), ("N",)), ("censored", ("FALSE", "TRUE"), ("FALSE",)),
        ("생존여부", ("사망", "생존"), ("사망",)), ("vivo", ("Vivo", "Muerto"), ("Muerto",)),
        ("생존여부", ("0", "1"), ()), ("os_censor", ("0", "1"), ()), ("death", ("0", "1"), ("1",)),
        ("survival status", ("0", "1"), ("1",)), ("alive", ("a", "b"), ()),
    ],
)  # fmt: skip
def test_yes_to_being_alive_is_no_event(
    name: str, levels: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert event_levels(name, levels) == expected


@pytest.mark.parametrize("name", ["alive", "censored", "survived"])
def test_yes_to_being_alive_is_refused_as_an_event(name: str, write: Write) -> None:
    path = write("c.csv", f"time,{name}\n1,no\n2,no\n3,yes\n")
    with pytest.raises(UsageError, match="alive or censored") as caught:
        km(path, time="time", event=name)
    assert f"--event {name}=no" in str(caught.value.hint)
    assert only(km(path, time="time", event=f"{name}=no"), "events") == 2


def test_digits_that_are_no_numbers_are_letters() -> None:
    assert natural_order(["³²", "a2", "a10"]) == ("a2", "a10", "³²")
