# Curves of a spline by treatment: coxph with products, and the cut-off against the curve in roc.
# Rscript tests/reference/r/spline_groups.R > tests/reference/spline_groups.json   (in the repository)
suppressPackageStartupMessages({library(Hmisc); library(survival); library(jsonlite)})
d <- read.csv("tests/reference/data/hcc424t.csv", na.strings = "")
d <- d[d$treatment %in% c("sorafenib", "lenvatinib") & complete.cases(d[, c("os_months", "death", "afp", "treatment", "child_pugh")]), ]
d$treatment <- factor(d$treatment, c("sorafenib", "lenvatinib"))
tight <- coxph.control(eps = 1e-15, iter.max = 60, toler.chol = 1e-16)
one <- function(f) {
  x <- f(d$afp); k <- as.numeric(rcspline.eval(x, nk = 4, knots.only = TRUE))
  basis <- function(v) matrix(rcspline.eval(f(v), knots = k, inclx = TRUE, norm = 2), nrow = length(v))
  B <- basis(d$afp)
  fit <- coxph(Surv(os_months, death) ~ B * treatment + child_pugh, d, control = tight)
  without <- coxph(Surv(os_months, death) ~ B + treatment + child_pugh, d, control = tight)
  at <- c(min(d$afp), 400, max(d$afp)); b <- coef(fit); V <- vcov(fit)
  row <- function(v, g) { p <- as.numeric(basis(v)); c(p, g, 0, p * g) }
  stopifnot(length(b) == 8, ncol(B) == 3)
  rows <- do.call(rbind, lapply(0:1, function(g) do.call(rbind, lapply(at, function(v) {
    r <- row(v, g) - row(400, 0); l <- sum(r * b); s <- sqrt(drop(r %*% V %*% r))
    data.frame(group = levels(d$treatment)[g + 1], value = v, hr = exp(l),
               lower = exp(l - qnorm(.975) * s), upper = exp(l + qnorm(.975) * s)) }))))
  stopifnot(names(b)[5] == "child_pughB")
  list(ratios = rows, interaction = list(statistic = 2 * (fit$loglik[2] - without$loglik[2]), df = 3))
}
m <- d[!is.na(d$primary_resistance), ]
B <- rcspline.eval(m$afp, nk = 4, inclx = TRUE, norm = 2)
cut <- m$afp >= 400
loss <- list(
  logistic = list(cut = as.numeric(logLik(glm(primary_resistance ~ cut, binomial, m))),
                  curve = as.numeric(logLik(glm(primary_resistance ~ B, binomial, m, control = glm.control(epsilon = 1e-14))))),
  n = nrow(m))
cat(toJSON(list(rcs4 = one(identity), log2_rcs4 = one(log2), loss = loss), digits = 15, auto_unbox = TRUE, pretty = TRUE))
