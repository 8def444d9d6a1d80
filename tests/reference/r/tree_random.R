# Random data with ties, gaps, levels that are absent, tiny nodes: where every row ends up, and every test.
# Rscript tests/reference/r/tree_random.R > tests/reference/tree_random.json       (party 1.3.11, jsonlite)
suppressPackageStartupMessages({library(party); library(jsonlite)})
one <- function(seed) {
  set.seed(seed)
  n <- sample(c(25, 40, 80, 150), 1)
  g <- factor(sample(letters[1:sample(2:6, 1)], n, TRUE))
  o <- factor(sample(1:4, n, TRUE), ordered = TRUE, levels = 1:5)
  d <- data.frame(x = round(exp(rnorm(n, 2, 1.5)), 1), z = round(rnorm(n), 1), g = g, b = factor(sample(c("u", "v"), n, TRUE)), o = o, w = sample(0:1, n, TRUE))
  effect <- .5 * scale(log(d$x + 1))[, 1] * (runif(1) < .7) + .4 * as.integer(g) * (runif(1) < .6) + .3 * as.integer(o) * (runif(1) < .5)
  d$t <- round(rexp(n) * exp(effect), sample(0:3, 1)) + .1
  d$e <- as.integer(runif(n) < sample(c(.3, .7, 1), 1))
  if (sum(d$e) == 0) d$e[1] <- 1L
  for (v in c("x", "g", "b", "o")) if (runif(1) < .4) d[sample(n, ceiling(n * runif(1, .02, .3))), v] <- NA
  ctl <- list(mincriterion = sample(c(.95, .9, .5, .05), 1), minsplit = sample(c(20, 10, 4), 1), minbucket = sample(c(7, 3, 1), 1), testtype = sample(c("Bonferroni", "Univariate"), 1), maxdepth = sample(c(0, 2), 1))
  tr <- ctree(Surv(t, e) ~ x + z + g + b + o + w, data = d, controls = do.call(ctree_control, ctl))
  statistics <- list()
  walk <- function(nd) { statistics[[length(statistics) + 1]] <<- unname(nd$criterion$statistic); if (!nd$terminal) { walk(nd$left); walk(nd$right) } }
  walk(tr@tree)
  place <- function(f) as.integer(f) - 1
  list(seed = seed, control = ctl, levels = nlevels(d$g), columns = list(x = d$x, z = d$z, g = place(d$g), b = place(d$b), o = place(d$o), w = d$w),
       time = d$t, event = d$e, leaf = where(tr), statistics = statistics)
}
cat(toJSON(lapply(1:60, one), digits = NA, auto_unbox = TRUE, na = "null"), "\n")
