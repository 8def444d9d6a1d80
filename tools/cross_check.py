"""Random cohorts through `hcc2l` and through R: what differs is printed with its seed.

``python tools/cross_check.py [--cohorts 2000] [--seed 0] [--command km …] [--keep FOLDER]``

Every seed makes one small cohort, with ties, empty cells and odd scales, and one command with options.
One process of R analyses all cohorts of a batch with the functions that a statistician would call
(survival, stats, and pROC and MatchIt where they are installed); without R, Kaplan–Meier and Cox are
compared with lifelines. A number differs when it is not equal within 1e-6 of its size. Seeds are
reproducible: ``--seed N --cohorts 1 --command cox`` analyses one again.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.hostile.watched import watched  # noqa: E402 - the path is set first

TOLERANCE = 1e-6
BATCH = 200  # cohorts for one process of R
Values = dict[str, float | None]


@dataclass(frozen=True)
class Job:
    """One cohort with one command.

    Attributes
    ----------
    code
        In R, with the cohort as `d`: calls of `put(name, value)`.
    values
        From the JSON of `hcc2l`, what `code` puts, under the same names.
    name
        What is checked: its key in `COMMANDS`.
    files
        What `words` names beside the cohort, by name; R finds them as ``SEED-NAME``.
    """

    seed: int
    command: str
    words: tuple[str, ...]
    data: Mapping[str, Sequence[Any]]
    code: str
    values: Callable[[Mapping[str, Any]], Values]
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The cohort as CSV."""
        rows = zip(*self.data.values(), strict=True)
        lines = (",".join("" if c is None else str(c) for c in row) for row in rows)
        return "\n".join([",".join(self.data), *lines]) + "\n"


# --- cohorts ---


def cohort(rng: np.random.Generator, rows: int) -> dict[str, list[Any]]:
    """Times with or without ties, events, two groups of levels, and three numbers; some are missing."""
    x = np.round(rng.normal(60, 10, rows), int(rng.integers(0, 3)))
    z = np.exp(np.round(rng.normal(3, 1, rows), 2))
    group = rng.choice(list("abcd")[: int(rng.integers(2, 5))], rows)
    risk = 0.02 * (x - 60) + 0.4 * (group == "b")
    time = rng.weibull(rng.choice([0.7, 1.0, 1.8]), rows) * 20 * np.exp(-risk)
    limit = rng.uniform(5, 60, rows)
    observed = np.minimum(time, limit)
    digits = int(rng.choice([0, 1, 4]))
    data: dict[str, list[Any]] = {
        "os_months": [float(t) for t in np.round(observed, digits) + (digits == 0)],
        "death": [int(e) for e in time <= limit],
        "g": [str(v) for v in group],
        "s": [str(v) for v in rng.choice(["p", "q", "r"][: int(rng.integers(2, 4))], rows)],
        "x": [float(v) for v in x],
        "z": [float(v) for v in np.round(z, 3)],
        "b": [int(v) for v in rng.random(rows) < 0.4],
        "w": [int(v) for v in rng.integers(1, 4, rows)],
    }
    if rng.random() < 0.3:
        for name in ("x", "g", "z"):
            for row in rng.choice(rows, 2, replace=False):
                data[name][row] = None
    return data


def _groups(data: Mapping[str, Sequence[Any]], name: str) -> list[str]:
    return sorted({v for v in data[name] if v is not None})


# --- commands ---


def km(seed: int, rng: np.random.Generator) -> Job:
    """Kaplan–Meier by group: curves, medians, and a test."""
    data = cohort(rng, int(rng.integers(12, 90)))
    kind = str(rng.choice(["log", "log-log", "plain", "logit", "arcsin"]))
    level = float(rng.choice([0.9, 0.95, 0.99]))
    weighted, strata = rng.random() < 0.2, rng.random() < 0.3
    test = "logrank" if strata else str(rng.choice(["logrank", "peto"]))
    groups = _groups(data, "g")
    rows = [i for i, g in enumerate(data["g"]) if g is not None]
    last = min(max(data["os_months"][i] for i in rows if data["g"][i] == g) for g in groups)
    at = [round(last * f, 3) for f in (0.2, 0.6)]
    words = [
        "--by",
        "g",
        "--conf-type",
        kind,
        "--conf-level",
        str(level),
        "--at",
        ",".join(map(str, at)),
    ]
    words += ["--test", test] if not weighted else []
    words += ["--strata", "s"] if strata and not weighted else []
    words += ["--weights", "w"] if weighted else []
    code = f"""
d$g <- factor(d$g); d <- d[!is.na(d$g), ]
f <- survfit(Surv(os_months, death) ~ g, d, conf.type = "{kind}", conf.int = {level}{", weights = w" if weighted else ""})
q <- quantile(f, c(0.25, 0.5, 0.75))
m <- summary(f)$table
s <- summary(f, times = c({", ".join(map(str, at))}), extend = TRUE)
for (i in seq_along(levels(d$g))) {{
  g <- levels(d$g)[i]
  # Where the curve ends at 0.5, print and quantile of survfit say different things.
  if (abs(min(f[i]$surv) - 0.5) > 1e-8) put(paste("median", g), m[i, "median"])
  put(paste("lower", g), m[i, ncol(m) - 1]); put(paste("upper", g), m[i, ncol(m)])
  put(paste("events", g), m[i, "events"])
}}
g <- sub("g=", "", s$strata)
for (i in seq_along(g)) for (n in c("surv", "std.err", "lower", "upper"))
  put(paste(n, g[i], c({", ".join(map(str, at))})[(i - 1) %% 2 + 1]), s[[n]][i])
"""
    if not weighted:
        within = " + strata(s)" if strata else ""
        code += f'put("test", survdiff(Surv(os_months, death) ~ g{within}, d, rho = {int(test == "peto")})$chisq)\n'

    def values(result: Mapping[str, Any]) -> Values:
        tables = result["tables"]
        found: Values = {}
        for row in tables["groups"]:
            for name in ("median", "lower", "upper", "events"):
                found[f"{name} {row['group']}"] = row[name]
        for row in tables["survival"]:
            for name, r in (
                ("estimate", "surv"),
                ("std_err", "std.err"),
                ("lower", "lower"),
                ("upper", "upper"),
            ):
                found[f"{r} {row['group']} {row['time']:g}"] = row[name]
        if not weighted:
            name = "logrank-stratified" if strata else test
            found["test"] = next(r["statistic"] for r in tables["tests"] if r["test"] == name)
        return found

    return Job(
        seed, "km", tuple(words), data, code, values, {"weighted": weighted, "at": at, "kind": kind}
    )


