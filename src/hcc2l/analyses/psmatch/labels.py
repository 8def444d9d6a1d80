"""The names of samples, tests and models, as tables, figures and sentences print them."""

from __future__ import annotations

SAMPLES = {"before": "All patients", "after": "Matched", "weighted": "Weighted"}


MODEL_LABELS = {
    "cox": "Cox", "cox-cluster": "Cox, clustered on pair", "cox-strata": "Cox, stratified by pair",
    "cox-robust": "Cox, weighted, robust SE",
    "cox-adjusted": "Cox, adjusted for the covariates",
}  # fmt: skip


LOGRANK_LABELS = {
    "logrank": "Log-rank", "logrank-stratified": "Log-rank, stratified by pair",
    "time-interaction": "Hazard ratio by period, interaction",
}  # fmt: skip


STAGES = {
    "eligible": "Received one of the two treatments", "complete": "Complete data",
    "matched": "Matched", "no-control-in-stratum": "Unmatched: no counterpart in the stratum",
    "outside-caliper": "Unmatched: no counterpart within the caliper",
    "controls-used-up": "Unmatched: suitable controls already matched",
    "not-needed": "Unmatched: surplus controls",
}  # fmt: skip
