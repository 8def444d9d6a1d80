"""Ratios of the blood count: NLR, PLR, LMR, SII."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Floats, Score

COUNT = "10^9/L"


def ratio(above: Floats, below: Floats) -> Floats:
    """Quotient of two counts, shape (n,); NaN where the lower one is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, above / below)


SCORES = (
    Score(
        name="nlr",
        label="NLR",
        title="neutrophil-to-lymphocyte ratio (NLR)",
        parts={"neutrophils": COUNT, "lymphocytes": COUNT},
        formula=lambda neutrophils, lymphocytes: ratio(neutrophils, lymphocytes),
        expression="neutrophils / lymphocytes",
        source="Templeton AJ, McNamara MG, Šeruga B, et al. Prognostic role of "
        "neutrophil-to-lymphocyte ratio in solid tumors: a systematic review and meta-analysis. "
        "J Natl Cancer Inst 2014;106:dju124.",
        doi="10.1093/jnci/dju124",
    ),
    Score(
        name="plr",
        label="PLR",
        title="platelet-to-lymphocyte ratio (PLR)",
        parts={"platelets": COUNT, "lymphocytes": COUNT},
        formula=lambda platelets, lymphocytes: ratio(platelets, lymphocytes),
        expression="platelets / lymphocytes",
        source="Templeton AJ, Ace O, McNamara MG, et al. Prognostic role of platelet to lymphocyte "
        "ratio in solid tumors: a systematic review and meta-analysis. Cancer Epidemiol Biomarkers "
        "Prev 2014;23:1204–1212.",
        doi="10.1158/1055-9965.EPI-14-0146",
    ),
    Score(
        name="lmr",
        label="LMR",
        title="lymphocyte-to-monocyte ratio (LMR)",
        parts={"lymphocytes": COUNT, "monocytes": COUNT},
        formula=lambda lymphocytes, monocytes: lymphocytes / monocytes,
        expression="lymphocytes / monocytes",
        source="Lin ZX, Ruan DY, Li Y, et al. Lymphocyte-to-monocyte ratio predicts survival of "
        "patients with hepatocellular carcinoma after curative resection. World J Gastroenterol "
        "2015;21:10898–10906.",
        doi="10.3748/wjg.v21.i38.10898",
    ),
    Score(
        name="sii",
        label="SII",
        title="systemic immune-inflammation index (SII)",
        parts={"platelets": COUNT, "neutrophils": COUNT, "lymphocytes": COUNT},
        formula=lambda platelets, neutrophils, lymphocytes: ratio(
            platelets * neutrophils, lymphocytes
        ),
        expression="platelets × neutrophils / lymphocytes (all 10^9/L)",
        source="Hu B, Yang XR, Xu Y, et al. Systemic immune-inflammation index predicts prognosis "
        "of patients after curative resection for hepatocellular carcinoma. Clin Cancer Res "
        "2014;20:6212–6222.",
        doi="10.1158/1078-0432.CCR-14-0442",
    ),
)