def cox(seed: int, rng: np.random.Generator) -> Job:
    """A multivariable Cox model with its tests."""
    data = cohort(rng, int(rng.integers(40, 140)))
    terms = ["x", "z", "g", "b"]
    chosen = [t for t in terms if rng.random() < 0.6] or ["x"]
    ties = str(rng.choice(["efron", "breslow"]))
    strata, weighted, robust = rng.random() < 0.3, rng.random() < 0.2, rng.random() < 0.3
    transform = str(rng.choice(["km", "identity", "rank", "log"]))
    words = ["-x", ",".join(chosen), "--multivariable", "--ties", ties, "--ph-transform", transform]
    words += ["--strata", "s"] if strata else []
    words += ["--weights", "w"] if weighted else []
    words += ["--robust"] if robust else []
    right = " + ".join(["factor(g)" if t == "g" else t for t in chosen])
    right += " + strata(s)" if strata else ""
    used = ", ".join(f'"{t}"' for t in chosen)
    options = f', ties = "{ties}"' + (", weights = w" if weighted else "")
    options += f", robust = {'TRUE' if robust else 'FALSE'}"
    code = f"""
d <- d[complete.cases(d[c({used})]), ]
f <- coxph(Surv(os_months, death) ~ {right}, d{options})
v <- summary(f)
b <- coef(f)
se <- if ("robust se" %in% colnames(v$coefficients)) v$coefficients[, "robust se"] else v$coefficients[, "se(coef)"]
n <- gsub("factor\\\\((.)\\\\)", "\\\\1 ", names(b))
for (i in seq_along(b)) {{ put(paste("coef", n[i]), b[i]); put(paste("se", n[i]), se[i]) }}
put("loglik0", f$loglik[1]); put("loglik", f$loglik[2])
put("lr", v$logtest[1]); put("score", f$score)
put("concordance", v$concordance[1]); put("concordance se", v$concordance[2])
z <- cox.zph(f, transform = "{transform}")$table
for (i in seq_len(nrow(z))) put(paste("zph", gsub("factor\\\\((.)\\\\)", "\\\\1", rownames(z)[i])), z[i, "chisq"])
"""

    def values(result: Mapping[str, Any]) -> Values:
        tables = result["tables"]
        found: Values = {}
        for row in tables["terms"]:
            if row["kind"] != "multivariable":
                continue
            name = f"{row['term']} {row['level']}" if row["level"] is not None else row["term"]
            found[f"coef {name}"] = row["coef"]
            robust_error = row["robust_std_err"]
            found[f"se {name}"] = row["std_err"] if robust_error is None else robust_error
        model = next(m for m in tables["models"] if m["kind"] == "multivariable")
        found |= {
            "loglik0": model["loglik_null"], "loglik": model["loglik"], "lr": model["lr_statistic"],
            "score": model["score_statistic"], "concordance": model["concordance"],
            "concordance se": model["concordance_std_err"],
        }  # fmt: skip
        zph = [r for r in tables.get("ph_tests", ()) if r["model"] == "multivariable"]
        return found | {f"zph {r['term']}": r["statistic"] for r in zph}

    return Job(
        seed,
        "cox",
        tuple(words),
        data,
        code,
        values,
        {"chosen": chosen, "strata": strata, "weighted": weighted, "ties": ties},
    )


