"""Sample sizes of prediction models, of a comparison of two groups, and of a median.

`r2` is the Cox–Snell R² that a prediction model is expected to reach in new patients, corrected
for optimism; `f` is the number of events for each patient: the event rate times the mean follow-up,
which may exceed 1, or for an outcome without time its prevalence. Riley et al., Stat Med
2019;38:1276–1296 (part II), and BMJ 2020;368:m441; R's ``pmsampsize``, without its rounding of
intermediate results.
"""

from __future__ import annotations

import math

from hcc2l.stats.tails import normal_quantile, normal_tail

SHRINKAGE = 0.9  # at least; of criterion 1
OPTIMISM = 0.05  # at most, in Nagelkerke's R²; of criterion 2
MARGIN = 0.05  # at most, of the overall risk; of criterion 3
USUAL_SHARE = 0.15  # of the largest possible R², where nothing is known of the model
_Z = 1.96  # of Riley's criterion 3
_ROUNDING = 1e-9
_HALVINGS = 60  # of an interval below 1: to the last digit


def rounded_up(number: float) -> int:
    """The whole number of patients or events that reaches `number`, up to rounding errors."""
    return math.ceil(number - _ROUNDING)


def rounded_down(number: float) -> int:
    """The whole number of parameters that `number` allows, up to rounding errors."""
    return math.floor(number + _ROUNDING)


def largest_r2_survival(f: float) -> float:
    """The largest possible Cox–Snell R² of a survival model, from events per patient > 0."""
    return -math.expm1(2 * (f * math.log(f) - f))


def largest_r2_binary(prevalence: float) -> float:
    """The largest possible Cox–Snell R² of a logistic model; 0 < `prevalence` < 1."""
    return -math.expm1(2 * _null_log_likelihood(prevalence))


def _null_log_likelihood(p: float) -> float:
    return p * math.log(p) + (1 - p) * math.log1p(-p)


def r2_from_c_survival(c: float, f: float) -> float:
    """Cox–Snell R² of a survival model with a C-index, by Royston's D; 0.5 < `c` < 1.

    Jinks et al., BMC Med Res Methodol 2015;15:82; Riley et al. 2019.
    """
    d = 5.5 * (c - 0.5) + 10.26 * (c - 0.5) ** 3
    normal, extreme = math.pi / 8 * d * d, math.pi**2 / 6
    r2_d = normal / (extreme + normal)
    r2_oq = extreme * r2_d / (1 - (1 - extreme) * r2_d)  # O'Quigley's
    return -math.expm1(f * math.log1p(-r2_oq))


def r2_from_c_binary(c: float, prevalence: float) -> float:
    """Cox–Snell R² of a logistic model with a C-index, its linear predictor normal in both classes.

    Riley, Van Calster, Collins, Stat Med 2021;40:859–864, by integration instead of simulation.
    """
    from scipy.integrate import quad

    between = math.sqrt(2) * _normal_quantile(c)  # the distance of the means, in SD

    def logit(x: float) -> float:
        return math.log(prevalence / (1 - prevalence)) + between * x - between**2 / 2

    def mean(mean_of_x: float, sign: float) -> float:
        def weighted(x: float) -> float:
            density = math.exp(-((x - mean_of_x) ** 2) / 2) / math.sqrt(2 * math.pi)
            return -_log1p_exp(-sign * logit(x)) * density

        # Beyond 12 SD the density is below 1e-32.
        return float(quad(weighted, mean_of_x - 12, mean_of_x + 12, epsrel=1e-11, limit=500)[0])

    log_likelihood = prevalence * mean(between, 1.0) + (1 - prevalence) * mean(0.0, -1.0)
    return -math.expm1(2 * (_null_log_likelihood(prevalence) - log_likelihood))


def _log1p_exp(x: float) -> float:
    """log(1 + exp(x)) without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _normal_quantile(p: float) -> float:
    return normal_quantile(2 * p - 1)


def patients_for_shrinkage(parameters: float, shrinkage: float, r2: float) -> float:
    """Patients in whom a model is shrunk by no more than `shrinkage` (criterion 1).

    0 < `r2` < `shrinkage` < 1. With the shrinkage of `shrinkage_of_optimism` it is criterion 2.
    """
    return parameters / ((shrinkage - 1) * math.log1p(-r2 / shrinkage))


def parameters_for_shrinkage(n: float, shrinkage: float, r2: float) -> float:
    """Parameters for which `n` patients suffice by the same criterion."""
    return n * (shrinkage - 1) * math.log1p(-r2 / shrinkage)


def parameters_carried(n: float, r2: float, largest: float, shrinkage: float = SHRINKAGE) -> float:
    """Parameters for which `n` patients suffice by criteria 1 and 2."""
    by_optimism = parameters_for_shrinkage(n, shrinkage_of_optimism(r2, largest), r2)
    return min(parameters_for_shrinkage(n, shrinkage, r2), by_optimism)


def shrinkage_of_optimism(r2: float, largest: float) -> float:
    """The shrinkage at which the optimism in Nagelkerke's R² is `OPTIMISM` (criterion 2)."""
    return r2 / (r2 + OPTIMISM * largest)


