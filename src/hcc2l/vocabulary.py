"""What the columns of a liver-cancer cohort are called, in the languages of its exports.

`FIELDS` is data: a further name, field or language is a line in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

Form = Literal["id", "date", "number", "duration", "event", "group", "text"]
Stored = Literal["date", "number", "text"]


@dataclass(frozen=True)
class Scale:
    """A unit in which a value is reported, and the range outside of which it is impossible."""

    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class Field:
    """What a column may hold.

    Attributes
    ----------
    code, label
        Its name for scripts (`death_date`) and for people (`date of death`).
    form
        The kind of its values; ``event`` is a yes or no, ``duration`` a time.
    role
        ``id``, ``baseline``, ``outcome`` or ``post-baseline``.
    names
        Words that denote it when they are the whole name of a column: `os`, `cp`.
    phrases
        Words that denote it wherever they stand in the name: `last contact`.
    scales
        Its units with their possible ranges, the usual one first.
    levels
        The values that it can take, where they are a closed list.
    """

    code: str
    label: str
    form: Form
    role: str = "baseline"
    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    scales: tuple[Scale, ...] = ()
    levels: tuple[str, ...] = ()


def _split(words: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in words.split("|") if part.strip())


def _field(
    code: str,
    label: str,
    form: Form,
    names: str = "",
    phrases: str = "",
    *,
    role: str = "baseline",
    scales: Sequence[tuple[str, float, float]] = (),
    levels: str = "",
) -> Field:
    return Field(
        code, label, form, role, _split(names), _split(phrases),
        tuple(Scale(*scale) for scale in scales), _split(levels),
    )  # fmt: skip


_PER_LITRE = (("10^9/L", 0.01, 100.0), ("/µL", 100.0, 1e5))
_ENZYME = (("U/L", 2.0, 5e4), ("µkat/L", 0.02, 60.0))

FIELDS: tuple[Field, ...] = (
    _field(
        "patient_id", "patient", "id",
        "id|pat|patient|patients|subject|subj|person|participant|case|mrn|pid|usubjid|record|"
        "patientid|patid|studyid|fall|patnr|patienten|hasta|paciente|paziente|pacjent|n patient",
        "patient id|patient no|patient nr|patient number|pat id|pat nr|pat no|record id|"
        "study id|subject id|subject no|case id|case no|hasta no|hasta id|no patient|"
        "numero patient|numero de patient|id paciente|n paciente|id paziente|nr pacjenta|"
        "id pacjenta|patient identifier|hospital number|등록번호|환자번호|환자 id|病案号|"
        "病例号|患者id|患者番号|患者編号|编号|症例番号|登録番号|病歷號|病歷號碼|病历号|пациент|"
        "номер пациента|n o paciente|no paciente|no do paciente|numero paciente|n do paciente|"
        "prontuario|numero pacjenta|cislo pacienta|id pacienta|rodne cislo|patientnummer|"
        "patientnr|pasientnummer|beteg azonosito|betegszam|taj szam|"
        "αριθμοσ ασθενουσ|κωδικοσ ασθενουσ|رقم المريض|رقم الملف|환자등록번호|연구번호|住院号|"
        "住院號|"
        "患者编号|患者編號|病歴番号|カルテ番号|номер карты|номер истории болезни",
        role="id",
    ),
    _field(
        "centre", "centre", "group",
        "center|centre|site|hospital|klinik|zentrum|clinic",
        "study site|treatment centre|treatment center|병원|医院|病院|施設|merkez|hopital|"
        "ospedale",
    ),
    _field(
        "treatment", "treatment", "group",
        "treatment|arm|drug|therapy|regimen|second line|2l|line2|tx|trt|rx|trt01p|trt01a|"
        "therapie|traitement|tedavi|tratamiento|terapia|tratamento|leczenie|behandeling|"
        "behandlung|group",
        "second line therapy|second line treatment|2nd line|second line drug|second line|"
        "zweitlinientherapie|therapie 2 linie|zweitlinie|traitement de 2e ligne|2e ligne|"
        "deuxieme ligne|segunda linea|segunda linha|seconda linea|ikinci basamak|2 basamak|"
        "druga linia|2차 치료|2차치료|치료군|二线治疗|二線治療|二次治療|治療薬|薬剤|治疗方案|"
        "treatment arm|treatment group|вторая линия|лечение|препарат|терапия|"
        "tratamiento 2a linea|tratamiento de segunda linea|tratamento 2a linha|"
        "trattamento 2a linea|leczenie ii linii|leczenie 2 linii|lecba 2 linie|lecba|"
        "masodvonal|kezeles|behandling|tweede lijn|andra linjen|θεραπεια|العلاج|치료약|약제|"
        "用药|用藥|治療薬剤|二线药物|二線藥物",
    ),
    _field(
        "start_date", "start of treatment", "date",
        "start|beginn|baseline|index|date0|enrolment|enrollment|debut|inicio|inizio|baslangic|"
        "begin|trtsdt|randomization|randomisation",
        "start date|date of start|start of|start 2l|started|treatment start|therapy start|"
        "first dose|"
        "index date|baseline date|beginn|therapiebeginn|behandlungsbeginn|startdatum|"
        "date de debut|debut du traitement|debut traitement|fecha de inicio|fecha inicio|"
        "data inizio|data di inizio|data de inicio|data inicio|baslangic tarihi|baslangic|"
        "tedavi baslangic|data rozpoczecia|poczatek|시작일|치료시작일|치료 시작일|开始日期|"
        "开始治疗|治疗开始|開始日|治療開始日|治療開始|開始日期|дата начала|начало|"
        "datum zahajeni|zahajeni lecby|kezeles kezdete|aloitus|startdato|"
        "ημερομηνια εναρξησ|εναρξη|تاريخ البدء|تاريخ بدء|투약시작일|起始日期|用药开始|投与開始日",
        role="outcome",
    ),
    _field(
        "death_date", "date of death", "date",
        "death|died|deceased|tod|exitus|dod|dthdt",
        "date of death|death date|date death|died on|day of death|todesdatum|sterbedatum|"
        "verstorben|verstorben am|date de deces|date du deces|fecha de muerte|"
        "fecha de fallecimiento|fecha exitus|data di morte|data decesso|data de obito|"
        "data do obito|olum tarihi|data zgonu|overlijdensdatum|사망일|사망일자|死亡日期|死亡日|"
        "дата смерти|death|datum umrti|datum zgonu|halal datuma|dodsdatum|dodsdato|"
        "ημερομηνια θανατου|تاريخ الوفاة|死亡时间|死亡時間|fecha de defuncion|fecha de exitus|"
        "data morte|data del decesso|date deces",
        role="outcome",
    ),
    _field(
        "last_contact", "last contact", "date",
        "last contact|lastfu|last fu|lfu|lkontakt|censor|last seen|last visit|lstalvdt|lkadt",
        "last contact|last follow up|last followup|last fu|last seen|last visit|"
        "last known alive|last alive|follow up date|date last known|letzter kontakt|"
        "letzte visite|letzter besuch|letztes follow up|dernier contact|dernieres nouvelles|"
        "derniere visite|ultimo contacto|ultima visita|ultimo contatto|ultimo contato|"
        "son kontrol|son gorulme|son takip|ostatni kontakt|ostatnia wizyta|laatste contact|"
        "최종추적일|마지막 추적|추적일|최종 추적|末次随访|末次隨訪|最后随访|最終確認日|"
        "最終観察日|最終生存確認日|最終受診日|дата последнего|последний контакт|"
        "последнее наблюдение|"
        "末次隨訪日|末次随访日|最后一次随访|最後追蹤|末次追蹤|最終来院日|posledni kontakt|"
        "posledni kontrola|utolso kontroll|utolso kontakt|utolso vizit|senaste kontakt|"
        "siste kontakt|sidste kontakt|ultima consulta|ultimo control|ultimo seguimiento|"
        "ultimo follow up|ultima revision|ultimo aggiornamento|ultimas noticias|son vizit|"
        "τελευταια επαφη|τελευταια επισκεψη|آخر متابعة|آخر زيارة|최종내원일|최종 내원일|"
        "마지막 내원일",
        role="outcome",
    ),
    _field(
        "progression_date", "date of progression", "date",
        "progression|pd|pd date|progress|progres",
        "date of progression|progression date|progressed on|date pd|progressionsdatum|"
        "progress am|date de progression|fecha de progresion|data di progressione|"
        "data de progressao|progresyon tarihi|data progresji|진행일|进展日期|進展日期|増悪日|"
        "進行日|progression|дата прогрессирования|datum progrese|progresszio datuma|"
        "datum progressie|ημερομηνια προοδου|تاريخ التقدم|진행일자|进展时间|data progressione|"
        "progressionsdato|pd 日期",
        role="outcome",
    ),
    _field(
        "birth_date", "date of birth", "date",
        "dob|birth|brthdtc|geb|geburtstag",
        "date of birth|birth date|birthdate|geburtsdatum|date de naissance|fecha de nacimiento|"
        "data di nascita|data de nascimento|dogum tarihi|data urodzenia|생년월일|出生日期|"
        "生年月日|дата рождения|datum narozeni|szuletesi datum|geboortedatum|fodelsedatum|"
        "fodselsdato|ημερομηνια γεννησησ|تاريخ الميلاد|出生年月",
    ),
    _field(
        "visit_date", "date of the visit", "date",
        "visitdt",
        "visit date|date of visit",
        role="post-baseline",
    ),
    _field(
        "os_time", "overall survival", "duration",
        "os|os m|os d|os w|os mon|osmon|os mo|os months|os days|os weeks|os years|os time|"
        "ostime|time|survival|os monate|ueberleben|überleben|sg|sle|stime|survtime|futime|"
        "os dur",
        "overall survival|survival time|os months|os monate|os mois|os ay|os|gesamtuberleben|"
        "survie globale|supervivencia global|sopravvivenza globale|sobrevida global|"
        "genel sagkalim|calkowite przezycie|przezycie calkowite|전체생존기간|전체 생존기간|"
        "总生存|總生存|总生存期|総生存期間|全生存期間|生存期間|общая выживаемость|"
        "sobrevivencia global|celkove preziti|teljes tuleles|totale overleving|"
        "total overlevnad|totaloverlevelse|samlet overlevelse|συνολικη επιβιωση|البقاء الكلي|"
        "생존기간|生存时间|生存時間|生存期|sopravvivenza|supervivencia|preziti|przezycie",
        role="outcome",
    ),
    _field(
        "death", "death", "event",
        "death|dead|died|deceased|status|os status|os event|os ev|osev|os censor|os|exitus|tod|"
        "statut|estado|stato|durum|vital status|mort|event|stan|dth|cens|deces|muerte|morte|"
        "obito",
        "death|died|dead|deceased|vital status|survival status|os event|os status|"
        "patient status|verstorben|gestorben|vitalstatus|decede|etat vital|statut vital|"
        "fallecido|fallecimiento|exitus|estado vital|stato vitale|deceduto|obito|olum|"
        "yasam durumu|son durum|zgon|overleden|사망여부|사망|생존여부|생존 여부|结局|結局|"
        "生存状态|生存狀態|存活状态|转归|轉歸|転帰|生死|死亡|смерть|статус|умер|"
        "存活狀態|生死狀態|存亡|状态|decesso|estado actual|estado del paciente|status zycia|"
        "alive|survived|censored|censoring|vivo|vivant|lebt|zije|생존|생존유무|是否存活|存活|是否生存|"
        "cnsr|stav|umrti|zemrel|zyje|statusz|halal|elhunyt|avliden|dod|dodsfall|overlijden|"
        "κατασταση|θανατοσ|εκβαση|الحالة|الوفاة|состояние|исход|летальный исход|사망유무|생존상태",
        role="outcome",
    ),
    _field(
        "pfs_time", "progression-free survival", "duration",
        "pfs|pfs m|pfsmon|pfs months|pfs days|pfs weeks|pfs time|ttp|ttp months|ttp time",
        "progression free survival|progressionsfreies uberleben|survie sans progression|pfs|"
        "ttp|time to progression|progresyonsuz sagkalim|supervivencia libre|"
        "sopravvivenza libera|무진행생존기간|无进展生存|無進展生存|無増悪生存期間|"
        "выживаемость без прогрессирования|preziti bez progrese|progressziomentes tuleles|"
        "progressievrije overleving|progressionsfri overlevnad|sobrevida livre de progressao|"
        "wolne od progresji|przezycie wolne od progresji|επιβιωση χωρισ προοδο|무진행 생존기간",
        role="outcome",
    ),
    _field(
        "progression", "progression", "event",
        "progression|progressed|pfs|pfs status|pfs event|pfs ev|pfs censor|pfsev|progress|pd",
        "progression|progressed|pfs status|pfs event|progress|progresion|progressione|"
        "progressao|progresyon|progresja|진행여부|进展|進展|増悪|прогрессирование|progrese|"
        "progresszio|progressie|προοδοσ νοσου|질병진행|疾病进展",
        role="outcome",
    ),
    _field(
        "age", "age", "number",
        "age|alter|edad|eta|idade|yas|wiek|leeftijd|나이|연령|年龄|年齡|年齢|возраст",
        "age at|age|alter|edad|idade|wiek|나이|연령|年龄|年齡|年齢|возраст|eletkor|alder|vek|"
        "ηλικια|العمر|leeftijd",
        scales=(("years", 0.0, 120.0),),
    ),
    _field(
        "sex", "sex", "group",
        "sex|gender|geschl|sexe|sexo|sesso|cinsiyet|plec|geslacht",
        "sex|gender|geschlecht|sexe|sexo|sesso|cinsiyet|plec|성별|性别|性別|пол|"
        "pohlavi|kon|kjonn|geslacht|φυλο|الجنس",
    ),
    _field(
        "ecog", "ECOG performance status", "group",
        "ecog|ps|zubrod|who ps",
        "ecog|performance status|who performance|수행능력|体力状态|ecog评分|体能状态|전신수행상태",
        levels="0|1|2|3|4|5",
    ),
    _field(
        "child_pugh_score", "Child–Pugh points", "group",
        "cp score|cps|cp points|ctp score",
        "child pugh score|child pugh points|child pugh punkte|score de child|ctp score|"
        "child score|childpugh score",
        levels="5|6|7|8|9|10|11|12|13|14|15",
    ),
    _field(
        "child_pugh", "Child–Pugh class", "group",
        "cp|child|cp class|cpclass|cp klass|ctp",
        "child pugh|childpugh|child pugh class|child pugh klasse|child turcotte|cp class|"
        "cp klasse|child class|차일드|чайлд пью|child pugh分级|child pugh分類|child pugh分類",
        levels="A|B|C",
    ),
    _field(
        "bclc", "BCLC stage", "group",
        "bclc|stage",
        "bclc|barcelona",
        levels="0|A|B|C|D",
    ),
    _field(
        "albi_grade", "ALBI grade", "group",
        "",
        "albi grade|albi grad|malbi grade",
        levels="1|2|3|2a|2b",
    ),
    _field(
        "albi", "ALBI score", "number",
        "albi",
        "albi score|albi",
        scales=(("", -5.0, 1.5),),
    ),
    _field(
        "etiology", "aetiology", "group",
        "etiology|aetiology|etio|cause|virus|hepatitis",
        "etiology|aetiology|atiologie|etiologie|etiologia|etioloji|underlying liver|원인|病因|"
        "成因|этиология|eziologia|etiyoloji|etiologi|αιτιολογια|原因疾患|원인질환|基础肝病|背景肝",
    ),
    _field(
        "extrahepatic_spread", "extrahepatic spread", "group",
        "ehs|metastasis|metastases|m",
        "extrahepatic|extrahepatisch|extra hepatique|extrahepatique|extrahepatica|"
        "ekstrahepatik|metastas|pozawatrobowe|간외전이|肝外转移|肝外轉移|肝外転移|"
        "внепеченочные|extraepatica|extraepatico|extrahepatalni|εξωηπατικη|遠隔転移|원격전이",
    ),
    _field(
        "lymph_node", "lymph node metastasis", "group",
        "ln",
        "lymph node|lymphknoten|림프절|淋巴结",
    ),
    _field(
        "macrovascular_invasion", "macrovascular invasion", "group",
        "mvi|pvt|pvtt|pvi|vi",
        "macrovascular|vascular invasion|portal vein|makroinvasion|makrovaskular|"
        "invasion vasculaire|pfortader|혈관침범|문맥침범|血管侵犯|门静脉|門脈|脈管侵襲|"
        "invasion vascular|invasao vascular|invasione vascolare|damar invazyonu|vaskuler invazyon|"
        "cevni invaze|naciek naczyn|inwazja naczyn|сосудистая инвазия|vaatinvasie|erinvazio|"
        "karlinvasion|αγγειακη διηθηση|غزو وعائي|脉管侵犯|脈管侵犯|癌栓",
    ),
    _field(
        "tumor_size", "tumour size", "number",
        "size|tumorsize",
        "tumor size|tumour size|largest tumor|largest tumour|largest lesion|tumorgrosse|"
        "taille tumorale|종양크기|肿瘤大小|腫瘤大小|腫瘍径",
        scales=(("cm", 0.0, 40.0), ("mm", 0.0, 400.0)),
    ),
    _field(
        "tumor_number", "tumour number", "group",
        "",
        "tumor number|tumour number|number of tumors|number of lesions|tumorzahl|肿瘤数目|"
        "腫瘍数",
    ),
    _field(
        "ascites", "ascites", "group",
        "ascites|aszites",
        "ascites|aszites|복수|腹水|асцит",
    ),
    _field(
        "encephalopathy", "encephalopathy", "group",
        "he|encephalopathy",
        "encephalopath|enzephalopathie|간성뇌증|肝性脑病|肝性脳症",
    ),
    _field(
        "dialysis", "dialysis", "group",
        "dialysis|hd",
        "dialysis|dialyse|투석|透析",
    ),
    _field(
        "afp", "AFP", "number",
        "afp|alpha fetoprotein",
        "afp|alpha fetoprotein|alphafetoprotein|alfa fetoprotein|甲胎蛋白|알파태아|афп|"
        "альфа фетопротеин|α フェトプロテイン|alfafetoproteina|alfafetoprotein",
        scales=(("ng/mL", 0.0, 100000000.0),),
    ),
    _field(
        "pivka", "PIVKA-II", "number",
        "pivka|dcp|pivka ii",
        "pivka|dcp|gamma carboxy|異常凝血酶原",
        scales=(("mAU/mL", 0.0, 100000000.0),),
    ),
    _field(
        "alt", "ALT", "number",
        "alt|alat|gpt|sgpt",
        "alt|alat|gpt|sgpt|alanine|谷丙",
        scales=_ENZYME,
    ),
    _field(
        "ast", "AST", "number",
        "ast|asat|got|sgot",
        "ast|asat|got|sgot|aspartate|谷草",
        scales=_ENZYME,
    ),
    _field(
        "alp", "ALP", "number",
        "alp|ap|alkp",
        "alkaline phosphatase|alkalische phosphatase|alp",
        scales=_ENZYME,
    ),
    _field(
        "ggt", "GGT", "number",
        "ggt|gamma gt",
        "ggt|gamma gt|gammagt",
        scales=_ENZYME,
    ),
    _field(
        "albumin", "albumin", "number",
        "albumin|alb",
        "albumin|albumine|albumina|알부민|白蛋白|アルブミン|альбумин|αλβουμινη|λευκωματινη|الألبومين",
        scales=(("g/L", 10.0, 80.0), ("g/dL", 1.0, 8.0)),
    ),
    _field(
        "bilirubin", "bilirubin", "number",
        "bilirubin|bili|tbil|tbili|t bil|bil",
        "bilirubin|bilirubine|bilirrubina|bilirubina|빌리루빈|胆红素|膽紅素|ビリルビン|"
        "билирубин|χολερυθρινη|البيليروبين",
        scales=(("mg/dL", 0.01, 50.0), ("µmol/L", 1.0, 900.0)),
    ),
    _field(
        "inr", "INR", "number",
        "inr|pt inr",
        "inr|prothrombin inr|국제표준화",
        scales=(("", 0.4, 20.0),),
    ),
    _field(
        "pt_prolonged_s", "prothrombin time prolonged", "number",
        "",
        "prothrombin time prolonged|pt prolonged",
        scales=(("s", -5.0, 100.0),),
    ),
    _field(
        "creatinine", "creatinine", "number",
        "creatinine|crea|kreatinin|cr|scr",
        "creatinine|kreatinin|creatinina|크레아티닌|肌酐|クレアチニン|креатинин|κρεατινινη|kreatynina",
        scales=(("mg/dL", 0.05, 25.0), ("µmol/L", 5.0, 2200.0)),
    ),
    _field(
        "sodium", "sodium", "number",
        "sodium|na|natrium",
        "sodium|natrium|sodyum|나트륨|血钠|血清ナトリウム",
        scales=(("mmol/L", 90.0, 200.0),),
    ),
    _field(
        "platelets", "platelets", "number",
        "platelets|plt|thrombocytes|thrombozyten|plaquettes",
        "platelet|thrombozyt|thrombocyt|plaquette|plaquetas|piastrine|trombosit|plytki|혈소판|"
        "血小板|тромбоциты|trombocyty|trombocita|trombocyt|plaquettes|αιμοπεταλια|الصفائح",
        scales=(("10^9/L", 1.0, 2500.0), ("/µL", 2500.0, 2500000.0)),
    ),
    _field(
        "lymphocytes", "lymphocytes", "number",
        "lymphocytes|lymphs|alc|lymphocyte|lym",
        "lymphocyte|lymphozyten|linfocitos|linfociti|lenfosit|림프구|淋巴细胞|リンパ球",
        scales=_PER_LITRE,
    ),
    _field(
        "neutrophils", "neutrophils", "number",
        "neutrophils|anc|neut|neutrophil",
        "neutrophil|neutrophile|neutrofilos|notrofil|호중구|中性粒细胞|好中球",
        scales=_PER_LITRE,
    ),
    _field(
        "monocytes", "monocytes", "number",
        "monocytes|mono|amc",
        "monocyte|monozyten|단핵구|单核细胞|単球",
        scales=(("10^9/L", 0.0, 30.0), ("/µL", 0.0, 30000.0)),
    ),
    _field(
        "leukocytes", "leucocytes", "number",
        "wbc|leukocytes|leukozyten|leucocytes",
        "white blood|leukocyte|leucocyte|leukozyten|백혈구|白细胞|白血球",
        scales=_PER_LITRE,
    ),
    _field(
        "crp", "CRP", "number",
        "crp",
        "crp|c reactive|c reaktives",
        scales=(("mg/dL", 0.0, 100.0), ("mg/L", 0.0, 1000.0)),
    ),
    _field(
        "hemoglobin", "haemoglobin", "number",
        "hb|hgb|hemoglobin|haemoglobin",
        "hemoglobin|haemoglobin|hamoglobin|혈색소|血红蛋白|ヘモグロビン",
        scales=(("g/dL", 2.0, 25.0), ("g/L", 25.0, 250.0)),
    ),
    _field(
        "bmi", "BMI", "number",
        "bmi",
        "bmi|body mass index",
        scales=(("kg/m²", 8.0, 90.0),),
    ),
    _field(
        "weight", "body weight", "number",
        "weight|gewicht|poids",
        "body weight|korpergewicht|체중|体重",
        scales=(("kg", 20.0, 350.0),),
    ),
    _field(
        "height", "height", "number",
        "height|grosse|taille",
        "body height|korpergrosse|키|身高|身長",
        scales=(("cm", 100.0, 250.0), ("m", 1.0, 2.5)),
    ),
    _field(
        "response", "best response", "group",
        "response|bor|recist|orr|ansprechen",
        "best response|overall response|recist|mrecist|tumor response|tumour response|"
        "ansprechen|reponse|respuesta|risposta|yanit|반응|疗效|療效|最良効果|奏効",
        role="post-baseline",
    ),
    _field(
        "comment", "comment", "text",
        "comment|comments|remark|remarks|note|notes|bemerkung",
        "comment|remark|bemerkung|commentaire|observaciones|note|aciklama|비고|备注|備註|備考",
    ),
)  # fmt: skip

# The columns of a long file of adverse events, those that are dictionary terms first.
EVENT_FIELDS: tuple[Field, ...] = (
    _field(
        "adverse_event",
        "adverse event",
        "text",
        "aedecod|preferred term|pt|pt name|aeterm|ae term|term|aellt|adverse event|"
        "adverse event term|event term|ae|event|events|toxicity|side effect|ctcae term|meddra|"
        "meddra pt|nebenwirkung|nebenwirkungen|unerwunschtes ereignis|uaw|ereignis|toxizitat|"
        "effet indesirable|evenement indesirable|evento adverso|effetto collaterale|toxicite|"
        "toxicidad|tossicita|yan etki|advers olay|bijwerking|zdarzenie niepozadane|"
        "dzialanie niepozadane|이상반응|부작용|이상사례|不良事件|不良反应|不良反應|有害事象|副作用|"
        "нежелательное явление|побочное действие",
        "adverse event|preferred term|side effect|unerwunschtes ereignis|nebenwirkung|"
        "effet indesirable|evenement indesirable|evento adverso|yan etki|이상반응|부작용|不良事件|"
        "不良反应|不良反應|有害事象|副作用|нежелательное явление",
        role="post-baseline",
    ),
    _field(
        "grade",
        "grade",
        "group",
        "aetoxgrn|aetoxgr|toxgr|ae grade|aegrade|ctcae|ctcae grade|ctcae grad|ctcae gr|"
        "ctc grade|ctc grad|ctc|ctcgrade|"
        "ctcaegrade|grade|grad|toxicity grade|max grade|maximum grade|highest grade|worst grade|"
        "grado|derece|graad|stopien|gravite|schweregrad|severity|등급|分级|分級|级别|級別|グレード|"
        "степень",
        "ctcae grade|ctcae grad|ctc grade|toxicity grade|schweregrad|grade ctcae|grado ctcae|"
        "등급|分级|分級|グレード|степень тяжести",
        role="post-baseline",
        levels="1|2|3|4|5",
    ),
)
# Words in the place of an event or of a grade that say that there was none.
_NO_EVENT = frozenset(_split(
    "none|no|nil|no ae|no adverse event|no adverse events|no event|keine|keine nw|aucun|aucune|"
    "ninguno|ninguna|nessuno|nessuna|nenhum|yok|geen|brak|없음|无|無|なし|нет"
))  # fmt: skip

# An earlier field wins a tie; `at week 8` makes a value of any field one known after baseline.
_LATER = re.compile(
    r"\b(week|wk|woche|semaine|hafta|month|monat|mois|cycle|visit) ?[1-9]\d*\b|\bw[1-9]\d*\b"
    r"|\b(after|nach|post|later|follow up|at progression|at pd)\b|weeks? later"
    r"|\b(semana|settimana|tydzien|tyden|неделя|het|vecka|mes|mese|miesiac|ay) ?[1-9]\d*\b"
    r"|\b(apres|despues|dopo|apos|sonra|po leczeniu|после|po lecbe|na behandeling)\b"
    r"|\b[1-9]\d* ?(주|개월|週|周|か月|ヶ月|ヵ月|个月|個月)(?!\w*생존)"
    r"|치료 ?후|治疗后|治療後|투여 ?후"
)
_DERIVED = re.compile(r"\b(ratio|index|change|delta|log\d*|percent|nadir|uln)\b")
# Which forms of a field a column can have, by how its cells are stored.
_FORMS: dict[Stored, tuple[Form, ...]] = {
    "date": ("date",),
    "number": ("id", "number", "duration", "event", "group"),
    "text": ("id", "group", "event", "number", "duration", "text"),
}
_MAX_EVENT = 6  # distinct values of a column that says whether an event happened


def recognise(name: str, stored: Stored, distinct: int) -> Field | None:
    """The field that a column's name denotes, for cells stored in this way; None when none does.

    Parameters
    ----------
    distinct
        The number of different values: a column with many is a duration rather than an event.
    """
    words = normal(name)
    if not words or _DERIVED.search(words):
        return None
    forms = [f for f in _FORMS[stored] if f != "event" or distinct <= _MAX_EVENT]
    if stored == "number" and distinct <= 2:
        forms = [f for f in forms if f != "duration"]
    later = _LATER.search(words)
    core = " ".join(re.sub(r"\bbaseline\b", " ", _LATER.sub(" ", words)).split()) or words
    whole = next((field for field in _whole_names().get(core, ()) if field.form in forms), None)
    field = whole or _by_phrase(core, forms)
    if field is None or not later or field.role != "baseline":
        return field
    return Field(f"{field.code}_later", f"{field.label}, later", field.form, "post-baseline",
                 scales=field.scales, levels=field.levels)  # fmt: skip


@cache
def _whole_names() -> dict[str, list[Field]]:
    """The fields of every whole name."""
    fields: dict[str, list[Field]] = {}
    for field in FIELDS:
        for name in _forms_of(field.names):
            fields.setdefault(name, []).append(field)
    return fields


@cache
def named(name: str) -> Field | None:
    """The field that is a column's whole name, signs and units aside: `AFP (ng/ml)` is the AFP.

    Unlike `recognise`, it takes no part of a name for the whole: `neutrophils/lymphocytes` is none.
    """
    words = normal(name)
    return next((f for f in FIELDS if words in _forms_of(f.names + f.phrases)), None)


# Parts of words, for names that hold no word of `FIELDS`: `Datum der letzten Nachsorge`.
_STEMS = {
    "start": "start|begin|baseline|index|debut|inicio|inizio|baslang|rozpocz|시작|开始|開始",
    "last": r"last|seen|follow|contact|kontakt|censor|letzt|dernier|ultim|ostatni|\bson |추적"
    "|末次|最后|最後|最終",
    "death": r"death|died|deceased|verstorben|\btod|sterb|deces|decede|muerte|fallec|morte"
    "|olum|zgon|사망|死亡",
    "progression": "progress|progres|진행|进展|進展|増悪",
    "adverse": r"\b(aes?|adae|ctcae|tox|toxicity|toxicities|trae|irae|adverse|nebenwirkung(en)?|uaw"
    r"|indesirables?|advers[oa]s?)\b|부작용|이상반응|不良|有害事象|副作用|нежелательн",
    "status": "status|statut|vital|event|estado|durum|결과|생존|结局|結局|转归|転帰",
}


def suggests(name: str, part: str) -> bool:
    """Whether a column's name suggests a part of an endpoint, by a part of a word at least.

    The parts are ``start``, ``last`` (contact), ``death``, ``progression`` and ``status``; or
    ``adverse``, for adverse events. This is
    enough for a proposal, which a person checks; `recognise` is stricter.
    """
    return re.search(_STEMS[part], normal(re.sub(r"[()\[\]（）【】]", " ", name))) is not None


def column_named(names: Sequence[str], code: str) -> str | None:
    """The column of a file of adverse events that holds a field, by its name.

    A name that is the whole of an earlier word comes first: `AEDECOD` before `AETERM`.
    """
    field = next(f for f in (*EVENT_FIELDS, *FIELDS) if f.code == code)
    by_words = {normal(name): name for name in reversed(list(names))}
    whole = [by_words.get(normal(word)) for word in field.names]
    phrases = [
        name
        for phrase in field.phrases
        for words, name in by_words.items()
        if _occurs(normal(phrase), words)
    ]
    return next((name for name in (*whole, *phrases) if name is not None), None)


def says_no_event(text: str) -> bool:
    """Whether a text in the place of an event or a grade says that there was none: `none`, `無`."""
    return normal(text) in _NO_EVENT


# Names of a status that is yes for a patient who lives, or whose time is censored.
_ALIVE = re.compile(
    r"\b(alive|surviv(ed|ing)|living|censor(ed|ing)?|cens|cnsr|viv[oae]|viva|vivante?|lebt|lebend"
    r"|zyje|zije|жив|hayatta|levend|lever|levande)\b|생존(여부|유무)?$|(存活|生存)(与否|與否)?$"
)


def asks_if_alive(name: str) -> bool:
    """Whether a column's name asks if the patient is alive or censored, so that yes is no event."""
    return _ALIVE.search(normal(name)) is not None


