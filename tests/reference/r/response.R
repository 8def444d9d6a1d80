# Two proportions (Newcombe's limits from R's Wilson limits, Woolf's as Wald limits of a logistic
# regression), with the counts that four studies published; durations of response.
# Rscript tests/reference/r/response.R > tests/reference/response.json       (survival, jsonlite)
suppressPackageStartupMessages({library(survival); library(jsonlite)})
options(digits = 15, warn = -1)
wilson <- function(x, n, level) as.vector(prop.test(x, n, conf.level = level, correct = FALSE)$conf.int)
exact <- function(x, n, level) as.vector(binom.test(x, n, conf.level = level)$conf.int)
compared <- function(id, x, n, level = 0.95) {   # differences: second minus first; odds ratio: second to first
  p <- x / n; a <- wilson(x[1], n[1], level); b <- wilson(x[2], n[2], level)
  table <- rbind(x, n - x)
  o <- list(id = id, count = x, n = n, level = level,
            difference = list(estimate = p[2] - p[1],
                              lower = p[2] - p[1] - sqrt((p[2] - b[1])^2 + (a[2] - p[1])^2),
                              upper = p[2] - p[1] + sqrt((b[2] - p[2])^2 + (p[1] - a[1])^2)),
            wilson = list(a, b), clopper_pearson = list(exact(x[1], n[1], level), exact(x[2], n[2], level)),
            chi_square_p = chisq.test(table, correct = FALSE)$p.value, fisher_p = fisher.test(table)$p.value)
  if (all(table > 0)) {
    fit <- glm(t(table) ~ c(0, 1), family = binomial, epsilon = 1e-14, maxit = 100)
    limits <- exp(confint.default(fit, level = level)[2, ])
    o$odds_ratio <- list(estimate = exp(coef(fit)[[2]]), lower = limits[[1]], upper = limits[[2]],
                         p = summary(fit)$coefficients[2, 4])
  }
  o
}
out <- list(compared = list(
  compared("chon_unmatched_recist_orr", c(5, 3), c(86, 40)), compared("chon_unmatched_recist_dcr", c(21, 27), c(86, 40)),
  compared("chon_unmatched_mrecist_orr", c(6, 6), c(86, 40)), compared("chon_unmatched_mrecist_dcr", c(21, 28), c(86, 40)),
  compared("chon_matched_recist_orr", c(3, 2), c(36, 36)), compared("chon_matched_mrecist_orr", c(4, 5), c(36, 36)),
  compared("xu_recist_orr", c(2, 8), c(27, 41)), compared("xu_recist_dcr", c(12, 30), c(27, 41)),
  compared("xu_mrecist_orr", c(4, 12), c(27, 41)), compared("xu_mrecist_dcr", c(12, 30), c(27, 41)),
  compared("xu_recist_dcr_90", c(12, 30), c(27, 41), 0.9),
  compared("none_in_one_group", c(0, 5), c(29, 56)), compared("none", c(0, 0), c(10, 20)),
  compared("all_against_none", c(0, 10), c(20, 10))))
data <- read.csv("tests/reference/data/hcc424.csv")
data <- data[data$response %in% c("CR", "PR"), ]
data$duration <- data$pfs_months - floor(round(100 * data$pfs_months) / 4) / 100
fit <- survfit(Surv(duration, progression) ~ treatment, data)
s <- summary(fit)$table
out$duration <- lapply(seq_len(nrow(s)), function(i) list(group = sub("treatment=", "", rownames(s)[i]), n = s[i, "records"],
  events = s[i, "events"], median = s[i, "median"], lower = s[i, "0.95LCL"], upper = s[i, "0.95UCL"]))
cat(toJSON(out, auto_unbox = TRUE, digits = 15, na = "null", pretty = TRUE), "\n")