def logistic(seed: int, rng: np.random.Generator) -> Job:
    """A multivariable logistic model."""
    data = cohort(rng, int(rng.integers(40, 140)))
    chosen = [t for t in ("x", "z", "g", "s") if rng.random() < 0.6] or ["x"]
    words = ("--outcome", "b", "-x", ",".join(chosen), "--multivariable")
    right = " + ".join(f"factor({t})" if t in "gs" else t for t in chosen)
    code = f"""
d <- d[complete.cases(d[c({", ".join(f'"{t}"' for t in chosen)})]), ]
f <- glm(b ~ {right}, binomial, d)
v <- summary(f)$coefficients[-1, , drop = FALSE]
if (any(v[, 2] > 100)) stop("separated")
n <- gsub("factor\\\\((.)\\\\)", "\\\\1 ", rownames(v))
for (i in seq_along(n)) {{ put(paste("coef", n[i]), v[i, 1]); put(paste("se", n[i]), v[i, 2]) }}
put("loglik", as.numeric(logLik(f))); put("aic", AIC(f)); put("lr", f$null.deviance - f$deviance)
p <- rank(round(fitted(f), 10)); k <- sum(d$b)
put("auc", (sum(p[d$b == 1]) - k * (k + 1) / 2) / (k * (nrow(d) - k)))
a <- drop1(f, test = "LRT")
for (i in 2:nrow(a)) put(paste("drop", gsub("factor\\\\((.)\\\\)", "\\\\1", rownames(a)[i])), a[i, "LRT"])
"""

    def values(result: Mapping[str, Any]) -> Values:
        tables = result["tables"]
        found: Values = {}
        for row in tables["terms"]:
            name = f"{row['term']} {row['level']}" if row["level"] is not None else row["term"]
            found |= {f"coef {name}": row["coef"], f"se {name}": row["std_err"]}
        model = tables["models"][0]
        found |= {
            "loglik": model["loglik"],
            "aic": model["aic"],
            "lr": model["lr_statistic"],
            "auc": model["auc"],
        }
        return found | {f"drop {r['term']}": r["statistic"] for r in tables["term_tests"]}

    return Job(seed, "logistic", words, data, code, values)


def roc(seed: int, rng: np.random.Generator) -> Job:
    """Two markers of one outcome."""
    data = cohort(rng, int(rng.integers(20, 120)))
    words = ("--outcome", "b", "--marker", "x,z", "--compare", "--direction", "higher")
    code = """
d <- d[complete.cases(d[c("x", "z")]), ]
for (m in c("x", "z")) {
  r <- roc(d$b, d[[m]], direction = "<", quiet = TRUE)
  put(paste("auc", m), auc(r)); put(paste("se", m), sqrt(var(r)))
  y <- r$sensitivities + r$specificities - 1
  put(paste("youden", m), max(y))
}
"""

    def values(result: Mapping[str, Any]) -> Values:
        tables = result["tables"]
        found: Values = {}
        for row in tables["markers"]:
            found |= {f"auc {row['marker']}": row["auc"], f"se {row['marker']}": row["std_err"]}
        return found | {f"youden {r['marker']}": r["youden"] for r in tables["cutoffs"]}

    return Job(seed, "roc", words, data, code, values)


def psmatch(seed: int, rng: np.random.Generator) -> Job:
    """Matching 1:1 on the logit with a caliper, without ties."""
    data = cohort(rng, int(rng.integers(40, 120)))
    data["z"] = [float(v) for v in np.round(rng.normal(3, 1, len(data["b"])), 6)]  # without ties
    data["x"] = [float(v) for v in np.round(rng.normal(60, 9, len(data["b"])), 6)]
    treated = sum(data["b"])
    if treated * 2 > len(data["b"]):
        data["b"] = [1 - v for v in data["b"]]
    caliper = float(rng.choice([0.1, 0.2, 0.5]))
    words = ("--treat", "b=1", "-x", "x,z", "--caliper", str(caliper))
    code = f"""
f <- glm(b ~ x + z, binomial, d)
m <- matchit(b ~ x + z, d, distance = as.numeric(predict(f)), method = "nearest", caliper = {caliper}, m.order = "largest")
for (i in seq_len(nrow(d))) put(paste("logit", i), predict(f)[i])
put("matched", sum(!is.na(m$match.matrix)))
mm <- m$match.matrix; mm <- mm[!is.na(mm[, 1]), , drop = FALSE]
put("total distance", sum(abs(predict(f)[rownames(mm)] - predict(f)[mm[, 1]])))
s <- sqrt((var(d$x[d$b == 1]) + var(d$x[d$b == 0])) / 2)
put("smd before", (mean(d$x[d$b == 1]) - mean(d$x[d$b == 0])) / s)
put("smd after", (mean(d[rownames(mm), "x"]) - mean(d[mm[, 1], "x"])) / s)
"""

    def values(result: Mapping[str, Any]) -> Values:
        tables = result["tables"]
        found: Values = {f"logit {i}": r["logit"] for i, r in enumerate(tables["scores"], 1)}
        found["matched"] = tables["matching"][0]["n_matched_treated"]
        found["total distance"] = tables["matching"][0]["total_distance"]
        balance = next(r for r in tables["balance"] if r["variable"] == "x")
        return found | {"smd before": balance["smd_before"], "smd after": balance["smd_after"]}

    return Job(seed, "psmatch", words, data, code, values)


