# Cumulative hazard of survfit, with and without weights.   Rscript r/hazard.R > hazard.json
suppressPackageStartupMessages({library(survival); library(jsonlite)})
time <- c(1, 2, 2, 3, 5, 5, 5, 8, 9, 12, 12, 15); event <- c(1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0)
cases <- list(none = rep(1, 12), whole = rep(c(1, 2, 3), 4), fractional = rep(c(0.5, 1, 1.5, 2.25), 3))
out <- lapply(cases, function(w) {
  f <- survfit(Surv(time, event) ~ 1, weights = w)
  list(weights = w, time = f$time, cumhaz = f$cumhaz, std_chaz = f$std.chaz,
       lower = pmax(f$cumhaz - qnorm(.975) * f$std.chaz, 0), upper = f$cumhaz + qnorm(.975) * f$std.chaz)
})
cat(toJSON(list(time = time, event = event, cases = out), digits = 15, pretty = TRUE), "\n")
