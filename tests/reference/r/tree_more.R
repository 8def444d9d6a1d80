# The maximum statistic with factors of more than two levels.   Rscript tests/reference/r/tree_more.R tests/reference
# party integrates with abseps 1e-4; p_exact is mvtnorm's, run until its error is below 1e-6.
ROOT <- normalizePath(commandArgs(TRUE)[1])
source(file.path(ROOT, "r", "common.R"))
suppressPackageStartupMessages({library(party); library(mvtnorm)})
d <- read_csv("veteran")
y <- Surv(d$time, d$status)
set.seed(1)
out <- list()
for (v in c("celltype", "karno")) {
  g <- if (v == "karno") cut(d$karno, c(0, 30, 50, 60, 70, 100)) else factor(d[[v]], levels = c("squamous", "smallcell", "adeno", "large"))
  d$g <- g
  tr <- ctree(y ~ g, data = d, controls = ctree_control(teststat = "max", testtype = "Univariate", mincriterion = 0.95))
  n <- as.vector(table(g)); S <- diag(n) - n %o% n / sum(n); R <- cov2cor(S)
  c0 <- tr@tree$criterion$statistic[[1]]
  p <- 1 - pmvnorm(rep(-c0, length(n)), rep(c0, length(n)), corr = R, algorithm = GenzBretz(maxpts = 5e7, abseps = 1e-7))
  out[[length(out) + 1]] <- list(id = v, counts = n, statistic = c0, p_party = 1 - tr@tree$criterion$criterion[[1]], p_exact = as.numeric(p), error = attr(p, "error"))
}
for (k in list(list(n = c(30, 40, 50), c = 1.5), list(n = c(100, 1, 1), c = 2.2), list(n = c(5, 5, 5, 5, 5, 5, 5, 5), c = 2.7), list(n = c(500, 2, 3, 90), c = 1))) {
  n <- k$n; R <- cov2cor(diag(n) - n %o% n / sum(n))
  p <- 1 - pmvnorm(rep(-k$c, length(n)), rep(k$c, length(n)), corr = R, algorithm = GenzBretz(maxpts = 5e7, abseps = 1e-7))
  out[[length(out) + 1]] <- list(id = paste(n, collapse = "-"), counts = n, statistic = k$c, p_exact = as.numeric(p), error = attr(p, "error"))
}
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1), file.path(ROOT, "tree_more.json"))
