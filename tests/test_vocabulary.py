"""What the names of columns denote, in the languages of exports, and the units they state."""

from __future__ import annotations

import pytest

from hcc2l.vocabulary import (
    FIELDS,
    asks_if_alive,
    column_named,
    normal,
    recognise,
    says_no_event,
    suggests,
    unit_in,
)

# Names as hospitals' exports have them.
NUMBERS = [
    ("Alter [Jahre]", "age"), ("Age at start", "age"), ("나이", "age"), ("Yaş", "age"),
    ("AFP (ng/ml)", "afp"), ("Baseline AFP", "afp"), ("AFP, ng/mL", "afp"),
    ("Week 8 AFP", "afp_later"), ("afp_week8", "afp_later"), ("Bilirubin\n(mg/dl)", "bilirubin"),
    ("os_months", "os_time"), ("OS", "os_time"), ("OS_Monate", "os_time"),
    ("Survie globale (mois)", "os_time"), ("Genel sağkalım (ay)", "os_time"),
    ("전체생존기간(개월)", "os_time"), ("全生存期間(月)", "os_time"), ("PFS (weeks)", "pfs_time"),
    ("GPT", "alt"), ("ASAT", "ast"), ("Thrombozyten", "platelets"), ("Возраст", "age"),
    ("Przeżycie całkowite (miesiące)", "os_time"), ("Celkové přežití", "os_time"),
    ("Albümin", "albumin"), ("Χολερυθρίνη (mg/dl)", "bilirubin"), ("Płytki krwi", "platelets"),
    ("АФП (нг/мл)", "afp"), ("AFP 8주", "afp_later"), ("AFP semana 8", "afp_later"),
]  # fmt: skip
TEXTS = [
    ("Pat.-Nr.", "patient_id"), ("N° patient", "patient_id"), ("Hasta No", "patient_id"),
    ("등록번호", "patient_id"), ("病案号", "patient_id"), ("StudyID", "patient_id"),
    ("Therapie 2. Linie", "treatment"), ("Traitement de 2e ligne", "treatment"),
    ("İkinci basamak tedavi", "treatment"), ("二线治疗", "treatment"),
    ("Verstorben (ja/nein)", "death"), ("Has the patient died?", "death"), ("Durum", "death"),
    ("사망여부", "death"), ("結局", "death"), ("転帰", "death"),
    ("Vital status", "death"),
    ("Geschlecht (m/w)", "sex"), ("Child-Pugh class", "child_pugh"), ("cp_klass", "child_pugh"),
    ("Child-Pugh score", "child_pugh_score"), ("BCLC", "bclc"), ("Ätiologie", "etiology"),
    ("Métastases extra-hépatiques", "extrahepatic_spread"),
    ("Best response (RECIST 1.1)", "response"), ("N.º paciente", "patient_id"),
    ("Номер пациента", "patient_id"), ("رقم المريض", "patient_id"),
    ("Leczenie II linii", "treatment"), ("Stav", "death"), ("Κατάσταση", "death"),
    ("存活狀態", "death"), ("Alive", "death"), ("Płeć", "sex"), ("Чайлд-Пью", "child_pugh"),
    ("Bemerkung", "comment"),
]  # fmt: skip
DATES = [
    ("Beginn 2L ", "start_date"), ("Date de début", "start_date"), ("开始日期", "start_date"),
    ("Start of second-line treatment", "start_date"), ("Letzter Kontakt", "last_contact"),
    ("Date of last contact or death", "last_contact"), ("Son kontrol tarihi", "last_contact"),
    ("末次随访日期", "last_contact"), ("last_FU", "last_contact"), ("Todesdatum", "death_date"),
    ("Data rozpoczęcia", "start_date"), ("Poslední kontakt", "last_contact"),
    ("Ημερομηνία θανάτου", "death_date"), ("Datum zgonu", "death_date"),
    ("died_on", "death_date"), ("Death", "death_date"), ("Progression", "progression_date"),
    ("Geburtsdatum", "birth_date"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code"), NUMBERS)
def test_names_of_numbers(name: str, code: str) -> None:
    field = recognise(name, "number", 50)
    assert field is not None
    assert field.code == code


@pytest.mark.parametrize(("name", "code"), TEXTS)
def test_names_of_texts(name: str, code: str) -> None:
    field = recognise(name, "text", 2)
    assert field is not None
    assert field.code == code


@pytest.mark.parametrize(("name", "code"), DATES)
def test_names_of_dates(name: str, code: str) -> None:
    field = recognise(name, "date", 50)
    assert field is not None
    assert field.code == code


@pytest.mark.parametrize(
    "name",
    [
        "afp_alt_ratio",
        "log10 AFP",
        "Полный ответ",
        "visit",
        "redcap_event_name",
        "Complete?",
        "xyz",
        "",
        "()",
    ],
)
def test_other_names_denote_nothing(name: str) -> None:
    assert recognise(name, "number", 50) is None
    assert recognise(name, "text", 2) is None


def test_the_cells_decide_between_a_date_an_event_and_a_time() -> None:
    def code(stored: str, distinct: int, name: str) -> str | None:
        field = recognise(name, stored, distinct)  # type: ignore[arg-type]  # a literal
        return field.code if field else None

    assert code("date", 40, "death") == "death_date"
    assert code("number", 2, "death") == "death"
    assert code("number", 40, "pfs") == "pfs_time"
    assert code("number", 2, "pfs") == "progression"
    assert code("number", 40, "status") is None


def test_no_two_fields_claim_one_name() -> None:
    owner: dict[tuple[str, str], str] = {}
    for field in FIELDS:
        kind = {"date": "date", "duration": "duration"}.get(field.form, "other")
        for name in {normal(n) for n in (*field.names, *field.phrases)}:
            other = owner.setdefault((kind, name), field.code)
            assert other == field.code, f"{name}: {other} and {field.code}"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("AFP (ng/ml)", "ng/mL"), ("AFP, ng/mL", "ng/mL"), ("Alter [Jahre]", "years"),
        ("OS_Monate", "months"), ("OS months", "months"), ("Genel sağkalım (ay)", "months"),
        ("전체생존기간(개월)", "months"), ("全生存期間(月)", "months"), ("年龄（岁）", "years"),
        ("PFS (weeks)", "weeks"), ("Overall survival, days", "days"),
        ("Bilirubin (µmol/l)", "µmol/L"),
        ("Platelets (x10^9/L)", "10^9/L"), ("Sex (m/w)", None), ("months", None), ("afp", None),
        ("Beginn 2L", None),
    ],
)  # fmt: skip
def test_units_of_names(name: str, unit: str | None) -> None:
    assert unit_in(name) == unit


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Datum der letzten Nachsorge", "last"), ("son_kontrol", "last"), ("Début", "start"),
        ("Datum (Beginn)", "start"), ("Todesdatum", "death"), ("疾病进展", "progression"),
        ("Vitalstatus", "status"),
    ],
)  # fmt: skip
def test_a_part_of_a_word_suggests_a_part_of_an_endpoint(name: str, part: str) -> None:
    assert suggests(name, part)
    assert not suggests("Alter", part)