def imputation_column(names: Sequence[str]) -> str | None:
    """The column that numbers imputed copies of a cohort: R's `.imp`, SPSS's `Imputation_`."""
    return next((name for name in names if name.casefold() in (".imp", "imputation_")), None)


def names_a_patient(name: str) -> bool:
    """Whether a column's name denotes the number of a patient."""
    field = recognise(name, "text", 99)
    return field is not None and field.form == "id"


def names_an_outcome(name: str) -> bool:
    """Whether a column's name denotes a time, an event or a date of an endpoint."""
    stored: tuple[Stored, ...] = ("date", "number", "text")
    fields = (recognise(name, kind, _MAX_EVENT) for kind in stored)
    return any(field is not None and field.role == "outcome" for field in fields)


def _by_phrase(words: str, forms: Sequence[Form]) -> Field | None:
    """The field with the longest phrase that occurs in the words."""
    return next((field for field in _with_phrase_in(words) if field.form in forms), None)


@lru_cache(100_000)
def _with_phrase_in(words: str) -> tuple[Field, ...]:
    """The fields with a phrase that occurs in the words, that with the longest first."""
    within = [(phrase, field) for phrase, field in _phrases() if phrase in words]
    return tuple(field for phrase, field in within if _occurs(phrase, words))


@cache
def _phrases() -> list[tuple[str, Field]]:
    """All phrases with their fields, the longest first."""
    found = [(phrase, field) for field in FIELDS for phrase in _forms_of(field.phrases)]
    return sorted(found, key=lambda pair: -len(pair[0]))


