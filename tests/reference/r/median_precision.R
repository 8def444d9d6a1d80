# The median of an exponential model with limits on the log scale: Rscript median_precision.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})
case <- function(id, d, conf) {
  fit <- survreg(Surv(time, status) ~ 1, d, dist = "exponential", control = survreg.control(rel.tolerance = 1e-12))
  m <- unname(coef(fit)); s <- sqrt(vcov(fit)[1, 1]); z <- qnorm(0.5 + conf / 2)
  list(id = id, conf_level = conf, events = sum(d$status), std_err_log = s,
       median = exp(m) * log(2), lower = exp(m - z * s) * log(2), upper = exp(m + z * s) * log(2))
}
d <- data.frame(time = lung$time, status = lung$status - 1)
v <- data.frame(time = veteran$time, status = veteran$status)
cat(toJSON(list(case("lung", d, 0.95), case("veteran", v, 0.9)), auto_unbox = TRUE, digits = I(15), pretty = TRUE), "\n")
