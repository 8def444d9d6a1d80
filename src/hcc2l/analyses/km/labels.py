"""The names of tests and of parametric models, as tables and figures print them."""

from __future__ import annotations

TEST_LABELS = {
    "logrank": "Log-rank",
    "peto": "Peto–Peto",
    "gehan": "Gehan–Breslow",
    "tarone-ware": "Tarone–Ware",
    "fh": "Fleming–Harrington",
    "logrank-stratified": "Log-rank, stratified",
    "logrank-trend": "Log-rank, trend",
    "mantel-byar": "Mantel–Byar",
    "time-interaction": "Hazard ratio by period, interaction",
    "gray": "Gray",
    "gray-stratified": "Gray, stratified",
}


FAMILY_LABELS = {
    "exponential": "Exponential",
    "weibull": "Weibull",
    "lognormal": "Log-normal",
    "loglogistic": "Log-logistic",
}