@pytest.mark.parametrize(
    ("names", "term", "grade"),
    [
        (["USUBJID", "AETERM", "AEDECOD", "AETOXGR"], "AEDECOD", "AETOXGR"),
        (["id", "term", "grade"], "term", "grade"),
        (["id", "Adverse event", "CTCAE grade"], "Adverse event", "CTCAE grade"),
        (["Pat", "Unerwünschtes Ereignis", "CTCAE-Grad"], "Unerwünschtes Ereignis", "CTCAE-Grad"),
        (["patient", "Effet indésirable", "Grade"], "Effet indésirable", "Grade"),
        (["hasta", "Yan etki", "Derece"], "Yan etki", "Derece"),
        (["환자번호", "이상반응", "등급"], "이상반응", "등급"),
        (["患者番号", "有害事象名", "グレード"], "有害事象名", "グレード"),
        (["病案号", "不良反应", "分级"], "不良反应", "分级"),
        (["id", "ae_start", "drug"], None, None),
    ],
)
def test_the_columns_of_a_file_of_adverse_events(
    names: list[str], term: str | None, grade: str | None
) -> None:
    assert column_named(names, "adverse_event") == term
    assert column_named(names, "grade") == grade


def test_the_patients_of_a_file_of_adverse_events() -> None:
    assert column_named(["AESEQ", "USUBJID"], "patient_id") == "USUBJID"
    assert column_named(["행", "환자번호"], "patient_id") == "환자번호"


def test_words_for_no_event() -> None:
    assert all(map(says_no_event, ["none", "No", "KEINE", "없음", "なし"]))
    assert not any(map(says_no_event, ["nausea", "nodule", ""]))


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("Alive", True), ("Lebt (ja/nein)", True), ("생존여부", True), ("是否存活", True),
        ("os_censor", True), ("CNSR", True), ("vivo", True), ("death", False),
        ("overall survival", False), ("생존기간", False), ("生存状态", False), ("cent", False),
    ],
)  # fmt: skip
def test_names_that_ask_whether_the_patient_is_alive(name: str, asks: bool) -> None:
    assert asks_if_alive(name) is asks