def tree(seed: int, rng: np.random.Generator) -> Job:
    """The tests of the root of a tree."""
    data = cohort(rng, int(rng.integers(40, 120)))
    for name in ("x", "z", "g"):
        data[name] = [data[name][0] or data[name][1] or 50 if v is None else v for v in data[name]]
    data["g"] = [str(v) for v in data["g"]]
    words = ("-x", "x,z,g,s")
    # The conditional inference test of the root, as partykit scores censored times.
    code = """
n <- nrow(d)
o <- order(d$os_months, d$death)
first <- rank(d$os_months, ties.method = "min") - 1; last <- rank(d$os_months, ties.method = "max")
a <- d$death - cumsum((d$death / (n - first))[o])[last]
v <- sum((a - mean(a))^2) / (n - 1)
p <- c()
for (m in c("x", "z")) { s <- (n - 1) * cor(d[[m]], a)^2; put(paste("statistic", m), s); p[m] <- pchisq(s, 1, lower.tail = FALSE) }
for (m in c("g", "s")) {
  k <- tapply(a, d[[m]], length); s <- sum(k * (tapply(a, d[[m]], mean) - mean(a))^2) / v
  put(paste("statistic", m), s); p[m] <- pchisq(s, length(k) - 1, lower.tail = FALSE)
}
for (m in names(p)) put(paste("p", m), -expm1(4 * log1p(-p[m])))
"""

    def values(result: Mapping[str, Any]) -> Values:
        rows = [r for r in result["tables"]["tests"] if r["node"] == 1]
        found: Values = {f"statistic {r['variable']}": r["statistic"] for r in rows}
        return found | {f"p {r['variable']}": r["p_adjusted"] for r in rows}

    return Job(seed, "tree", words, data, code, values)


def entry(seed: int, rng: np.random.Generator) -> Job:
    """A Cox model and a curve with delayed entry, some patients in several rows."""
    data = cohort(rng, int(rng.integers(40, 120)))
    stop = np.array(data["os_months"])
    start = np.round(stop * rng.uniform(-0.3, 1.02, stop.size), int(rng.integers(0, 4))).clip(0)
    data["entry"] = [float(v) for v in start]
    data["w"] = [float(v) for v in rng.integers(1, 4, stop.size)]
    curve = rng.random() < 0.4
    if curve:
        kind, late = str(rng.choice(["log", "log-log", "plain"])), float(rng.choice([0, 0, 2.5]))
        at = [4.0, 9.0]
        words = [
            "--by",
            "s",
            "--entry",
            "entry",
            "--conf-type",
            kind,
            "--at",
            "4,9",
            "--test",
            "logrank",
        ]
        words += ["--from", str(late)] if late else []
        code = f"""
d <- d[d$entry < d$os_months & d$os_months > {late}, ]
d$entry <- pmax(d$entry, {late})
d$s <- factor(d$s)
for (g in levels(d$s)) {{
  f <- survfit(Surv(entry, os_months, death) ~ 1, d[d$s == g, ], conf.type = "{kind}")
  for (t in c(4, 9)) if (max(d$os_months[d$s == g]) >= t) {{
    k <- which(f$time <= t & f$n.event > 0)
    v <- if (length(k)) c(f$surv[max(k)], f$std.err[max(k)] * f$surv[max(k)]) else c(1, 0)
    put(paste("surv", g, t), v[1]); if (v[1] > 0) put(paste("se", g, t), v[2])
  }}
}}
s <- as.integer(d$s); k <- max(s); u <- rep(0, k); V <- matrix(0, k, k)
for (t in unique(d$os_months[d$death == 1])) {{
  r <- tabulate(s[d$entry < t & d$os_months >= t], k); n <- sum(r)
  e <- tabulate(s[d$os_months == t & d$death == 1], k); m <- sum(e)
  u <- u + e - m * r / n
  if (n > 1) V <- V + m * (n - m) / (n - 1) * (diag(r / n) - outer(r, r) / n^2)
}}
put("test", sum(u[-1] * solve(V[-1, -1], u[-1])))
"""

        def of_curve(result: Mapping[str, Any]) -> Values:
            found: Values = {}
            for row in result["tables"]["survival"]:
                key = f"{row['group']} {row['time']:g}"
                found |= {f"surv {key}": row["estimate"], f"se {key}": row["std_err"]}
            tests = result["tables"]["tests"]
            return found | {"test": next(r["statistic"] for r in tests if r["test"] == "logrank")}

        return Job(seed, "km", tuple(words), data, code, of_curve, {"at": at})
    ties = str(rng.choice(["efron", "breslow"]))
    strata, weighted = rng.random() < 0.3, rng.random() < 0.3
    robust = rng.random() < 0.3
    words = ["-x", "x,g", "--entry", "entry", "--multivariable", "--ties", ties]
    words += ["--strata", "s"] if strata else []
    words += ["--weights", "w"] if weighted else []
    words += ["--robust"] if robust else []
    code = f"""
d <- d[complete.cases(d[c("x", "g")]), ]
d <- d[d$entry < d$os_months, ]
f <- coxph(Surv(entry, os_months, death) ~ x + factor(g){" + strata(s)" if strata else ""}, d, ties = "{ties}"{", weights = w" if weighted else ""}, robust = {str(robust).upper()})
{_OF_COXPH}
put("loglik0", f$loglik[1]); put("loglik", f$loglik[2]); put("score", f$score)
put("concordance", v$concordance[1]); put("concordance se", v$concordance[2])
z <- cox.zph(f, transform = "identity")$table
"""
    return Job(seed, "cox", tuple(words), data, code, _of_cox)