def _occurs(phrase: str, words: str) -> bool:
    """Whether a phrase occurs as whole words; in Chinese, Japanese and Korean, anywhere.

    A phrase of eight letters or more may be the beginning of a longer word.
    """
    if phrase not in words or _NO_BLANKS.search(phrase):
        return phrase in words
    end = "" if len(phrase) >= 8 else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(phrase)}{end}", words) is not None


@cache
def _forms_of(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normal(word) for word in words)


_NO_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # between words of these
_UNDIVIDED = str.maketrans("ıłøđ", "ilod")  # letters that Unicode does not split from their sign
_BRACKETS = re.compile(r"[(\[（【][^()\[\]（）【】]*[)\]）】]")


def normal(name: str) -> str:
    """A column's name as words for comparison: without case, accents, units and signs."""
    text = " ".join(unicodedata.normalize("NFKC", name).split())
    without = _BRACKETS.sub(" ", text).strip() or text
    head, comma, tail = without.rpartition(",")
    if comma and plain_unit(tail):
        without = head
    letters = unicodedata.normalize("NFKD", without.casefold().translate(_UNDIVIDED))
    kept = "".join(c for c in letters if not unicodedata.combining(c) or "\u3099" <= c <= "\u309a")
    composed = unicodedata.normalize("NFC", kept)
    return " ".join(re.sub(r"[^\w]|_", " ", composed).split())


