# What km.json does not hold: logit and arcsine intervals, other confidence levels, case weights
# (whole and fractional), the restricted mean under fractional weights, parametric models.
# Rscript tests/reference/r/km_more.R > tests/reference/km_more.json       (survival 3.5.3, jsonlite)
suppressPackageStartupMessages({library(survival); library(jsonlite)})
options(digits = 15)
lung <- read.csv("tests/reference/data/lung.csv")
lung$event <- lung$status == 2
lung <- lung[complete.cases(lung[, c("time", "event", "sex", "age")]), ]
lung$whole <- 1 + lung$age %% 3
lung$fraction <- 0.5 + (lung$age %% 7) / 4
none <- function(x) ifelse(is.finite(x), x, NA)
curve <- function(f, times) {
  s <- summary(f, times = times, extend = TRUE); q <- quantile(f, probs = c(.25, .5, .75))
  list(times = times, n_risk = s$n.risk, estimate = s$surv, std_err = none(s$std.err), lower = none(s$lower), upper = none(s$upper),
       quartiles = list(estimate = as.vector(q$quantile), lower = as.vector(q$lower), upper = as.vector(q$upper)))
}
times <- c(5, 100, 306, 365, 730, 1022, 1200)
out <- list()
for (type in c("log", "log-log", "plain", "logit", "arcsin")) for (level in c(.9, .95, .99))
  out$intervals[[paste(type, level)]] <- curve(survfit(Surv(time, event) ~ 1, lung, conf.type = type, conf.int = level), times)
for (w in c("whole", "fraction")) {
  f <- survfit(Surv(time, event) ~ 1, lung, weights = lung[[w]])
  out$weighted[[w]] <- curve(f, times)
}
f <- survfit(Surv(time, event) ~ 1, lung, weights = fraction)
influence <- resid(f, times = 600, type = "rmst")            # one value a row, not yet weighted
out$rmst_fraction <- list(tau = 600, estimate = summary(f, rmean = 600)$table[["rmean"]], std_err = sqrt(sum((lung$fraction * influence)^2)))
robust <- coxph(Surv(time, event) ~ factor(ph.ecog), lung, weights = fraction, robust = TRUE, ties = "breslow", iter.max = 0)
out$robust_logrank <- list(group = "ph.ecog", statistic = robust$rscore, df = 3)
whole <- lung[rep(seq_len(nrow(lung)), lung$whole), ]
out$whole_logrank <- list(group = "sex", statistic = survdiff(Surv(time, event) ~ sex, whole)$chisq)
for (rho in c(0.5, 1, 2)) out$fh[[as.character(rho)]] <- survdiff(Surv(time, event) ~ sex, lung, rho = rho)$chisq
for (dist in c("exponential", "weibull", "lognormal", "loglogistic")) {
  m <- survreg(Surv(time, event) ~ 1, lung, dist = dist)
  mean <- switch(dist, exponential = exp(coef(m)), weibull = exp(coef(m)) * gamma(1 + m$scale), lognormal = exp(coef(m) + m$scale^2 / 2),
                 loglogistic = exp(coef(m)) * (pi * m$scale) / sin(pi * m$scale))
  out$parametric[[dist]] <- list(aic = AIC(m), loglik = m$loglik[2], median = predict(m, type = "quantile", p = .5)[[1]], mean = mean[[1]])
}
cat(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = 1), "\n")