def expected_shrinkage(n: float, parameters: float, r2: float) -> float:
    """The shrinkage to expect of a model with some parameters, from `r2` up to 1."""
    low, high = r2 * (1 + 1e-12), 1.0
    if parameters_for_shrinkage(n, low, r2) <= parameters:  # far more parameters than patients
        return r2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if parameters_for_shrinkage(n, middle, r2) > parameters:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def heuristic_shrinkage(likelihood_ratio: float, parameters: int) -> float:
    """The shrinkage to expect of a fitted model, from its likelihood-ratio statistic; at least 0.

    1 − parameters/χ²: van Houwelingen and le Cessie, Stat Med 1990;9:1303–1325.
    """
    if likelihood_ratio <= parameters:
        return 0.0
    return 1 - parameters / likelihood_ratio


def patients_for_risk_survival(rate: float, follow_up: float, horizon: float) -> float:
    """Patients in whom the overall risk at `horizon` is known within `MARGIN` (criterion 3).

    All three are in one unit of time; follow-up is the mean.
    """
    risk = -math.expm1(-rate * horizon)
    above = -math.log1p(-min(risk + MARGIN, 1 - 1e-12)) / horizon
    needed = [rate * (_Z / (above - rate)) ** 2]
    if risk > MARGIN:
        below = -math.log1p(-(risk - MARGIN)) / horizon
        needed.append(rate * (_Z / (below - rate)) ** 2)
    return max(needed) / follow_up


def risk_with_limits(rate: float, person_time: float, horizon: float) -> tuple[float, float, float]:
    """Overall risk at `horizon` with its limits, by an exponential model."""
    margin = _Z * math.sqrt(rate / person_time)
    value, lower, upper = (-math.expm1(-r * horizon) for r in (rate, rate - margin, rate + margin))
    return value, lower, upper


def patients_for_risk_binary(prevalence: float) -> float:
    """Patients in whom the prevalence is known within `MARGIN` (criterion 3)."""
    return (_Z / MARGIN) ** 2 * prevalence * (1 - prevalence)


def margin_of_prevalence(prevalence: float, n: float) -> float:
    """Half the width of its 95% interval in `n` patients."""
    return _Z * math.sqrt(prevalence * (1 - prevalence) / n)


def events_to_detect(
    hr: float, power: float, share: float = 0.5, alpha: float = 0.05, *, one_sided: bool = False
) -> float:
    """Events with which a log-rank test detects a hazard ratio.

    Schoenfeld, Biometrics 1983;39:499–503.

    Parameters
    ----------
    share
        Of the patients who are in one of the two groups.
    """
    z = _critical(alpha, one_sided) + _normal_quantile(power)
    return z * z / (share * (1 - share) * math.log(hr) ** 2)


def power_to_detect(
    hr: float, events: float, share: float = 0.5, alpha: float = 0.05, *, one_sided: bool = False
) -> float:
    """The power of the same test with some events, in the direction of the effect."""
    expected = math.sqrt(share * (1 - share) * events) * abs(math.log(hr))
    return normal_tail(_critical(alpha, one_sided) - expected)


def detectable_hr(
    events: float, power: float, share: float = 0.5, alpha: float = 0.05, *, one_sided: bool = False
) -> tuple[float, float]:
    """The hazard ratios, below and above 1, that the same test detects."""
    z = _critical(alpha, one_sided) + _normal_quantile(power)
    log_hr = z / math.sqrt(share * (1 - share) * events)
    return math.exp(-log_hr), math.exp(log_hr)


def _critical(alpha: float, one_sided: bool) -> float:
    return normal_quantile(1 - (2 * alpha if one_sided else alpha))


def median_limits(median: float, events: float, conf_level: float) -> tuple[float, float]:
    """Confidence limits of a median survival time, by an exponential model.

    The log of the median has the standard error 1/√events (R's ``survreg``; Collett, Modelling
    Survival Data in Medical Research).
    """
    factor = math.exp(normal_quantile(conf_level) / math.sqrt(events))
    return median / factor, median * factor


def events_for_median(factor: float, conf_level: float) -> float:
    """Events with which these limits are the median divided and multiplied by `factor` > 1."""
    return (normal_quantile(conf_level) / math.log(factor)) ** 2
