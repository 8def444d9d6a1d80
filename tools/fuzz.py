"""Random cohorts, dictionaries and command lines: what breaks a rule is printed with its seed.

``python tools/fuzz.py [--minutes 5] [--from 0]`` tries one seed after the other; ``--seed N`` tries one
again and prints its files, its command line and what `hcc2l` answered; ``--keep FOLDER`` leaves its files
there. The rules are those of `tests/hostile/watched.py`, and no run may take more than 20 seconds or
1 GB. A case that is found becomes a line of `tests/hostile/cases.py`.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.hostile.watched import Watched, watched  # noqa: E402

from hcc2l.specs import SPECS  # noqa: E402 - the path is set first
from hcc2l.specs.options import Option, options_of  # noqa: E402
from hcc2l.specs.output import OutputOptions  # noqa: E402
from hcc2l.specs.reading import ReadingOptions  # noqa: E402

MOST_SECONDS, MOST_BYTES = 20, 1_000_000_000

CELLS = (
    "", "", "NA", "0", "1", "2", "-1", "5.5", "1e9", "1e308", "-1e308", "1e-308", "1e400", "nan", "inf", "-0", "<5", ">5",
    "1,118", "1.118,5", "１２", "5²", "−3", "yes", "no", "alive", "dead", "A", "B", "CR", "PD", "2020-01-01", "2021-02-30", "31.12.2020",
    "3/4/2020", "44000", "#REF!", "=1+1", "a;b", "a\tb", " x ", "\x1b[31m", "\ufeff", "ß", "é", "e\u0301", "中", "\u202e", "'", '"',
    "007", "7", "7.0", "x" * 300, "9" * 40, "unknown", "n.d.", "12 %", "12 mg", "true", "FALSE", "?", "\\input", "<b>", "$x", "{", "%", "_",
)  # fmt: skip
NAMES = (
    "os_months", "death", "g", "x", "y", "id", "patient_id", "afp", "albumin", "bilirubin", "age", "sex", "start", "stop", "date", "last_contact",
    "status", "time", "event", "pfs_months", "pfs_event", "child_pugh", "response", "grade", "w", "", " ", "x y", "x,y", "x@4", "x>4", "g=a", "é", "AFP (ng/mL)", "os_days", "*", "c" * 200,
)  # fmt: skip
TERMS = (
    "{}", "{}", "{}", "{}", "{}", "{}@4", "{}@", "{}@median", "{}@1/2", "{}@log2", "{}@per10", "{}@x", "{}>3", "{}>=1e400", "{}==a", "{}=a", "{}!=1", "{} in a,b", "{} in {{a,1}}",
    "{} missing", "{} present", "{}=1", "{}=", "{}:x", "{}+x", "{}/x", "{}%x", "{},x", "{},{}", "nope", "", ",", "a", "albi", "pni", "{}___a", "{}@rcs", "{}@rcs4", "{}@log2@rcs3", "{}@rcs9", "{}=median", "{}=4", "screened=50", "{}>2::L", "mean-sd", "welch",
)  # fmt: skip
NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "5",
    "6,12",
    "0.05",
    "0.2",
    "0.5",
    "0.95",
    "10",
    "24",
    "100",
    "-1",
    "1e-9",
    "1e9",
    "1e300",
    "nan",
    "inf",
    "x",
    "",
    "1,1",
    "0.999999999",
)
ENDS = (".md", ".html", ".tex", ".csv", ".json", ".xlsx", ".docx")
KEYS = (
    'id = "id"', "id = false", 'treatment = "g"', 'missing = ["1"]', 'date_order = "dmy"', 'title = "$T<b>"', '[endpoints.os]\ntime = "x"\nevent = "death"', '[endpoints.os]\nstart = "start"\nend = ["stop", "date"]\ncensor = "last_contact"',
    '[endpoints.os]\ntime = "os_months"\nevent = "death=1"\nunit = "days"\nlabel = "L\\nM"', '[columns.g]\nlevels = ["a", "b"]', '[columns.g]\nlabels = {a = "=1+1", b = "<i>"}', '[columns.g]\ngroups = {p = ["a"], q = ["b", "c"]}\nother = "missing"',
    '[columns.x]\ncut = [3]\nunit = "mg"', '[columns.x]\ntype = "factor"', '[columns.x]\ntype = "numeric"\nmarks = ["*"]', '[columns.x]\ntype = "date"', '[columns.x]\ntype = "text"', '[columns.g]\nsplit = ";"', '[columns.y]\nthousands = ","',
    '[derived.d]\nratio = ["x", "y"]', '[derived.d]\nchange = ["x", "y"]\npercent = true', '[derived.d]\nof = "g"\ngroups = {p = ["a"], q = ["b"]}', '[derived.d]\nscore = "albi"', '[defaults]\nconf_level = 0.9', '[defaults]\nwhere = ["x>1"]', '[km]\nat = [1, 5]\nby = "g"',
    '[rows]\nmerge = "id"', '[rows]\nsections = "sec"', 'nope = 1', "[columns.x]\nrole = 'post-baseline'",
)  # fmt: skip
# What several options together ask for, each with the options that such a question may also have.
QUESTIONS = (
    ("cox -x x,g --entry entry", "--multivariable", "--cluster pid", "--strata centre", "--landmark 2", "--firth", "--visits v.csv", "--when later=later", "-x later", "--competing cause", "--frailty centre", "--ph-transform log", "--weights y", "--adjusted-curves g", "--performance --boot 2"),
    ("cox -x later,x --when later=later", "--landmark 2,4", "--visits v.csv", "--when x=entry", "--interaction later:x", "--select 0.5", "--stepwise aic", "--strata g", "--cluster pid", "--robust", "--drop-constant", "--when g=later"),
    ("cox -x v,g --visits v.csv", "--landmark 2", "--when later=later", "-x later", "--cut v=5", "-x v@log2", "-x v@rcs3", "--multivariable", "--competing cause"),
    ("cox -x x,g --competing cause", "--censoring-group centre", "--adjusted-incidence g --at 2,5 --boot 2", "--adjusted-incidence x --at 1", "--cluster pid", "--weights y", "--robust", "--strata centre", "-x x@rcs3", "--interaction x:g", "--competing death=0", "--landmark 1"),
    ("cox -x x,g --frailty centre", "--frailty pid", "--which centres --plot o.svg", "--strata g", "--impute 2", "--competing cause", "--when later=later -x later", "--select 0.5", "--stepwise lr", "--interaction x:g", "-x x@rcs3"),
    ("cox -x x@rcs4,g", "-x y@rcs3", "--interaction x@rcs4:g", "--ref x=4", "--ref x=1e9", "--which spline --plot o.svg", "--firth", "--strata centre", "--stepwise aic", "--performance --boot 2", "--impute 2", "--entry entry", "-x x"),
    ("logistic --outcome death -x x@rcs3,g", "--ci profile", "--firth", "--interaction x@rcs3:g", "--which spline --plot o.svg", "--impute 2", "--performance --boot 2", "--save-model s.json"),
    ("cox -x x,g --impute 2", "--shift x=1", "--shift g=1", "--shift x=1e300", "--imputations i.csv", "--univariable", "--multivariable", "--select 0.5", "--stepwise wald", "--competing cause", "--entry entry", "--when later=later", "--subgroups g --within centre", "--performance --boot 2", "--strata centre", "--save-model s.json"),
    ("cox -x x,g --imputations i.csv", "--shift x=-2", "--where x>3", "--where y>1", "--cut x=5", "--stepwise lr", "--interaction x:g", "--cluster pid"),
    ("logistic --outcome death -x x,g --impute 2", "--shift x=1", "--imputations i.csv", "--select 0.5", "--ci profile", "--firth", "--performance --boot 2", "--where x>3"),
    ("km --by g --impute 2", "--imputations i.csv", "--at 5", "--tau 5", "--pairwise", "--weights y", "--strata centre", "--competing cause", "--curve", "--nph", "--plot o.svg", "--entry entry", "--parametric weibull", "--trend"),
    ("psmatch --treat death=1 -x x,g --impute 2", "--imputations i.csv", "--caliper none", "--exact g", "--weighting iptw", "--weighting overlap", "--save s.csv", "--replace", "--ratio 2", "--doubly-robust"),
    ("table1 -x x,g --impute 2", "--by centre", "--imputations i.csv", "--pair pid", "--smd pooled", "--total"),
    ("impute c.csv -x x,g --impute 2 --save s.csv", "-x y", "-x later", "--where x>3", "--endpoint os", "--cut x=5", "-x x@rcs3"),
    ("km --entry entry", "--by g", "--from 2", "--from 100", "--at 3", "--competing cause", "--weights y", "--tau 5", "--curve", "--nph", "--parametric weibull", "--landmark 2", "--when later=later", "--given 3", "--test fh", "--test peto", "--trend", "--plot o.svg"),
    ("km --when later=later --by later", "--landmark 2,4", "--entry entry", "--at 3", "--tau 5", "--pairwise", "--strata g", "--competing cause", "--from 2", "--plot o.svg", "--curve", "--weights y"),
    ("km --competing cause", "--by g", "--weights x", "--weights y", "--strata centre", "--at 2,5", "--pairwise", "--plot o.svg", "--trend", "--entry entry", "--landmark 1", "--curve", "--tau 4"),
    ("roc --marker x@rcs4 --outcome death", "--marker x@rcs3,y", "--compare", "--combine x@rcs3+y", "--boot 3", "--curve", "--at 4", "--by g"),
    ("validate --score x,y --at 5", "--boot 3", "--thresholds 0.1-0.5", "--score x@rcs3", "--plot o.svg", "--which calibration", "--model m.json", "--outcome death", "--risk x", "--impute 2", "--imputations i.csv", "--where g==a"),
    ("validate --model m.json --at 5", "--at 2,5,100", "--score x", "--boot 3", "--thresholds 0.1-0.5", "--outcome death", "--plot o.svg", "--which net-benefit", "--time-unit days", "--impute 2", "--imputations i.csv"),
    ("validate --risk x --outcome death", "--risk y", "--score x", "--boot 3", "--plot o.svg", "--thresholds 0-1", "--thresholds 0.5-0.1", "--at 5"),
    ("cox -x x,g --multivariable --save-model s.json", "-x x@rcs3", "-x y", "--strata centre", "--interaction x:g", "--weights y", "--entry entry", "--frailty centre", "--firth", "--min-cell 5", "--when later=later -x later", "--competing cause"),
)  # fmt: skip
SIZES = (
    "--parameters", "--c", "--r2", "--rate", "--follow-up", "--horizon", "--prevalence", "--shrinkage", "--hr", "--power", "--alpha",
    "--n", "--events", "--median", "--conf-level", "--event-probability", "--factor", "--share",
)  # fmt: skip
# Files, what takes long, and options of figures, for which there is no figure.
_ELSEWHERE = (
    "out", "plot", "save", "config", "template", "boot", "cohort", "write_dictionary", "events", "matched",
    "width", "height", "dpi", "font_size", "palette", "title", "reference_rows", "performance", "max_size",
    "save_model", "model", "jobs", "scheduler",
)  # fmt: skip


@dataclass(frozen=True)
class Try:
    """The files and the command line of a seed."""

    seed: int
    files: dict[str, bytes]
    words: tuple[str, ...]


class TooSlowError(BaseException):
    """The alarm: no handler of `hcc2l` catches it."""


def made(seed: int) -> Try:
    """What a seed tries, always the same."""
    rng = random.Random(seed)
    names = _names(rng)
    files = {"c.csv": _cohort(rng, names)}
    if rng.random() < 0.25:
        files["hcc2l.toml"] = _dictionary(rng).encode()
    if rng.random() < 0.5:
        return Try(seed, files, tuple(_words(rng, names)))
    names = [
        "os_months",
        "death",
        "x",
        "g",
        "y",
        "entry",
        "later",
        "cause",
        "centre",
        "pid",
        *names,
    ]
    names = [n for n in dict.fromkeys(names) if n not in ("id", "patient_id")]
    words = _question(rng, names)
    files["c.csv"] = _cohort(rng, names, odd=0.03)
    for name, make in (("v.csv", _visits), ("i.csv", _imputed), ("m.json", _model)):
        if name in words:
            files[name] = make(rng).encode()
    return Try(seed, files, tuple(words))


def _names(rng: random.Random) -> list[str]:
    names = ["os_months", "death", "g", "x", "y"]
    names += rng.sample(NAMES, rng.randint(0, 4))
    if rng.random() < 0.2:
        rng.shuffle(names)
    return names if rng.random() < 0.02 else list(dict.fromkeys(names))


def _cohort(rng: random.Random, names: Sequence[str], *, odd: float = 0.2) -> bytes:
    """Sensible columns, of which some cells, rows and bytes are not; `odd` of the columns."""
    rows = rng.choice([1, 2, 3, 8, 20, 40, 40, 40, 60, 60, 60, 60]) if rng.random() < 0.98 else 0
    sep = rng.choice([",", ",", ",", ";", "\t", "|"])
    levels = rng.sample(["a", "b", "c", "A", "a ", "ä", "1", "2"], rng.randint(1, 4))
    people = rng.choice([20, 10**9])
    usual = {
        "os_months": lambda: str(round(rng.expovariate(0.1), rng.choice([0, 1, 1, 4]))),
        "death": lambda: rng.choice(["0", "1"]),
        "g": lambda: rng.choice(levels),
        "x": lambda: str(round(rng.gauss(5, 2), 1)),
        "y": lambda: str(rng.randint(0, 3)),
        "start": lambda: f"2020-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "stop": lambda: f"2021-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "id": lambda: str(rng.randint(1, 10**6)),
        "entry": lambda: str(round(rng.uniform(0, 4), rng.choice([0, 1]))),
        "later": lambda: rng.choice(["", str(rng.randint(0, 9)), str(round(rng.uniform(0, 9), 1))]),
        "cause": lambda: rng.choice(["0", "0", "1"]),
        "centre": lambda: rng.choice(["A", "B", "C", "D"]),
        "pid": lambda: f"P{rng.randint(1, people)}",
    }
    columns = {}
    for name in names:
        make = usual.get(name) or rng.choice(list(usual.values()))
        constant = make() if rng.random() < 0.07 else None
        columns[name] = [constant or make() for _ in range(rows)]
        outcome = name in ("os_months", "death")
        if rng.random() < (odd / 5 if outcome else odd):
            for _ in range(rng.choice([1, 1, 3, rows])):
                if rows:
                    columns[name][rng.randrange(rows)] = rng.choice(CELLS)
    lines = [sep.join(_quoted(n, sep, rng) for n in names)]
    lines += [sep.join(_quoted(columns[n][i], sep, rng) for n in names) for i in range(rows)]
    if rng.random() < 0.03:
        lines.insert(
            rng.randrange(len(lines) + 1),
            rng.choice(["", "Total", sep, "a" + sep, '"', "mean" + sep * (len(names) - 1)]),
        )
    text = rng.choice(["\n", "\n", "\n", "\r\n", "\r"]).join(lines) + rng.choice(["\n", ""])
    content = text.encode(rng.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "cp1252"]), "replace")
    if rng.random() < 0.04 and content:
        at = rng.randrange(len(content))
        content = content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
    return content


def _visits(rng: random.Random) -> str:
    """A file of visits, of which some are not sensible."""
    cells = [f"P{rng.randint(1, 60)},{rng.randint(0, 9)},{rng.gauss(5, 2):.1f}" for _ in range(80)]
    if rng.random() < 0.4:
        cells[3] = ",".join(rng.choice([*CELLS[:24], "P3"]) for _ in range(3))
    return "\n".join([rng.choice(["pid", "pid", "id"]) + ",visit_time,v", *cells]) + "\n"


def _imputed(rng: random.Random) -> str:
    """Imputed data sets, some of them not of the form that is asked for."""
    lines = [".imp,os_months,death,x,g,y,centre,cause"]
    rows = rng.choice([1, 20, 40])
    for data_set in range(rng.choice([0, 1, 1]), rng.choice([1, 3, 4])):
        for row in range(rows - (rng.random() < 0.1)):
            x = "" if data_set == 0 and row % 5 == 0 else f"{rng.gauss(5, 2):.1f}"
            lines.append(
                f"{data_set},{row % 9 + 1},{row % 3 % 2},{x},{'abc'[row % 3]},1,A,{row % 2}"
            )
    if rng.random() < 0.2:
        lines[rng.randrange(len(lines))] = ",".join(rng.choices(CELLS[:24], k=8))
    return "\n".join(lines) + "\n"


def _model(rng: random.Random) -> str:
    """A saved model, of which a part may be wrong."""
    text = (
        '{"name": "m", "type": "cox", "endpoint": "os", "unit": "months", "terms": [{"term": "x", "coef": 0.1},'
        ' {"term": "g", "levels": {"a": 0.0, "b": 0.5, "c": -1}}],'
        ' "baseline": {"time": [1, 2, 5], "survival": [0.9, 0.8, 0.5]}}'
    )
    if rng.random() < 0.5:
        old = rng.choice(
            ['"cox"', '"x"', "0.1", "0.0", "[1, 2, 5]", "0.8", '"months"', '"terms"', "{", '"a"']
        )
        text = text.replace(
            old,
            rng.choice(["1", "[]", "null", '"logistic"', "-1", "1e999", "NaN", '"y@rcs3"', ""]),
            1,
        )
    return text


def _quoted(cell: str, sep: str, rng: random.Random) -> str:
    if (sep in cell or '"' in cell or "\n" in cell) and rng.random() < 0.9:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _dictionary(rng: random.Random) -> str:
    parts = rng.sample(KEYS, rng.choice([1, 1, 1, 2]))
    return "\n".join(sorted(parts, key=lambda part: part.startswith("["))) + "\n"


def _words(rng: random.Random, names: Sequence[str]) -> list[str]:
    """A command with what it needs, and some of its options."""
    command = rng.choice(list(SPECS))
    words = [command, "c.csv", *_needed(command, rng, names)]
    options = {**options_of(SPECS[command])}
    shared = {**options_of(OutputOptions), **options_of(ReadingOptions)}
    options |= {n: shared[n] for n in rng.sample(list(shared), 2)} if rng.random() < 0.2 else {}
    for name in _ELSEWHERE:
        options.pop(name, None)
    for option in rng.sample(list(options.values()), rng.choice([0, 0, 1, 1, 1, 2, 3])):
        words += _option(option, rng, names)
    if rng.random() < 0.15:
        words += ["--out", "o" + rng.choice(ENDS)]
    if rng.random() < 0.04 and "plot" in options_of(SPECS[command]) | shared:
        words += ["--plot", "o.svg"]
    return words + (["--json"] if rng.random() < 0.3 else [])


def _question(rng: random.Random, names: Sequence[str]) -> list[str]:
    """Options that belong together, with some that may or may not go with them."""
    if rng.random() < 0.04:
        flags = rng.sample(SIZES, rng.randint(1, 7))
        return ["size", *(w for flag in flags for w in (flag, rng.choice(NUMBERS)))]
    asked, *more = rng.choice(QUESTIONS)
    command, *words = asked.split()
    words = [command, *words] if "c.csv" in words else [command, "c.csv", *words]
    for text in rng.sample(more, rng.choice([0, 1, 1, 2, 3])):
        words += text.split()
    if rng.random() < 0.2:
        own = {n: o for n, o in options_of(SPECS[command]).items() if n not in _ELSEWHERE}
        words += _option(rng.choice(list(own.values())), rng, names)
    if rng.random() < 0.15:
        words += ["--out", "o" + rng.choice(ENDS)]
    words += rng.choice([[]] * 8 + [["--min-cell", "5"], ["--methods"], ["--digits", "0"]])
    return words + (["--json"] if rng.random() < 0.3 else [])


def _needed(command: str, rng: random.Random, names: Sequence[str]) -> list[str]:
    some = ",".join(rng.sample(list(names), min(len(names), rng.randint(1, 3))))
    usual = rng.choice(["g,x", "x", "g", "x,y", some, some])
    return {
        "km": rng.choice([["--by", "g"], ["--by", _term(rng, names)], []]),
        "cox": ["-x", usual], "tree": ["-x", usual], "logistic": ["--outcome", rng.choice(["death", "death", "y=1", _term(rng, names)]), "-x", usual],
        "psmatch": ["--treat", rng.choice(["g=a", "death=1", "a", _term(rng, names)]), "-x", usual],
        "roc": rng.choice([["--outcome", "death", "--marker", "x"], ["--at", "5", "--marker", "x,y"], ["--outcome", _term(rng, names)]]),
        "table1": rng.choice([["--by", "g"], [], ["--by", _term(rng, names), "-x", usual]]), "response": ["--response", rng.choice(list(names))],
        "adverse": ["-x", some], "change": ["--before", "x", "--after", rng.choice(["y", *names])], "validate": rng.choice([["--score", usual], ["--score", "x,y", "--at", "5"], ["--risk", "x", "--outcome", "death"]]),
        "derive": ["--add", rng.choice(["albi", "pni", "d", *names]), "--save", "s.csv"],
        "impute": ["-x", usual, "--impute", "2", "--save", "s.csv"],
    }.get(command, [])  # fmt: skip


def _option(option: Option, rng: random.Random, names: Sequence[str]) -> list[str]:
    if option.kind is bool:
        return [option.flag]
    if option.choices:
        value = rng.choice(option.choices) if rng.random() < 0.97 else "nope"
    elif option.kind in (int, float):
        value = rng.choice(NUMBERS[:12] if rng.random() < 0.85 else NUMBERS)
    else:
        value = _term(rng, names)
    return [option.flag, value]


def _term(rng: random.Random, names: Sequence[str]) -> str:
    columns = [rng.choice([*names, "g", "g", "x", "y"]) for _ in range(2)]
    return rng.choice(TERMS if rng.random() < 0.5 else TERMS[:4] + TERMS[5:6]).format(*columns)


def tried(one: Try, folder: Path) -> tuple[Watched | None, list[str]]:
    """The answer to a seed (None if it was stopped), and the rules that it breaks."""
    for name, content in one.files.items():
        (folder / name).write_bytes(content)
    before, begun = _memory(), time.monotonic()
    signal.signal(signal.SIGPROF, _stop)  # of processor time: others may use the machine
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        answer = watched([w.replace("\0", "") for w in one.words], folder)
    except TooSlowError:
        return None, [f"took more than {MOST_SECONDS} s"]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    broken = list(answer.broken)
    if _memory() - before > MOST_BYTES:
        broken.append(
            f"took {(_memory() - before) / 1e9:.1f} GB in {time.monotonic() - begun:.1f} s"
        )
    return answer, broken


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise TooSlowError


def _memory() -> int:
    """The most bytes that this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main() -> int:
    """Try seeds until the time is over; the exit status is 1 if one broke a rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--seed", type=int, help="try this one alone, and print everything")
    parser.add_argument("--keep", type=Path, help="a folder for its files")
    typed: Any = parser.parse_args()
    if typed.seed is not None:
        return _again(typed.seed, typed.keep)
    end, seed = time.monotonic() + 60 * typed.minutes, typed.first
    statuses: Counter[int | None] = Counter()
    found: Counter[str] = Counter()
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder:
            one = made(seed)
            answer, broken = tried(one, Path(folder))
        statuses[answer.status if answer else None] += 1
        for rule in broken:
            found[rule[:60]] += 1
            if found[rule[:60]] == 1:
                print(
                    f"{rule[:300]}\n    python tools/fuzz.py --seed {seed}    # hcc2l {' '.join(one.words)[:200]!r}",
                    flush=True,
                )
        seed += 1
    tries = ", ".join(
        f"{n:,} with status {status}" for status, n in sorted(statuses.items(), key=str)
    )
    print(
        f"{statuses.total():,} tries from seed {typed.first}: {tries}; {found.total()} broke a rule"
    )
    return int(bool(found))


def _again(seed: int, keep: Path | None) -> int:
    one = made(seed)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in one.files.items():
            print(f"--- {name}\n{content.decode(errors='backslashreplace')}")
        print(f"--- hcc2l {one.words}")
        answer, broken = tried(one, keep or Path(folder))
    if answer:
        print(answer.out, answer.err, f"--- exit status {answer.status}", sep="\n")
    print(*(f"BROKEN {rule}" for rule in broken), sep="\n")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
