"""The encoding of texts: found by their letters, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcc2l import read_cohort

pytestmark = pytest.mark.usefixtures("workplace")

TEXTS = {
    "cp1252": "Patient;Größe;Geschlecht\nP1;1;männlich\nP2;2;weiblich\n",
    "cp1250": "pacjent;płeć;miesiące\nP1;mężczyzna;5\nP2;kobieta;7\n",
    "cp1251": "пациент;возраст;пол\nP1;64;муж\nP2;70;жен\n",
    "cp1253": "ασθενής;ηλικία;φύλο\n1;64;άνδρας\n2;70;γυναίκα\n",
    "cp1256": "المريض;العمر;الجنس\n1;64;ذكر\n2;70;أنثى\n",
    "cp1254": "hasta;yaş;ölüm\n1;64;evet\n2;70;hayır\n3;71;sağ\n",
    "cp949": "등록번호,나이,성별,사망\n1,64,남,예\n2,70,여,아니오\n",
    "gb18030": "病例号,年龄,性别,死亡\n1,64,男,是\n2,70,女,否\n",
    "big5": "病歷號,年齡,性別,死亡\n1,64,男,是\n2,70,女,否\n",
    "cp932": "患者番号,年齢,性別,転帰\n1,64,男,死亡\n2,70,女,生存\n",
}
NAMES = {
    "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251",
    "cp1253": "Windows-1253", "cp1254": "Windows-1254", "cp1256": "Windows-1256",
    "cp949": "cp949", "gb18030": "GB18030",
    "big5": "Big5", "cp932": "Shift-JIS",
}  # fmt: skip


@pytest.mark.parametrize("codec", TEXTS)
def test_a_code_page_is_found_by_its_letters_and_told(codec: str) -> None:
    text = TEXTS[codec]
    Path("c.csv").write_bytes(text.encode(codec))
    cohort = read_cohort("c.csv")
    header = text.partition("\n")[0]
    assert cohort.names == tuple(header.replace(";", ",").split(","))
    (remark,) = cohort.source.remarks
    assert f"encoding {NAMES[codec]}" in remark


@pytest.mark.parametrize(
    "text",
    [
        "id;Ätiologie\n1;HBV\n2;HCV\n", "id;kjønn;død\n1;mann;ja\n", "id,Child–Pugh\n1,A\n",
        "id;µmol/l;m²\n1;2;3\n", "paciente;años;muerte\n1;64;sí\n", "doente;óbito\n1;não\n",
        "N° patient;décédé\n1;oui\n",
    ],
)  # fmt: skip
def test_western_texts_are_never_taken_for_another_script(text: str) -> None:
    Path("c.csv").write_bytes(text.encode("cp1252"))
    cohort = read_cohort("c.csv")
    assert cohort.names == tuple(text.partition("\n")[0].replace(";", ",").split(","))


def test_hungarian_is_not_taken_for_portuguese() -> None:
    Path("c.csv").write_bytes("beteg;nem;túlélés\n1;nő;6\n2;férfi;7\n3;nő;9\n".encode("cp1250"))
    assert read_cohort("c.csv").column("nem").values.tolist() == ["nő", "férfi", "nő"]
    Path("c.csv").write_bytes("doente;regiões;óbito\n1;põe;não\n2;não;sim\n".encode("cp1252"))
    assert read_cohort("c.csv").names == ("doente", "regiões", "óbito")


def test_an_encoding_that_fits_nearly_as_well_is_named() -> None:
    Path("c.csv").write_bytes(TEXTS["cp949"].encode("cp949"))
    assert "--encoding gb18030" in read_cohort("c.csv").source.remarks[0]


@pytest.mark.parametrize("codec", ["utf-32", "utf-32-le", "utf-32-be", "utf-16", "utf-16-be"])
def test_unicode_of_every_width_is_read(codec: str) -> None:
    Path("c.csv").write_bytes("id,Größe\nP1,1.5\nP2,2.5\n".encode(codec))
    assert read_cohort("c.csv").names == ("id", "Größe")


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_separator_line_of_excel_is_understood(first: str) -> None:
    Path("c.csv").write_text(f"{first}\nid;a,b\nP1;1\nP2;x\n")
    cohort = read_cohort("c.csv")
    assert cohort.names == ("id", "a,b")
    assert cohort.row_place(0) == "line 3"