_OF_COXPH = """
v <- summary(f); b <- coef(f)
se <- if ("robust se" %in% colnames(v$coefficients)) v$coefficients[, "robust se"] else v$coefficients[, "se(coef)"]
if (any(abs(b) > 12)) stop("separated")
n <- gsub("factor\\\\((.)\\\\)", "\\\\1 ", names(b))
for (i in seq_along(b)) { put(paste("coef", n[i]), b[i]); put(paste("se", n[i]), se[i]) }
"""


def _of_cox(result: Mapping[str, Any]) -> Values:
    """Coefficients and tests of the multivariable model."""
    found: Values = {}
    for row in result["tables"]["terms"]:
        if row["kind"] == "multivariable":
            name = row["term"] if row["level"] is None else f"{row['term']} {row['level']}"
            robust = row["robust_std_err"]
            found |= {
                f"coef {name}": row["coef"],
                f"se {name}": row["std_err"] if robust is None else robust,
            }
    model = next(m for m in result["tables"]["models"] if m["kind"] == "multivariable")
    return found | {
        "loglik0": model["loglik_null"], "loglik": model["loglik"], "score": model["score_statistic"],
        "concordance": model["concordance"], "concordance se": model["concordance_std_err"],
    }  # fmt: skip


def exposure(seed: int, rng: np.random.Generator) -> Job:
    """An exposure that begins later: naive, landmark and time-dependent, and Mantel–Byar's test."""
    data = cohort(rng, int(rng.integers(60, 140)))
    stop = np.array(data["os_months"])
    begins = np.round(stop * rng.uniform(-0.1, 1.6, stop.size), int(rng.integers(0, 3)))
    data["later"] = [None if rng.random() < 0.4 else float(t) for t in begins]
    data["x"] = [60.0 if v is None else v for v in data["x"]]
    words = ("-x", "e,x", "--when", "e=later", "--landmark", "3", "--multivariable")
    code = """
d <- d[d$os_months > 0, ]
d$id <- seq_len(nrow(d)); d$t <- d$os_months; d$e <- d$death
l <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) { r <- d[i, ]; u <- r$later
  if (is.na(u) || u >= r$t) data.frame(start = 0, stop = r$t, died = r$e, z = 0, x = r$x)
  else if (u <= 0) data.frame(start = 0, stop = r$t, died = r$e, z = 1, x = r$x)
  else data.frame(start = c(0, u), stop = c(u, r$t), died = c(0, r$e), z = 0:1, x = r$x) }))
f <- coxph(Surv(start, stop, died) ~ z + x, l)
if (abs(coef(f)["z"]) > 8) stop("separated")
put("coef e", coef(f)["z"]); put("coef x", coef(f)["x"])
put("se e", sqrt(vcov(f)[1, 1])); put("loglik", f$loglik[2])
put("concordance", summary(f)$concordance[1])
d$z <- !is.na(d$later) & d$later <= d$t
put("naive", exp(coef(coxph(Surv(t, e) ~ z + x, d))["zTRUE"]))
d <- d[d$t > 3, ]; d$z <- !is.na(d$later) & d$later <= 3
g <- coxph(Surv(t - 3, e) ~ z + x, d)
if (abs(coef(g)["zTRUE"]) < 8) put("landmark", exp(coef(g)["zTRUE"]))
"""

    def values(result: Mapping[str, Any]) -> Values:
        found = {name.replace(" exposed", ""): v for name, v in _of_cox(result).items()}
        rows = {r["analysis"]: r["hr"] for r in result["tables"]["exposures"]}
        return found | {"naive": rows["naive"], "landmark": rows.get("landmark")}

    return Job(seed, "cox", words, data, code, values)


def competing(seed: int, rng: np.random.Generator) -> Job:
    """Cause-specific hazards and Fine and Gray's model; times without ties of events and censoring."""
    data = cohort(rng, int(rng.integers(60, 150)))
    size = len(data["death"])
    data["cause"] = [int(not d and rng.random() < 0.5) for d in data["death"]]
    data["os_months"] = [t + 0.3 for t in data["os_months"]]
    grouped = rng.random() < 0.4
    data["x"] = [60.0 if v is None else v for v in data["x"]]
    data["z"] = [float(v) for v in np.round(rng.normal(0, 1, size), 2)]
    words = ["-x", "x,z,b", "--competing", "cause", "--multivariable"]
    words += ["--censoring-group", "s"] if grouped else []
    code = f"""
d$status <- ifelse(d$death == 1, 1, ifelse(d$cause == 1, 2, 0))
m <- as.matrix(d[c("x", "z", "b")])
for (k in 1:2) {{
  f <- cmprsk::crr(d$os_months, d$status, m, {"cengroup = d$s, " if grouped else ""}failcode = k, gtol = 1e-10)
  h <- coxph(Surv(os_months, status == k) ~ x + z + b, d)
  for (i in 1:3) {{
    n <- paste(colnames(m)[i], k)
    put(paste("fg", n), f$coef[i]); put(paste("fg se", n), sqrt(f$var[i, i]))
    put(paste("cs", n), coef(h)[i]); put(paste("cs se", n), sqrt(vcov(h)[i, i]))
  }}
}}
"""

    def values(result: Mapping[str, Any]) -> Values:
        found: Values = {}
        causes = list(dict.fromkeys(r["cause"] for r in result["tables"]["competing_terms"]))
        for row in result["tables"]["competing_terms"]:
            name = f"{row['term']} {causes.index(row['cause']) + 1}"
            kind = {"cause-specific": "cs", "fine-gray": "fg"}[row["model"]]
            found |= {f"{kind} {name}": row["coef"], f"{kind} se {name}": row["std_err"]}
        return found

    return Job(seed, "cox", tuple(words), data, code, values)


