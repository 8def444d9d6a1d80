"""The closed list of keys that tables use: what each means and how it is written.

Every key of every table is here, and means one thing everywhere; JSON and CSV use the keys as
they stand, tables for people use the labels. Keys of a new analysis are added here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "count",
    "time",
    "estimate",
    "ratio",
    "probability",
    "statistic",
    "degrees",
    "p",
    "criterion",
]


@dataclass(frozen=True)
class Key:
    """A table key: its column label, how its numbers are written, and its meaning."""

    label: str
    kind: Kind
    meaning: str


GLOSSARY: dict[str, Key] = {
    "group": Key("Group", "text", "level of the grouping term; `all` when there is one group"),
    "group_a": Key("Group", "text", "the group compared with"),
    "group_b": Key("versus", "text", "the other group; differences are group_b - group_a"),
    "n": Key("n", "count", "rows analysed"),
    "events": Key("Events", "count", "events among them (weighted when --weights is given)"),
    "competing_events": Key("Competing", "count", "competing events among them"),
    "median": Key("Median", "time", "median time; null when never reached"),
    "mean": Key("Mean", "time", "mean time; null when infinite"),
    "lower": Key("Lower", "estimate", "lower confidence limit at settings.conf_level"),
    "upper": Key("Upper", "estimate", "upper confidence limit at settings.conf_level"),
    "follow_up": Key("Follow-up", "time", "median follow-up by reverse Kaplan-Meier"),
    "follow_up_lower": Key("Lower", "time", "its lower confidence limit"),
    "follow_up_upper": Key("Upper", "time", "its upper confidence limit"),
    "observed_median": Key("Observed", "time", "median observed time, events and censored alike"),
    "observed_min": Key("Min", "time", "shortest observed time"),
    "observed_max": Key("Max", "time", "longest observed time"),
    "quantile": Key("Quantile", "probability", "fraction that has had the event"),
    "estimate": Key("Estimate", "estimate", "the estimate the table is about"),
    "std_err": Key("SE", "estimate", "its standard error"),
    "time": Key("Time", "time", "time since the start, in the endpoint's unit"),
    "tau": Key("To", "time", "restriction time of the restricted mean"),
    "n_risk": Key("At risk", "count", "number with time >= t"),
    "n_event": Key("Events", "count", "events at t"),
    "n_censor": Key("Censored", "count", "censored at t"),
    "cumulative_events": Key("Events", "count", "events up to and including t"),
    "cause": Key("Cause", "text", "the event counted: the endpoint's or the competing one"),
    "test": Key("Test", "text", "name of the test"),
    "statistic": Key("Statistic", "statistic", "test statistic"),
    "df": Key("df", "degrees", "its degrees of freedom"),
    "p": Key("p", "p", "two-sided p-value"),
    "p_adjusted": Key("p adjusted", "p", "p adjusted for the number of comparisons"),
    "term": Key("Variable", "text", "the term of the model, as it was written"),
    "level": Key("Level", "text", "level of a factor; null for a number"),
    "reference": Key("Reference", "text", "the level compared with; null for a number"),
    "kind": Key(
        "Kind",
        "text",
        "of a model: univariable, multivariable, stepwise or subgroup; of a variable: numeric, "
        "ordered or factor",
    ),
    "subgroup": Key("Subgroup", "text", "subgroup that the model is fitted in"),
    "coef": Key("Coefficient", "estimate", "log hazard ratio"),
    "robust_std_err": Key("Robust SE", "estimate", "sandwich standard error of the coefficient"),
    "hr": Key("HR", "ratio", "hazard ratio"),
    "or": Key("OR", "ratio", "odds ratio"),
    "ratio": Key("Ratio", "ratio", "hazard or odds ratio, in a forest plot"),
    "auc": Key("AUC", "estimate", "area under the ROC curve of the fitted probabilities"),
    "hosmer_lemeshow_statistic": Key("Hosmer–Lemeshow", "statistic", "test of calibration"),
    "hosmer_lemeshow_df": Key("df", "degrees", "its degrees of freedom"),
    "hosmer_lemeshow_p": Key("p", "p", "its p-value"),
    "uni_or": Key("OR", "ratio", "odds ratio of the univariable model"),
    "multi_or": Key("OR", "ratio", "odds ratio of the multivariable model"),
    "ties": Key("Ties", "text", "method for tied event times"),
    "loglik_null": Key("Log-likelihood, null", "criterion", "of the model without covariates"),
    "loglik": Key("Log-likelihood", "criterion", "of the fitted model"),
    "lr_statistic": Key("LR", "statistic", "likelihood-ratio test of all covariates"),
    "lr_df": Key("df", "degrees", "its degrees of freedom"),
    "lr_p": Key("p", "p", "its p-value"),
    "wald_statistic": Key("Wald", "statistic", "Wald test of all covariates"),
    "wald_df": Key("df", "degrees", "its degrees of freedom"),
    "wald_p": Key("p", "p", "its p-value"),
    "score_statistic": Key("Score", "statistic", "score test of all covariates"),
    "score_df": Key("df", "degrees", "its degrees of freedom"),
    "score_p": Key("p", "p", "its p-value"),
    "concordance": Key("C", "estimate", "Harrell's concordance"),
    "concordance_std_err": Key("SE", "estimate", "its standard error (infinitesimal jackknife)"),
    "measure": Key("Measure", "text", "a measure of how well a model predicts"),
    "apparent": Key("Apparent", "estimate", "on the patients that the model was fitted on"),
    "optimism": Key(
        "Optimism", "estimate", "what is owed to fitting the same patients, by bootstrap"
    ),
    "corrected": Key("Corrected", "estimate", "apparent minus optimism"),
    "brier_score": Key("Brier score", "estimate", "mean squared error of the probabilities"),
    "term_a": Key("Term", "text", "first term of an interaction"),
    "term_b": Key("by", "text", "second term of an interaction"),
    "step": Key("Step", "count", "step of the selection, from 1"),
    "action": Key("Action", "text", "entered, removed or kept out"),
    "uni_hr": Key("HR", "ratio", "hazard ratio of the univariable model"),
    "uni_lower": Key("Lower", "ratio", "its lower confidence limit"),
    "uni_upper": Key("Upper", "ratio", "its upper confidence limit"),
    "uni_p": Key("p", "p", "its p-value"),
    "multi_hr": Key("HR", "ratio", "hazard ratio of the multivariable model"),
    "multi_lower": Key("Lower", "ratio", "its lower confidence limit"),
    "multi_upper": Key("Upper", "ratio", "its upper confidence limit"),
    "multi_p": Key("p", "p", "its p-value"),
    "model": Key("Model", "text", "name of the fitted model"),
    "location": Key("Location", "estimate", "location of log time (R's survreg)"),
    "scale": Key("Scale", "estimate", "scale of log time (R's survreg)"),
    "log_likelihood": Key("Log-likelihood", "criterion", "maximised log-likelihood"),
    "aic": Key("AIC", "criterion", "Akaike's information criterion"),
    "node": Key(
        "Node", "count", "number of a node of a tree, depth first from 1; `parent`'s child"
    ),
    "parent": Key("Parent", "count", "the node above; null for the root"),
    "depth": Key("Depth", "count", "level of a node, the root's is 1"),
    "terminal": Key("Leaf", "text", "whether a node is not split"),
    "variable": Key("Variable", "text", "the term that is tested, chosen or described"),
    "cutpoint": Key("Cut-point", "estimate", "numbers up to this go left; null for a factor"),
    "left_levels": Key("Left", "text", "levels of a factor that go left"),
    "right_levels": Key("Right", "text", "levels of a factor that go right"),
    "missing_to": Key("Missing", "text", "side that rows without a value go to: left or right"),
    "n_missing": Key("Missing", "count", "rows without a value"),
    "left": Key("Left", "count", "the node on the left"),
    "right": Key("Right", "count", "the node on the right"),
    "cut_statistic": Key("Statistic", "statistic", "standardised statistic of the chosen cut"),
    "rule": Key("Rule", "text", "who is in a node, as an expression of the columns"),
    "words": Key("Patients", "text", "who is in a node, in words"),
    "rank": Key("Rank", "count", "place among the candidates of a node, from 1"),
    "possible": Key("Possible", "text", "false when no cut leaves enough rows on both sides"),
    "sides": Key("Split", "text", "the left and the right side; null where a node is not split"),
    "second": Key("Second", "text", "the second-best candidate"),
    "second_p": Key("p", "p", "its p-value"),
    "second_p_adjusted": Key("p adjusted", "p", "its adjusted p-value"),
    "row": Key("Row", "count", "row of the cohort, from 1, headings not counted"),
    "id": Key(
        "Patient", "text", "the patient's id; else null, or the row's number where rows are named"
    ),
    "root_count": Key("At the root", "count", "bootstrap trees whose root it splits"),
    "root_share": Key("At the root", "probability", "their share of all bootstrap trees"),
    "any_count": Key("Anywhere", "count", "bootstrap trees that it splits anywhere"),
    "any_share": Key("Anywhere", "probability", "their share of all bootstrap trees"),
    "cutpoint_median": Key("Median", "estimate", "median of its cut-points, the topmost of a tree"),
    "cutpoint_lower": Key("Lower", "estimate", "2.5% quantile of these cut-points"),
    "cutpoint_upper": Key("Upper", "estimate", "97.5% quantile of these cut-points"),
    "cutpoints": Key("Cut-points", "text", "median (2.5% to 97.5% quantile) as a text"),
    "importance": Key(
        "Importance",
        "estimate",
        "of a variable: loss of concordance in a forest, share in boosted trees",
    ),
    "endpoint": Key("Endpoint", "text", "name of the endpoint"),
    "stage": Key("Patients", "text", "eligible, complete, matched, or why not matched"),
    "sample": Key("Sample", "text", "before or after matching, or weighted"),
    "label": Key("Variable", "text", "the variable and its level in words"),
    "rate": Key("Rate", "text", "a response, ORR (CR + PR) or DCR (CR + PR + SD)"),
    "count": Key("n", "count", "how many have it"),
    "method": Key("Method", "text", "how controls are chosen"),
    "distance": Key("Distance", "estimate", "how far apart; of a matching, on which scale"),
    "caliper": Key("Caliper", "estimate", "largest distance as it was asked for"),
    "caliper_width": Key("Caliper", "estimate", "largest distance on the scale of the scores"),
    "replace": Key("With replacement", "text", "whether a control may serve several times"),
    "order": Key("Order", "text", "order in which the treated choose"),
    "n_treated": Key("Treated", "count", "treated patients"),
    "n_control": Key("Controls", "count", "control patients"),
    "n_matched_treated": Key("Matched", "count", "treated patients with a match"),
    "n_matched_control": Key("Controls", "count", "controls that were matched"),
    "total_distance": Key("Total distance", "estimate", "sum of the distances of all matches"),
    "largest_distance": Key("Largest distance", "estimate", "of any match"),
    "smd_max": Key("Largest |SMD|", "estimate", "largest standardised difference left"),
    "pair": Key("Pair", "count", "number of the matched pair or set, from 1"),
    "treated": Key("Treated", "text", "1 for a treated patient; in a pair, that patient's id"),
    "control": Key("Control", "text", "the control's id"),
    "propensity": Key("Propensity", "estimate", "probability of the treatment"),
    "logit": Key("Logit", "estimate", "its log odds"),
    "weight": Key("Weight", "estimate", "weight of the matching, or of the weighting"),
    "propensity_min": Key("Min", "estimate", "smallest propensity of the group"),
    "propensity_median": Key("Median", "estimate", "median propensity of the group"),
    "propensity_max": Key("Max", "estimate", "largest propensity of the group"),
    "outside": Key("Beyond the others", "count", "beyond every score of the other treatment"),
    "effective_size": Key("Effective n", "count", "effective sample size: (sum w)^2 / sum w^2"),
    "weight_max": Key("Largest weight", "estimate", "largest weight of the group"),
    "e_value": Key("E-value", "ratio", "confounding that would explain the effect away"),
    "e_value_limit": Key("E-value", "ratio", "that of the confidence limit nearer to 1"),
}

# A covariate of two treatments, in each sample.
for _when, _words in (("before", "before matching"), ("after", "after"), ("weighted", "weighted")):
    GLOSSARY |= {
        f"smd_{_when}": Key("SMD", "estimate", f"standardised mean difference {_words}"),
        f"variance_ratio_{_when}": Key("Variance ratio", "estimate", f"treated/control {_words}"),
        f"p_{_when}": Key("p", "p", f"p-value of the variable {_words}"),
        f"test_{_when}": Key("Test", "text", f"its test {_words}"),
    }
    for _group in ("treated", "control"):
        GLOSSARY |= {
            f"{_group}_{_when}": Key(_group, "estimate", f"mean or proportion {_words}"),
            f"{_group}_count_{_when}": Key("n", "count", f"number with the level {_words}"),
            f"{_group}_percent_{_when}": Key("%", "probability", f"their share {_words}"),
            f"{_group}_median_{_when}": Key("Median", "estimate", f"median {_words}"),
            f"{_group}_q1_{_when}": Key("Q1", "estimate", f"first quartile {_words}"),
            f"{_group}_q3_{_when}": Key("Q3", "estimate", f"third quartile {_words}"),
        }