_UNITS = {
    "days": "d|day|days|tag|tage|jour|jours|dia|dias|giorni|gun|dni|일|天|日|día|días|gün|dny|"
    "tagen|dagen|dagar|dager|nap|дни|дней|ημέρες|يوم|أيام",
    "weeks": "w|wk|wks|week|weeks|woche|wochen|semaine|semaines|semanas|settimane|hafta|주|周|週|"
    "tygodnie|tygodni|týdny|týdnů|weken|veckor|uker|hét|недели|недель|εβδομάδες|أسابيع",
    "months": "m|mo|mon|month|months|monat|monate|mois|mes|meses|mesi|ay|miesiace|개월|月|"
    "个月|個月|ヶ月|ヵ月|か月|мес|월|カ月|monaten|miesiące|miesięcy|měsíce|měsíců|месяцы|месяцев|maanden|hónap|"
    "månader|måneder|μήνες|شهر|أشهر",
    "years": "y|yr|yrs|year|years|jahr|jahre|an|ans|annee|annees|anos|años|anni|yil|lata|"
    "년|세|岁|歲|歳|年|jahren|année|années|ano|yıl|jaar|år|év|roky|let|годы|лет|έτη|سنة|سنوات",
    "ng/mL": "ng/ml|нг/мл|µg/l|ug/l|mcg/l",
    "mg/dL": "mg/dl|mg%|мг/дл",
    "g/dL": "g/dl|g%|г/дл",
    "g/L": "g/l|г/л",
    "mg/L": "mg/l",
    "U/L": "u/l|iu/l|ui/l|e/l|ед/л",
    "IU/mL": "iu/ml|ui/ml",
    "µkat/L": "µkat/l|ukat/l",
    "µmol/L": "µmol/l|umol/l|mcmol/l|мкмоль/л",
    "mmol/L": "mmol/l|meq/l",
    "mAU/mL": "mau/ml",
    "10^9/L": "10^9/l|10e9/l|x10^9/l|×10^9/l|10*9/l|g/l giga|/nl|gpt/l|10^3/µl|k/µl|"
    "10^3/ul|x10^3/µl|×10^3/µl|k/ul",
    "/µL": "/µl|/ul|/mm3|/mm³|cells/µl|cells/ul|1/µl",
    "cm": "cm",
    "mm": "mm",
    "kg": "kg",
    "kg/m²": "kg/m2|kg/m²",
    "%": "%|percent|％",
    "s": "s|sec|sek",
}
_PLAIN = {
    unicodedata.normalize("NFKC", spelling).casefold(): unit
    for unit, spellings in _UNITS.items()
    for spelling in spellings.split("|")
}


