# Fine and Gray's model where times are tied, some are 0, and a group's follow-up ends before the
# others'; weighted Aalen-Johansen estimates of the same rows.   Rscript fine_gray_tied.R <tests/reference>
suppressPackageStartupMessages({library(cmprsk); library(survival); library(jsonlite)})
root <- commandArgs(TRUE)[1]
d <- read.csv(file.path(root, "data", "competing_tied.csv"))
x <- as.matrix(d[, c("x1", "x2", "x3")])
row_of <- function(coef, var) list(coef = unname(coef), se = sqrt(diag(unname(var))))
fit <- function(...) {
  f <- crr(d$time, d$cause, x, failcode = 1, cencode = 0, gtol = 1e-10, maxiter = 60, ...)
  stopifnot(f$converged)
  row_of(f$coef, f$var)
}
k <- d[d$time > 0, ]
k$cause <- factor(k$cause, 0:2)
e <- finegray(Surv(time, cause) ~ x1 + x2 + x3 + cluster, k, etype = "1", weights = w)
m <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x1 + x2 + x3, e, weights = fgwt, ties = "breslow",
           cluster = cluster)
d$id <- seq_len(nrow(d))
curve <- function(d, w) {
  s <- summary(survfit(Surv(time, factor(cause, 0:2)) ~ 1, d, weights = w, id = id),
               times = c(1, 5, 10, 20))
  lapply(1:2, function(i) list(cause = i, time = s$time, estimate = s$pstate[, i + 1],
                               std_err = s$std.err[, i + 1]))
}
writeLines(toJSON(list(crr = fit(), cengroup = fit(cengroup = d$group), weighted = row_of(coef(m), m$var),
                       incidence = curve(d[d$time > 0, ], d$w[d$time > 0])),
                  digits = NA, auto_unbox = TRUE, pretty = TRUE),
           file.path(root, "fine_gray_tied.json"))
