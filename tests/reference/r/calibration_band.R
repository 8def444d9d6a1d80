# Pointwise limits of the calibration curve, and the curve of a known outcome: Rscript r/calibration_band.R .
suppressPackageStartupMessages({library(survival); library(Hmisc); library(jsonlite)})
grid <- c(0.1, 0.3, 0.5, 0.7); z <- qnorm(0.975); out <- list()
read <- function(f) read.csv(file.path("data", f), na.strings = "")
timed <- function(f, time, event, T, risk, nk) {
  d <- read(f); x <- log(-log(1 - d[[risk]])); kn <- rcspline.eval(x, nk = nk, knots.only = TRUE)
  B <- function(v) rcspline.eval(v, knots = kn, inclx = TRUE, norm = 2)
  X <- B(x); colnames(X) <- paste0("x", seq_len(ncol(X))); m <- data.frame(t = d[[time]], e = d[[event]], X)
  f1 <- coxph(as.formula(paste("Surv(t, e) ~", paste(colnames(X), collapse = "+"))), m, control = coxph.control(eps = 1e-13, toler.chol = 1e-15))
  N <- B(log(-log(1 - grid))); colnames(N) <- colnames(X); s <- summary(survfit(f1, newdata = data.frame(N), conf.type = "log-log"), times = T)
  list(data = f, time = time, event = event, at = T, risk = risk, knots = nk, grid = grid, observed = as.vector(1 - s$surv), lower = as.vector(1 - s$upper), upper = as.vector(1 - s$lower))
}
known <- function(f, event, risk, nk) {
  d <- read(f); x <- qlogis(d[[risk]]); kn <- rcspline.eval(x, nk = nk, knots.only = TRUE)
  B <- function(v) rcspline.eval(v, knots = kn, inclx = TRUE, norm = 2)
  X <- B(x); colnames(X) <- paste0("x", seq_len(ncol(X))); m <- data.frame(y = d[[event]], X)
  f1 <- glm(y ~ ., binomial, m)
  N <- B(qlogis(grid)); colnames(N) <- colnames(X); p <- predict(f1, data.frame(N), se.fit = TRUE); a <- abs(fitted(f1) - d[[risk]])
  list(data = f, event = event, risk = risk, knots = nk, grid = grid, observed = as.vector(plogis(p$fit)), lower = as.vector(plogis(p$fit - z * p$se.fit)), upper = as.vector(plogis(p$fit + z * p$se.fit)),
    ici = mean(a), e50 = median(a), e90 = unname(quantile(a, 0.9)), emax = max(a))
}
for (nk in 3:5) out <- c(out, list(timed("val_gbsg2.csv", "time", "cens", 1095, "risk1", nk), timed("val_hcc424.csv", "os_months", "death", 12, "risk2", nk)))
for (nk in 3:4) out <- c(out, list(timed("val_veteran.csv", "time", "status", 90, "risk1", nk)))
for (nk in 3:4) out <- c(out, list(known("val_hcc424.csv", "response", "p_response", nk), known("val_hcc424.csv", "resistance", "p_res1", nk)))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1), "calibration_band.json")
