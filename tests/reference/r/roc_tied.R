# Time-dependent areas where times are tied (whole months), by riskRegression::Score, and Hothorn and
# Lausen's p in small samples, by maxstat (with one cut-point: exactRankTests::pperm).
# Rscript tests/reference/r/roc_tied.R > tests/reference/roc_tied.json
suppressPackageStartupMessages({
  library(riskRegression); library(survival); library(maxstat); library(jsonlite)
})
options(digits = 15)
set.seed(20)
out <- list()
for (censoring in c(8, 14, 30)) for (n in c(60, 150)) {
  marker <- sample(0:40, n, replace = TRUE)
  end <- rexp(n, 1 / (16 - marker / 5)); lost <- rexp(n, 1 / censoring)
  d <- data.frame(time = ceiling(pmin(end, lost)), event = as.integer(end <= lost), marker = marker)
  times <- c(3, 6, 6.5, 12)
  s <- Score(list(m = d$marker), formula = Hist(time, event) ~ 1, data = d, times = times,
             metrics = "auc", cens.model = "km", se.fit = FALSE, conf.int = FALSE)
  a <- as.data.frame(s$AUC$score)
  out$areas[[length(out$areas) + 1]] <- list(
    time = d$time, event = d$event, marker = d$marker, at = a$times, auc = a$AUC)
}
for (cuts in c(1, 1, 1, 1, 2, 2, 3, 3, 8, 8)) for (n in c(9, 24, 40)) {
  x <- sample(0:cuts, n, replace = TRUE)
  time <- round(rexp(n, 1 / (6 + 4 * x / cuts)), 1) + 0.1; event <- rbinom(n, 1, 0.7)
  if (length(unique(x)) < 2 || sum(event) < 2) next
  m <- tryCatch(suppressWarnings(maxstat.test(Surv(time, event) ~ x, data = data.frame(x, time, event), smethod = "LogRank", pmethod = "HL")),
                error = function(e) NULL)
  if (is.null(m)) next
  out$small[[length(out$small) + 1]] <- list(
    x = x, time = time, event = event, cuts = I(m$cuts), p = m$p.value[[1]])
}
cat(toJSON(out, digits = 15, auto_unbox = TRUE), "\n")
