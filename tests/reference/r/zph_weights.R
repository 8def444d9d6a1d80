# Tests of proportional hazards with case weights, on all four time scales.
#   Rscript r/zph_weights.R <reference-root>
source(file.path(commandArgs(TRUE)[1], "r", "common.R"))
d <- read_csv("gbsg2"); d$horTh <- factor(d$horTh, c("no", "yes"))
d$half <- d$pnodes / 2
out <- list()
for (weights in c("pnodes", "half")) for (strata in c("", "menostat")) for (ties in c("efron", "breslow")) {
  d$.w <- as.numeric(d[[weights]])  # cox.zph stops at integers
  f <- as.formula(paste("Surv(time, cens) ~ horTh + age", if (strata != "") "+ strata(menostat)"))
  fit <- coxph(f, d, weights = .w, ties = ties)
  for (scale in c("km", "identity", "rank", "log")) {
    z <- cox.zph(fit, transform = scale)$table
    out[[length(out) + 1]] <- list(weights = weights, strata = if (strata != "") strata else NULL, ties = ties, scale = scale,
      terms = arr(rownames(z)), statistic = arr(z[, "chisq"]), df = arr(z[, "df"]), p = arr(z[, "p"]))
  }
}
write_json(out, file.path(ROOT, "zph_weights.json"), digits = NA, auto_unbox = TRUE, null = "null")