def spline(seed: int, rng: np.random.Generator) -> Job:
    """A restricted cubic spline in a Cox or a logistic model, its basis written out."""
    data = cohort(rng, int(rng.integers(110, 200)))
    size, count = len(data["b"]), int(rng.integers(3, 6))
    data["z"] = [float(v) for v in np.round(np.exp(rng.normal(3, 1, size)), 4)]
    data["x"] = [60.0 if v is None else v for v in data["x"]]
    logarithm, weighted = rng.random() < 0.5, rng.random() < 0.3
    term = f"z@log2@rcs{count}" if logarithm else f"z@rcs{count}"
    outer = {3: "c(.1, .5, .9)", 4: "seq(.05, .95, length = 4)", 5: "seq(.05, .95, length = 5)"}
    binary = rng.random() < 0.4
    words = [*(("--outcome", "b") if binary else ()), "-x", f"{term},x", "--multivariable"]
    words += ["--weights", "w"] if weighted and not binary else []
    command = "logistic" if binary else "cox"
    fit = (
        (
            "function(m) as.numeric(logLik(glm(d$b ~ m + x, binomial, d, epsilon = 1e-12)))",
            "as.numeric(logLik(glm(b ~ x, binomial, d, epsilon = 1e-12)))",
        )
        if binary
        else (
            f"function(m) coxph(Surv(os_months, death) ~ m + x, d{', weights = w' if weighted else ''})$loglik[2]",
            f"coxph(Surv(os_months, death) ~ x, d{', weights = w' if weighted else ''})$loglik[2]",
        )
    )
    code = f"""
z <- {"log2(d$z)" if logarithm else "d$z"}
t <- quantile(z, {outer[count]}); k <- length(t); p <- function(v) pmax(v, 0)^3
B <- cbind(z, sapply(1:(k - 2), function(j) (p(z - t[j]) - p(z - t[k - 1]) * (t[k] - t[j]) / (t[k] - t[k - 1])
  + p(z - t[k]) * (t[k - 1] - t[j]) / (t[k] - t[k - 1])) / (t[k] - t[1])^2))
B <- scale(B)
ll <- {fit[0]}
put("loglik", ll(B))
put("overall", 2 * (ll(B) - {fit[1]})); put("nonlinear", 2 * (ll(B) - ll(B[, 1])))
"""

    def values(result: Mapping[str, Any]) -> Values:
        tests = {r["test"]: r["statistic"] for r in result["tables"]["spline_tests"]}
        model = next(m for m in result["tables"]["models"] if m["kind"] == "multivariable")
        return {
            "loglik": model["loglik"],
            "overall": tests["overall"],
            "nonlinear": tests["nonlinear"],
        }

    return Job(seed, command, tuple(words), data, code, values, {"weighted": weighted})


def pooled(seed: int, rng: np.random.Generator) -> Job:
    """A given file of imputed data sets: the coefficients of each set, pooled by Rubin's rules."""
    data = cohort(rng, int(rng.integers(50, 120)))
    size, m = len(data["b"]), int(rng.integers(2, 8))
    for name, usual in (("x", 60.0), ("z", 3.0), ("g", "a")):
        data[name] = [usual if v is None else v for v in data[name]]
    gaps = rng.random((size, 2)) < 0.25
    gaps[0] = True
    lines = [",".join([".imp", *data])]
    for number in range(m + 1):
        rows = {k: list(v) for k, v in data.items()}
        for row in range(size):
            if gaps[row, 0]:
                rows["x"][row] = None if number == 0 else float(np.round(rng.normal(60, 9), 1))
            if gaps[row, 1]:
                rows["g"][row] = None if number == 0 else str(rng.choice(_groups(data, "g")))
        values_of = zip(*rows.values(), strict=True)
        lines += [
            ",".join([str(number), *("" if c is None else str(c) for c in row)])
            for row in values_of
        ]
        if number == 0:
            data = rows | {}
    binary, strata = rng.random() < 0.5, rng.random() < 0.3
    words = [*(("--outcome", "b") if binary else ()), "-x", "x,g" + (",z" if binary else ",b")]
    words += ["--multivariable", "--imputations", "i.csv"]
    words += ["--strata", "s"] if strata and not binary else []
    fitted = (
        "glm(b ~ x + factor(g) + z, binomial, e, epsilon = 1e-14)"
        if binary
        else f"coxph(Surv(os_months, death) ~ x + factor(g) + b{' + strata(s)' if strata else ''}, e, eps = 1e-11, iter.max = 50)"
    )
    code = f"""
i <- read.csv(paste0(seed, "-i.csv"), na.strings = "")
names(i)[1] <- "imp"
f <- lapply(1:{m}, function(k) {{ e <- i[i$imp == k, ]; {fitted} }})
skip <- {1 if binary else 0}
Q <- sapply(f, coef); U <- sapply(f, function(h) diag(vcov(h)))
if (any(abs(Q[-1, ]) > 8)) stop("separated")
dfcom <- {"f[[1]]$df.residual" if binary else "max(f[[1]]$nevent - length(coef(f[[1]])), 1)"}
for (r in (1 + skip):nrow(Q)) {{
  q <- mean(Q[r, ]); u <- mean(U[r, ]); b <- var(Q[r, ]); t <- u + (1 + 1 / {m}) * b
  la <- max((1 + 1 / {m}) * b / t, 1e-4)
  o <- ({m} - 1) / la^2; ob <- (dfcom + 1) / (dfcom + 3) * dfcom * (1 - la)
  df <- o * ob / (o + ob)
  n <- gsub("factor\\\\((.)\\\\)", "\\\\1 ", rownames(Q)[r])
  put(paste("coef", n), q); put(paste("se", n), sqrt(t)); put(paste("df", n), df)
  put(paste("p", n), 2 * pt(-abs(q / sqrt(t)), df)); put(paste("lower", n), exp(q - qt(.975, df) * sqrt(t)))
  la <- (1 + 1 / {m}) * b / t; ri <- (1 + 1 / {m}) * b / u
  put(paste("fmi", n), (ri + 2 / (df + 3)) / (1 + ri))
}}
"""

    def values(result: Mapping[str, Any]) -> Values:
        found: Values = {}
        for row in result["tables"]["terms"]:
            if row["model"] != "multivariable":
                continue  # the complete cases stand beside it
            name = row["term"] if row["level"] is None else f"{row['term']} {row['level']}"
            found |= {
                f"coef {name}": row["coef"], f"se {name}": row["std_err"], f"df {name}": row["df"],
                f"p {name}": row["p"], f"lower {name}": row["lower"], f"fmi {name}": row["fmi"],
            }  # fmt: skip
        return found

    command = "logistic" if binary else "cox"
    files = {"i.csv": "\n".join(lines) + "\n"}
    return Job(seed, command, tuple(words), data, code, values, files=files)