def plain_unit(text: str) -> str | None:
    """A unit in its usual spelling: `ng/ml` is ``ng/mL``, `Monate` ``months``; else None."""
    return _PLAIN.get(unicodedata.normalize("NFKC", text).casefold().replace(" ", "").strip("."))


def unit_in(name: str) -> str | None:
    """The unit that a column's name or label states: in brackets, after a comma, or as last word.

    A last word counts only as a unit of time of a duration: `os_months`, `OS_Monate`.
    """
    text = " ".join(name.split())
    inside = [part[1:-1] for part in _BRACKETS.findall(unicodedata.normalize("NFKC", text))]
    candidates = [*reversed(inside), *text.split(",")[1:][-1:]]
    found = next((unit for unit in map(plain_unit, candidates) if unit), None)
    if found:
        return found
    last = re.split(r"[\s_]", text)[-1]
    unit = plain_unit(last) if len(last) > 2 else None
    return unit if unit in ("days", "weeks", "months", "years") and last != text else None


# Words for the categories of best response, in the order of the categories.
_RESPONSE_WORDS = {
    "CR": "complete response|complete remission|complete|komplette remission|vollremission|"
    "reponse complete|respuesta completa|risposta completa|resposta completa|tam yanit|완전관해|"
    "완전반응|完全缓解|完全緩解|完全奏効|完全寛解",
    "PR": "partial response|partial remission|partial|partielle remission|teilremission|"
    "reponse partielle|respuesta parcial|risposta parziale|resposta parcial|kismi yanit|"
    "parsiyel yanit|부분관해|부분반응|部分缓解|部分緩解|部分奏効",
    "SD": "stable disease|stable|stabile erkrankung|stabil|maladie stable|enfermedad estable|"
    "malattia stabile|doenca estavel|stabil hastalik|안정병변|안정|疾病稳定|病情稳定|稳定|"
    "疾病穩定|安定",
    "PD": "progressive disease|progression|progressive|progressed|progress|krankheitsprogression|"
    "maladie progressive|progresion|progressione|progressao|progresif hastalik|progresyon|"
    "진행병변|진행|疾病进展|病情进展|进展|疾病進展|進行|増悪",
    "NE": "not evaluable|inevaluable|non evaluable|unevaluable|nicht beurteilbar|"
    "nicht auswertbar|no evaluable|non valutabile|nao avaliavel|degerlendirilemedi|평가불가|"
    "不可评价|无法评价|不能评价|評価不能",
}  # fmt: skip
_RESPONSE_OF = {
    word: category for category, words in _RESPONSE_WORDS.items() for word in words.split("|")
}
_UNLIKE = re.compile(r"\b(non|not|no|un\w+|u)\b")  # `non-CR/non-PD`, `unconfirmed PR`


def response_category(text: str) -> str | None:
    """The category of best response that a text in some language probably means: `PR`, or None.

    It is a suggestion for people to confirm: `PR (confirmed)`, `partial response`, `완전 관해`.
    """
    words = normal(text)
    if _UNLIKE.search(text.casefold()):
        return _RESPONSE_OF.get(words)  # "not evaluable"
    whole = _RESPONSE_OF.get(words) or _RESPONSE_OF.get(words.replace(" ", ""))
    if whole:
        return whole
    categories = {word.upper() for word in words.split()} & set(_RESPONSE_WORDS)
    categories |= {
        category for word, category in _RESPONSE_OF.items() if " " in word and word in words
    }
    return categories.pop() if len(categories) == 1 else None
