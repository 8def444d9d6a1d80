"""The abbreviations of the field, spelled out below the tables of documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Without those that mean two things: SD is a standard deviation and a stable disease.
_OF_THE_FIELD = {
    "AFP": "alpha-fetoprotein", "AIC": "Akaike information criterion",
    "ALBI": "albumin–bilirubin", "ALT": "alanine aminotransferase",
    "AST": "aspartate aminotransferase", "AUC": "area under the receiver operating curve",
    "BCLC": "Barcelona Clinic Liver Cancer", "CI": "confidence interval",
    "CRP": "C-reactive protein", "DCR": "disease control rate",
    "ECOG": "Eastern Cooperative Oncology Group", "HBV": "hepatitis B virus",
    "HCC": "hepatocellular carcinoma", "HCV": "hepatitis C virus", "HR": "hazard ratio",
    "INR": "international normalised ratio", "LMR": "lymphocyte-to-monocyte ratio",
    "LR": "likelihood ratio", "MELD": "model for end-stage liver disease",
    "NLR": "neutrophil-to-lymphocyte ratio", "NPV": "negative predictive value",
    "OR": "odds ratio", "ORR": "objective response rate", "OS": "overall survival",
    "PFS": "progression-free survival", "PLR": "platelet-to-lymphocyte ratio",
    "PNI": "prognostic nutritional index", "PPV": "positive predictive value",
    "RMST": "restricted mean survival time", "SE": "standard error",
    "SII": "systemic immune-inflammation index", "SMD": "standardised mean difference",
    "TACE": "transarterial chemoembolisation", "df": "degrees of freedom",
}  # fmt: skip


def spelled_out(texts: Iterable[str], own: Mapping[str, str]) -> str:
    """What the abbreviations in the texts mean, such as ``CI, confidence interval; HR, …``.

    Parameters
    ----------
    texts
        Everything that a table prints.
    own
        Abbreviations of the dictionary, which go before those of the field; an empty text keeps
        one from being spelled out.
    """
    known = {**_OF_THE_FIELD, **own}
    printed = " ".join(texts)
    words = set(re.findall(r"[^\W_]+(?:[-–/][^\W_]+)*", printed))
    words |= {part for word in words for part in re.split(r"[-–/]", word)}
    found = [
        abbreviation
        for abbreviation, meaning in known.items()
        if meaning and abbreviation in words and meaning not in printed
    ]
    return "; ".join(f"{a}, {known[a]}" for a in sorted(found, key=str.casefold))