COMMANDS: Mapping[str, Callable[[int, np.random.Generator], Job]] = {
    "km": km, "cox": cox, "logistic": logistic, "roc": roc, "psmatch": psmatch, "tree": tree,
    "entry": entry, "exposure": exposure, "competing": competing, "spline": spline, "pooled": pooled,
}  # fmt: skip
PACKAGES = {
    "km": ("survival",),
    "cox": ("survival",),
    "roc": ("pROC",),
    "psmatch": ("MatchIt",),
    "competing": ("cmprsk",),
}


def job(seed: int, commands: Sequence[str]) -> Job:
    """The job of a seed: the commands take turns."""
    name = commands[seed % len(commands)]
    made = COMMANDS[name](seed, np.random.default_rng([seed, list(COMMANDS).index(name)]))
    return replace(made, name=name)


# --- answers ---


def of_hcc2l(job: Job) -> Values | str:
    """The values of `hcc2l`; its error as a text."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c.csv").write_text(job.text())
        for name, text in job.files.items():
            (Path(folder) / name).write_text(text)
        done = watched((job.command, "c.csv", *job.words, "--json", "-q"), Path(folder))
    if done.broken:
        return f"broken: {'; '.join(done.broken)}"
    if done.status != 0:
        return done.err.strip().splitlines()[0]
    return job.values(json.loads(done.out))


def of_r(jobs: Sequence[Job], rscript: str) -> dict[int, Values | str]:
    """The values of R, by seed; a text where it stopped or warned."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [_PREFACE]
        if any(one.command == "psmatch" for one in jobs):  # a fault of MatchIt before 4.5.4
            parts.append((ROOT / "tests/reference/r/nearest_fix.R").read_text())
        for one in jobs:
            (Path(folder) / f"{one.seed}.csv").write_text(one.text())
            for name, text in one.files.items():
                (Path(folder) / f"{one.seed}-{name}").write_text(text)
            parts.append(f"run({one.seed}, function(d) {{{one.code}}})\n")
        script = Path(folder) / "all.R"
        script.write_text("\n".join(parts))
        done = subprocess.run(
            [rscript, "--vanilla", str(script)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"R failed:\n{done.stderr[-2000:]}")
    found: dict[int, Values | str] = {one.seed: {} for one in jobs}
    for line in done.stdout.splitlines():
        seed, name, text = line.split("\t")
        values = found[int(seed)]
        if name == "stopped":
            found[int(seed)] = text
        elif isinstance(values, dict):
            values[name] = None if text in ("NA", "NaN", "Inf") else float(text)
    return found


_PREFACE = """
suppressWarnings(suppressMessages({
  for (p in c("survival", "pROC", "MatchIt")) if (requireNamespace(p, quietly = TRUE)) library(p, character.only = TRUE)
}))
seed <- 0
put <- function(name, value) cat(paste(seed, name, sprintf("%.17g", as.numeric(value)), sep = "\\t"), "\\n", sep = "")
run <- function(s, code) {
  seed <<- s
  d <- read.csv(paste0(s, ".csv"), na.strings = "", stringsAsFactors = FALSE)
  d$w <- as.numeric(d$w)  # coxph cannot take whole numbers with a robust variance
  stopped <- function(e) cat(paste(s, "stopped", gsub("[\\t\\n]", " ", conditionMessage(e)), sep = "\\t"), "\\n", sep = "")
  tryCatch(code(d), error = stopped, warning = stopped)
}
"""


def of_lifelines(job: Job) -> Values:
    """What lifelines gives of the values of a job: survival, log-rank, coefficients."""
    import pandas as pd
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test

    frame = pd.DataFrame(job.data)
    if job.command == "km":
        frame = frame[frame["g"].notna()]
        found: Values = {}
        for group, rows in frame.groupby("g"):
            weights = rows["w"] if job.settings["weighted"] else None
            fitted = KaplanMeierFitter().fit(rows["os_months"], rows["death"], weights=weights)
            for time in job.settings["at"]:
                found[f"surv {group} {time:g}"] = float(fitted.predict(time))
        if not job.settings["weighted"] and "--strata" not in job.words and "logrank" in job.words:
            test = multivariate_logrank_test(frame["os_months"], frame["g"], frame["death"])
            found["test"] = float(test.test_statistic)
        return found
    chosen, ties = job.settings["chosen"], job.settings["ties"]
    if job.command != "cox" or ties != "efron" or job.settings["weighted"]:
        return {}
    frame = frame[[*chosen, "os_months", "death", "s"]].dropna()
    strata = ["s"] if job.settings["strata"] else None
    frame = frame if strata else frame.drop(columns="s")
    frame = (
        pd.get_dummies(frame, columns=["g"], drop_first=True, dtype=float)
        if "g" in chosen
        else frame
    )
    fitter = CoxPHFitter().fit(
        frame, "os_months", "death", strata=strata, fit_options={"precision": 1e-12}
    )
    names = {c: c.replace("g_", "g ") if c.startswith("g_") else c for c in fitter.params_.index}
    return {f"coef {names[c]}": float(v) for c, v in fitter.params_.items()}


# --- comparison ---


def differences(ours: Values, theirs: Values) -> Iterator[str]:
    """What is not equal within the tolerance."""
    for name, other in theirs.items():
        if name not in ours:
            yield f"{name}: not given; {other}"
            continue
        value = ours[name]
        if value is None or other is None:
            if value is not other:
                yield f"{name}: {value}, not {other}"
        elif not math.isclose(value, other, rel_tol=TOLERANCE, abs_tol=1e-9):
            yield f"{name}: {value!r}, not {other!r}"


def main() -> int:
    """Compare, and print what differs; the exit status is 1 if anything does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cohorts", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--command", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    parser.add_argument(
        "--show", action="store_true", help="print cohort and R code of each seed that differs"
    )
    typed = parser.parse_args()
    warnings.simplefilter("ignore")
    rscript = shutil.which("Rscript")
    commands = _possible(typed.command, rscript)
    counts: Counter[str] = Counter()
    for first in range(typed.seed, typed.seed + typed.cohorts, BATCH):
        seeds = range(first, min(first + BATCH, typed.seed + typed.cohorts))
        jobs = [job(seed, commands) for seed in seeds]
        other = of_r(jobs, rscript) if rscript else {j.seed: of_lifelines(j) for j in jobs}
        for one in jobs:
            _compare(one, of_hcc2l(one), other[one.seed], counts, show=typed.show)
        print(
            f"seeds {seeds.start} to {seeds.stop - 1}: {dict(counts)}", file=sys.stderr, flush=True
        )
    judge = "R" if rscript else "lifelines"
    print(f"{typed.cohorts} cohorts from seed {typed.seed}, compared with {judge}:")
    for command in commands:
        made = {
            what: counts[f"{command} {what}"]
            for what in ("equal", "differ", "not compared", "values")
        }
        print(
            f"  {command:12} {made['equal']:5} equal ({made['values']:,} numbers), {made['differ']} differ, "
            f"{made['not compared']} not compared"
        )
    return int(any(name.endswith(" differ") and n for name, n in counts.items()))


def _possible(commands: Sequence[str], rscript: str | None) -> list[str]:
    """The commands for which there is something to compare with."""
    if rscript is None:
        return [c for c in commands if c in ("km", "cox")]
    wanted = sorted({p for c in commands for p in PACKAGES.get(c, ())})
    test = f"cat(Filter(function(p) requireNamespace(p, quietly = TRUE), c({', '.join(map(repr, wanted)) or chr(34) * 2})))"
    there = subprocess.run(
        [rscript, "-e", test], capture_output=True, text=True, check=True
    ).stdout.split()
    return [c for c in commands if set(PACKAGES.get(c, ())) <= set(there)]


def _compare(
    one: Job, ours: Values | str, theirs: Values | str, counts: Counter[str], *, show: bool
) -> None:
    """Count one cohort, and print what differs. R's warnings, such as no convergence, are not compared."""
    if isinstance(ours, str) and ours.startswith("broken"):
        found = [ours]
    elif isinstance(ours, str) or isinstance(theirs, str) or not theirs:
        counts[f"{one.name} not compared"] += 1
        if show:
            print(f"seed {one.seed}: not compared: {ours if isinstance(ours, str) else theirs}")
        return
    else:
        found = list(differences(ours, theirs))
        counts[f"{one.name} values"] += len(theirs)
    counts[f"{one.name} {'differ' if found else 'equal'}"] += 1
    if found:
        print(f"seed {one.seed}: hcc2l {one.command} c.csv {' '.join(one.words)}")
        print(*(f"    {line}" for line in found[:12]), sep="\n", flush=True)
        if show:
            print(one.code, one.text())


if __name__ == "__main__":
    sys.exit(main())
