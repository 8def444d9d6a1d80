"""The closed list of table keys, with the label, format and meaning of each.

A key means the same in every table. JSON and CSV have the keys, tables for readers the labels.
The keys of a new analysis are added here.
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
    """A table key: its column label, the kind that decides its format, and its meaning."""

    label: str
    kind: Kind
    meaning: str


GLOSSARY: dict[str, Key] = {
    "group": Key("Group", "text", "level of the grouping term; `all` when there is one group"),
    "group_a": Key("Group", "text", "the reference group of a comparison"),
    "group_b": Key("versus", "text", "the other group; differences are group_b − group_a"),
    "n": Key("n", "count", "rows analysed; of a plan, patients"),
    "events": Key("Events", "count", "events among them; a sum of weights with --weights"),
    "competing_events": Key(
        "Competing", "count", "competing events among them; a sum of weights with --weights"
    ),
    "median": Key("Median", "time", "median, of a time null if not reached"),
    "mean": Key("Mean", "time", "mean, of a time null if infinite"),
    "sd": Key("SD", "estimate", "standard deviation; of responses, patients with stable disease"),
    "lower": Key("Lower", "estimate", "lower confidence limit at settings.conf_level"),
    "upper": Key("Upper", "estimate", "upper confidence limit at settings.conf_level"),
    "follow_up": Key("Follow-up", "time", "median follow-up, by the reverse Kaplan–Meier method"),
    "follow_up_lower": Key("Lower", "time", "its lower confidence limit"),
    "follow_up_upper": Key("Upper", "time", "its upper confidence limit"),
    "observed_median": Key(
        "Observed", "time", "median observed time, with events and censored patients alike"
    ),
    "observed_q1": Key("Q1", "time", "first quartile of the observed times"),
    "observed_q3": Key("Q3", "time", "third quartile of the observed times"),
    "observed_min": Key("Min", "time", "shortest observed time"),
    "observed_max": Key("Max", "time", "longest observed time"),
    "quantile": Key("Quantile", "probability", "proportion of patients with the event"),
    "estimate": Key("Estimate", "estimate", "the quantity that the table estimates"),
    "std_err": Key("SE", "estimate", "its standard error"),
    "time": Key("Time", "time", "time since the start, in the endpoint's unit"),
    "analysis": Key(
        "Analysis",
        "text",
        "how an exposure that begins later is analysed: naive, landmark or time-dependent",
    ),
    "landmark": Key("Landmark", "time", "time at which it is known who is exposed"),
    "exposed": Key("Exposed", "count", "of the patients analysed, those exposed at some time"),
    "person_time": Key("Person-time", "time", "sum of the times under observation in the group"),
    "given": Key("Given", "time", "time at which the patients are event-free"),
    "event": Key("Event", "text", "of an endpoint: the column, and the value, that mean the event"),
    "period": Key("Period", "text", "part of the time since the start"),
    "start": Key("From", "time", "after which a period begins"),
    "end": Key("To", "time", "the end of a period, which belongs to it; null for the last"),
    "tau": Key("To", "time", "restriction time of the restricted mean"),
    "n_risk": Key("At risk", "count", "patients with time ≥ t"),
    "n_event": Key("Events", "count", "events at t"),
    "n_censor": Key("Censored", "count", "censored at t"),
    "cumulative_events": Key("Events", "count", "events up to and including t"),
    "cause": Key(
        "Cause", "text", "the event counted: that of the endpoint, or the competing event"
    ),
    "test": Key("Test", "text", "name of the test"),
    "statistic": Key("Statistic", "statistic", "test statistic"),
    "df": Key("df", "degrees", "its degrees of freedom"),
    "p": Key("p", "p", "two-sided p-value"),
    "p_adjusted": Key("p adjusted", "p", "p adjusted for the number of comparisons"),
    "term": Key("Variable", "text", "the term of the model, as it was given"),
    "level": Key("Level", "text", "level of a factor; null for a numeric term"),
    "reference": Key(
        "Reference", "text", "reference level; null for a numeric term; of a curve, a value"
    ),
    "kind": Key(
        "Kind",
        "text",
        "of a model: univariable, multivariable, stepwise or subgroup; of a variable: numeric, "
        "ordered, factor, continuous or categorical; of a plan: survival or binary outcome",
    ),
    "subgroup": Key("Subgroup", "text", "subgroup in which the model was fitted"),
    "level_n": Key("n", "count", "patients with the level"),
    "level_events": Key("Events", "count", "events among the patients with the level"),
    "reference_n": Key("n", "count", "patients with the reference level"),
    "reference_events": Key("Events", "count", "events among those with the reference level"),
    "interaction_p": Key("p (interaction)", "p", "p for interaction with the subgroup variable"),
    "coef": Key("Coefficient", "estimate", "log hazard or odds ratio"),
    "robust_std_err": Key("Robust SE", "estimate", "sandwich standard error of the coefficient"),
    "hr": Key("HR", "ratio", "hazard ratio"),
    "or": Key("OR", "ratio", "odds ratio"),
    "theta": Key("Variance", "estimate", "variance of the frailty between centres"),
    "clusters": Key("Clusters", "count", "centres that share a frailty"),
    "frailty": Key("Frailty", "ratio", "hazard of a centre relative to the average one"),
    "fmi": Key("FMI", "probability", "fraction of missing information"),
    "riv": Key("RIV", "estimate", "relative increase in variance due to missing values"),
    "lambda": Key("Lambda", "probability", "share of the variance due to missing values"),
    "shift": Key("Shift", "text", "what was added to imputed values"),
    "set": Key("Data set", "count", "number of the imputed data set"),
    "smd_max_after": Key("Largest SMD", "statistic", "the largest absolute difference of any set"),
    "m": Key("m", "count", "imputed data sets"),
    "df_within": Key("df within", "degrees", "denominator degrees of freedom of an F test"),
    "concordance_lower": Key("Lower", "estimate", "lower confidence limit of the concordance"),
    "concordance_upper": Key("Upper", "estimate", "upper confidence limit of the concordance"),
    "ratio": Key("Ratio", "ratio", "hazard or odds ratio, in a forest plot"),
    "auc": Key(
        "AUC", "estimate", "area under the ROC curve; of a model, of its fitted probabilities"
    ),
    "hosmer_lemeshow_statistic": Key("Hosmer–Lemeshow", "statistic", "test of calibration"),
    "hosmer_lemeshow_df": Key("df", "degrees", "its degrees of freedom"),
    "hosmer_lemeshow_p": Key("p", "p", "its p-value"),
    "value": Key("Value", "estimate", "value of a variable, in its unit"),
    "knot": Key("Knot", "count", "number of a knot of a spline, ascending from 1"),
    "form": Key("Form", "text", "form of a variable: linear, log2, rcs (spline) or cut (groups)"),
    "ties": Key("Ties", "text", "method for tied event times"),
    "loglik_null": Key("Log-likelihood, null", "criterion", "of the model without covariates"),
    "loglik": Key("Log-likelihood", "criterion", "of the fitted model"),
    "loglik_cut": Key("Log-likelihood, cut-off", "criterion", "of the marker in two groups"),
    "loglik_curve": Key("Log-likelihood, curve", "criterion", "of the marker as a spline"),
    "df_curve": Key("df", "degrees", "degrees of freedom of the spline"),
    "aic_cut": Key("AIC, cut-off", "criterion", "of the marker in two groups"),
    "aic_curve": Key("AIC, curve", "criterion", "of the marker as a spline"),
    "retained": Key(
        "χ² retained",
        "probability",
        "likelihood-ratio χ² of the cut-off, as a share of the curve's",
    ),
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
    "measure": Key("Measure", "text", "measure of predictive performance"),
    "apparent": Key("Apparent", "estimate", "in the patients in whom the model was fitted"),
    "optimism": Key(
        "Optimism",
        "estimate",
        "excess of the apparent value over that in new patients, by bootstrap",
    ),
    "corrected": Key("Corrected", "estimate", "apparent − optimism"),
    "brier_score": Key("Brier score", "estimate", "mean squared error of the probabilities"),
    "term_a": Key("Term", "text", "first term of an interaction"),
    "term_b": Key("by", "text", "second term of an interaction"),
    "step": Key("Step", "count", "step of the selection or of the flow, from 1"),
    "excluded": Key("Excluded", "count", "patients who leave a box for one reason"),
    "action": Key("Action", "text", "entered, removed or not entered"),
    "model": Key("Model", "text", "the fitted model: its name, or univariable or multivariable"),
    "location": Key("Location", "estimate", "location of log time (R's survreg)"),
    "scale": Key("Scale", "estimate", "scale of log time (R's survreg)"),
    "log_likelihood": Key("Log-likelihood", "criterion", "maximised log-likelihood"),
    "aic": Key("AIC", "criterion", "Akaike's information criterion"),
    "node": Key("Node", "count", "number of a node of a tree, depth first from 1"),
    "parent": Key("Parent", "count", "the node, or the level, above; null if there is none"),
    "depth": Key("Depth", "count", "level of a node; the root has 1"),
    "terminal": Key("Leaf", "text", "true for a node that is not split"),
    "variable": Key("Variable", "text", "the term that is tested, selected or described"),
    "cutpoint": Key(
        "Cut-point", "estimate", "values up to it are on the low side; null for a factor"
    ),
    "left_levels": Key("Left", "text", "levels of a factor that go left"),
    "right_levels": Key("Right", "text", "levels of a factor that go right"),
    "missing_to": Key("Missing", "text", "side to which rows without a value go: left or right"),
    "n_missing": Key("Missing", "count", "rows without a value"),
    "left": Key("Left", "count", "the node on the left"),
    "right": Key("Right", "count", "the node on the right"),
    "cut_statistic": Key("Statistic", "statistic", "standardised statistic of the chosen cut"),
    "rule": Key("Rule", "text", "definition of a node, or of a positive test, as an expression"),
    "words": Key("Patients", "text", "definition of a node in words"),
    "rank": Key("Rank", "count", "rank among the candidates of a node, from 1"),
    "possible": Key("Possible", "text", "false if no cut-point leaves enough rows on both sides"),
    "sides": Key("Split", "text", "the left and the right side; null if the node is not split"),
    "second": Key("Second", "text", "the second-best candidate"),
    "second_p": Key("p", "p", "its p-value"),
    "second_p_adjusted": Key("p adjusted", "p", "its adjusted p-value"),
    "row": Key("Row", "count", "row of the cohort, from 1, without the header"),
    "id": Key(
        "Patient",
        "text",
        "the patient's id; without ids null, or the row number where patients are listed",
    ),
    "root_count": Key("At the root", "count", "bootstrap trees in which it splits the root"),
    "root_share": Key("At the root", "probability", "their proportion of all bootstrap trees"),
    "any_count": Key("Anywhere", "count", "bootstrap trees in which it splits any node"),
    "any_share": Key("Anywhere", "probability", "their proportion of all bootstrap trees"),
    "cutpoint_median": Key(
        "Median",
        "estimate",
        "median of its cut-points, taking from each tree the one nearest to the root",
    ),
    "cutpoint_lower": Key("Lower", "estimate", "2.5% quantile of these cut-points"),
    "cutpoint_upper": Key("Upper", "estimate", "97.5% quantile of these cut-points"),
    "cutpoints": Key("Cut-points", "text", "median (2.5% to 97.5% quantile) as text"),
    "importance": Key(
        "Importance",
        "estimate",
        "of a variable: loss of concordance in a forest, share of the gain in boosted trees",
    ),
    "importance_low": Key("Lowest", "estimate", "the lowest of the forests' importances"),
    "importance_high": Key("Highest", "estimate", "the highest of the forests' importances"),
    "endpoint": Key("Endpoint", "text", "name of the endpoint"),
    "stage": Key(
        "Patients", "text", "eligible, complete, matched, or the reason for not being matched"
    ),
    "sample": Key("Sample", "text", "before or after matching, or weighted"),
    "label": Key("Variable", "text", "label of a variable with its level, an event or a box"),
    "adverse_event": Key(
        "Adverse event", "text", "the event: its term, its column, or `any event`"
    ),
    "band": Key("Grade", "text", "grades counted together: any, 3-4, 3-5, 5"),
    "reason": Key("Reason", "text", "the reason; null where none is stated"),
    "rate": Key("Rate", "text", "a best response, ORR (CR + PR) or DCR (CR + PR + SD)"),
    "count": Key("n", "count", "patients with it"),
    "known": Key("Recorded", "count", "patients with a recorded response, NE included"),
    "evaluable": Key("Evaluable", "count", "patients with a response that --evaluable names"),
    "cr": Key("CR", "count", "patients with a complete response"),
    "pr": Key("PR", "count", "patients with a partial response"),
    "pd": Key("PD", "count", "patients with progressive disease"),
    "ne": Key("NE", "count", "patients who were not evaluable"),
    "denominator": Key("Of", "text", "patients that a share is of: all, known, evaluable; a count"),
    "change": Key("Change", "estimate", "best change of tumour size in percent of baseline"),
    "response": Key("Response", "text", "best response; null if it is not recorded"),
    "parts": Key("From", "text", "the columns that it is computed from, with their units"),
    "min": Key("Min", "estimate", "smallest value"),
    "max": Key("Max", "estimate", "largest value"),
    "percent": Key("%", "probability", "their proportion"),
    "decimals": Key("Decimals", "count", "decimal places of the numbers for readers"),
    "q1": Key("Q1", "estimate", "first quartile"),
    "q3": Key("Q3", "estimate", "third quartile"),
    "smd": Key("SMD", "estimate", "standardised mean difference of the two groups"),
    "method": Key("Method", "text", "method of matching, of adjusting p, or of imputing"),
    "distance": Key("Distance", "estimate", "distance of a pair; of a matching, its scale"),
    "caliper": Key("Caliper", "estimate", "largest distance allowed, as it was given"),
    "caliper_width": Key(
        "Caliper", "estimate", "largest distance allowed, on the scale of the scores"
    ),
    "replace": Key("With replacement", "text", "whether a control may be matched more than once"),
    "order": Key("Order", "text", "order in which treated patients are matched"),
    "n_treated": Key("Treated", "count", "treated patients"),
    "n_control": Key("Controls", "count", "control patients"),
    "n_matched_treated": Key("Matched", "count", "treated patients with a match"),
    "n_matched_control": Key("Controls", "count", "controls that were matched"),
    "total_distance": Key("Total distance", "estimate", "sum of the distances of all matches"),
    "largest_distance": Key("Largest distance", "estimate", "of any match"),
    "smd_max": Key(
        "Largest |SMD|", "estimate", "largest absolute standardised difference after matching"
    ),
    "pair": Key("Pair", "count", "number of the matched pair or set, from 1"),
    "treated": Key("Treated", "text", "1 for a treated patient; in a pair, that patient's id"),
    "control": Key("Control", "text", "the control's id"),
    "propensity": Key("Propensity", "estimate", "probability of being treated"),
    "logit": Key("Logit", "estimate", "its log odds"),
    "weight": Key("Weight", "estimate", "weight of the matching, or of the weighting"),
    "propensity_min": Key("Min", "estimate", "lowest propensity score in the group"),
    "propensity_median": Key("Median", "estimate", "median propensity score in the group"),
    "propensity_max": Key("Max", "estimate", "highest propensity score in the group"),
    "outside": Key(
        "Outside overlap", "count", "patients with a score outside the range of the other treatment"
    ),
    "effective_size": Key("Effective n", "count", "effective sample size, (Σw)² / Σw²"),
    "effective_n": Key("Effective n", "count", "the same of the denominator; null without weights"),
    "weight_max": Key("Largest weight", "estimate", "largest weight in the group"),
    "e_value": Key(
        "E-value", "ratio", "strength of confounding that would explain away the effect"
    ),
    "e_value_limit": Key("E-value", "ratio", "the same for the confidence limit nearer to 1"),
    "marker": Key("Marker", "text", "the marker, as it was given"),
    "marker_a": Key("Marker", "text", "the first marker; differences are marker_a − marker_b"),
    "marker_b": Key("versus", "text", "the other marker"),
    "outcome": Key("Outcome", "text", "the outcome: its column, and the value that means it"),
    "positives": Key("Positive", "count", "rows with the outcome"),
    "direction": Key(
        "Direction", "text", "higher or lower: the values associated with the outcome"
    ),
    "criterion": Key(
        "Criterion", "text", "criterion of the cut-off, fixed if it was given; or of a sample size"
    ),
    "threshold": Key(
        "Cut-off",
        "estimate",
        "values at or beyond it, in the direction, are positive; of a net benefit, the risk from "
        "which patients are treated",
    ),
    "observed": Key(
        "Observed",
        "estimate",
        "the observed value nearest to the cut-off that is positive; in calibration, the observed "
        "risk",
    ),
    "score": Key("Score", "text", "the score, model or column of risks that is validated"),
    "score_a": Key("Score", "text", "the score whose value is given less that of the other"),
    "score_b": Key("versus", "text", "the other score"),
    "predicted": Key("Predicted", "estimate", "predicted risk; of a group, its mean"),
    "net_benefit": Key(
        "Net benefit", "estimate", "of treating patients with at least the threshold's risk"
    ),
    "treat_all": Key("All", "estimate", "net benefit of treating all patients"),
    "treat_none": Key("None", "estimate", "net benefit of treating none: 0"),
    "baseline_survival": Key(
        "Baseline survival", "probability", "survival with the linear predictor of the model's file"
    ),
    "equation": Key("Equation", "text", "a model as a formula, coefficients rounded"),
    "intercept": Key("Intercept", "estimate", "of a logistic model"),
    "slope": Key("Slope", "estimate", "what all coefficients are multiplied by"),
    "youden": Key("Youden", "estimate", "sensitivity + specificity − 1"),
    "tp": Key("TP", "count", "true positives; weighted if time-dependent"),
    "fp": Key("FP", "count", "false positives"),
    "tn": Key("TN", "count", "true negatives"),
    "fn": Key("FN", "count", "false negatives"),
    "sensitivity": Key(
        "Sensitivity", "probability", "proportion of patients with the outcome who are positive"
    ),
    "sensitivity_lower": Key("Lower", "probability", "its lower confidence limit"),
    "sensitivity_upper": Key("Upper", "probability", "its upper confidence limit"),
    "specificity": Key(
        "Specificity", "probability", "proportion of patients without the outcome who are negative"
    ),
    "specificity_lower": Key("Lower", "probability", "its lower confidence limit"),
    "specificity_upper": Key("Upper", "probability", "its upper confidence limit"),
    "ppv": Key("PPV", "probability", "proportion of positives who have the outcome"),
    "ppv_lower": Key("Lower", "probability", "its lower confidence limit"),
    "ppv_upper": Key("Upper", "probability", "its upper confidence limit"),
    "npv": Key("NPV", "probability", "proportion of negatives who do not have the outcome"),
    "npv_lower": Key("Lower", "probability", "its lower confidence limit"),
    "npv_upper": Key("Upper", "probability", "its upper confidence limit"),
    "accuracy": Key("Accuracy", "probability", "proportion classified correctly"),
    "accuracy_lower": Key("Lower", "probability", "its lower confidence limit"),
    "accuracy_upper": Key("Upper", "probability", "its upper confidence limit"),
    "lr_positive": Key("LR+", "ratio", "sensitivity / (1 − specificity); null if infinite"),
    "lr_negative": Key("LR−", "ratio", "(1 − sensitivity) / specificity; null if infinite"),
    "difference": Key(
        "Difference",
        "estimate",
        "of two estimates: a − b; of two groups: b − a; within patients: after − before",
    ),
    "partial_auc": Key(
        "Partial AUC", "estimate", "area under the part of the curve that was given"
    ),
    "partial_auc_corrected": Key("Corrected", "estimate", "the same, rescaled to 0.5–1 (McClish)"),
    "samples": Key("Samples", "count", "bootstrap samples in which a cut-off could be chosen"),
    "threshold_lower": Key("Lower", "estimate", "lower percentile limit of the cut-off"),
    "threshold_upper": Key("Upper", "estimate", "upper percentile limit of the cut-off"),
    "share_within": Key("Within", "probability", "proportion of patients within its limits"),
    "youden_apparent": Key("Youden", "estimate", "in the data in which the cut-off was chosen"),
    "youden_oob": Key(
        "Out of bag", "estimate", "mean in the patients outside the bootstrap samples"
    ),
    "youden_corrected": Key("Corrected", "estimate", "apparent − mean optimism"),
    "sensitivity_apparent": Key(
        "Sensitivity", "probability", "in the data in which the cut-off was chosen"
    ),
    "sensitivity_oob": Key(
        "Out of bag", "probability", "mean in the patients outside the bootstrap samples"
    ),
    "specificity_apparent": Key(
        "Specificity", "probability", "in the data in which the cut-off was chosen"
    ),
    "specificity_oob": Key(
        "Out of bag", "probability", "mean in the patients outside the bootstrap samples"
    ),
    "auc_apparent": Key("AUC", "estimate", "in the data in which direction and model were chosen"),
    "auc_corrected": Key("Corrected", "estimate", "apparent − mean optimism"),
    "n_low": Key("n low", "count", "patients with values up to the cut-point"),
    "name": Key("Name", "text", "name of a column, an endpoint or a score"),
    "meaning": Key("Meaning", "text", "how a column is read: number, group, date, text or id"),
    "field": Key("Field", "text", "what a column's name denotes, such as `afp` or `death_date`"),
    "type": Key("Type", "text", "numeric, factor, ordered, date or text, as models take it"),
    "role": Key("Role", "text", "id, baseline, outcome or post-baseline"),
    "unit": Key("Unit", "text", "unit that the dictionary or the file states"),
    "missing": Key("Missing", "count", "rows without a value"),
    "distinct": Key("Distinct", "count", "different values"),
    "minimum": Key("Minimum", "text", "smallest number, or earliest date"),
    "maximum": Key("Maximum", "text", "largest number, or latest date"),
    "levels": Key("Levels", "text", "levels of a group, in order"),
    "converted": Key("Converted", "text", "an example of a cell and what it was read as"),
    "understood": Key("Read as", "text", "how a column, or an endpoint, is understood, in words"),
    "content": Key("Values", "text", "range, or levels with their rows, as text"),
    "source": Key(
        "Source",
        "text",
        "of an endpoint: dictionary, recognised (by its column names) or proposed; of a number: "
        "computed or stated; of values: observed or imputed",
    ),
    "imputation": Key("Imputation", "count", "number of a completed set, from 1"),
    "iteration": Key("Iteration", "count", "number of an iteration of an imputation, from 1"),
    "options": Key("Options", "text", "options that ask for the endpoint"),
    "available": Key("Available", "text", "whether the score can be computed"),
    "missing_parts": Key("Missing", "text", "parts of the score that are not in the cohort"),
    "severity": Key("Finding", "text", "error, warning or note"),
    "code": Key("Code", "text", "stable name of a finding, for scripts"),
    "column": Key("Column", "text", "the column concerned; null for rows or several columns"),
    "rows": Key("Rows", "text", "lines or rows of the file, at most 100 of them"),
    "finding": Key("Finding", "text", "place, text and remedy, as the screen shows them"),
    "text": Key("Text", "text", "what was found"),
    "remedy": Key("Remedy", "text", "option, line of the dictionary, or cells to correct"),
    "p_unadjusted": Key(
        "p unadjusted",
        "p",
        "of the log-rank test at this cut-point; too small, as it ignores the search for it",
    ),
}

# A variable before and after, within patients.
GLOSSARY |= {
    "plan": Key("Plan", "text", "what the row is: required, carried (at most) or given"),
    "parameters": Key("Parameters", "degrees", "coefficients of the model"),
    "events_per_parameter": Key("Events per parameter", "statistic", "events / parameters"),
    "r2": Key("R²", "estimate", "Cox–Snell R² that is expected in new patients"),
    "max_r2": Key("Largest R²", "estimate", "the largest possible with these events"),
    "nagelkerke_r2": Key("Nagelkerke's R²", "estimate", "r2 / max_r2"),
    "shrinkage": Key(
        "Shrinkage", "estimate", "shrinkage factor to be expected, or demanded by the criterion"
    ),
    "exact": Key("Exact", "estimate", "the number before it was rounded to a whole one"),
    "power": Key("Power", "probability", "of the test"),
    "alpha": Key("α", "estimate", "significance level"),
    "share": Key("Share", "probability", "of the patients who are in one of the groups"),
    "event_probability": Key("P(event)", "probability", "share of the patients with the event"),
    "mean_difference": Key("Mean difference", "estimate", "mean of after − before"),
    "mean_lower": Key("Lower", "estimate", "its lower confidence limit"),
    "mean_upper": Key("Upper", "estimate", "its upper confidence limit"),
}
for _when in ("before", "after"):
    GLOSSARY |= {
        _when: Key(_when.capitalize(), "text", f"level {_when}"),
        f"{_when}_median": Key("Median", "estimate", f"median {_when}"),
        f"{_when}_q1": Key("Q1", "estimate", f"first quartile {_when}"),
        f"{_when}_q3": Key("Q3", "estimate", f"third quartile {_when}"),
        f"{_when}_count": Key("n", "count", f"patients with the level {_when}"),
        f"{_when}_percent": Key("%", "probability", f"their proportion {_when}"),
    }

# Balance of a covariate between two treatments, in each sample.
for _when, _words in (
    ("before", "before matching"),
    ("after", "after matching"),
    ("weighted", "after weighting"),
):
    GLOSSARY |= {
        f"smd_{_when}": Key("SMD", "estimate", f"standardised mean difference {_words}"),
        f"variance_ratio_{_when}": Key(
            "Variance ratio", "estimate", f"variance ratio, treated/control, {_words}"
        ),
        f"p_{_when}": Key("p", "p", f"p-value of the variable {_words}"),
        f"test_{_when}": Key("Test", "text", f"test of the variable {_words}"),
    }
    for _group in ("treated", "control"):
        GLOSSARY |= {
            f"{_group}_{_when}": Key(_group, "estimate", f"mean or proportion {_words}"),
            f"{_group}_count_{_when}": Key("n", "count", f"number with the level {_words}"),
            f"{_group}_percent_{_when}": Key("%", "probability", f"their proportion {_words}"),
        }
