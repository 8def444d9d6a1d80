# Hodges-Lehmann pseudo-medians within pairs, small and tied.   Rscript r/pseudo_median.R <reference-root>
# wilcox.test(exact = FALSE, conf.int = TRUE) looks for its roots numerically, so with a tolerance
# far below 1e-6. Where the middle two Walsh averages differ, every number between them is a root
# of R's estimate; the middle, which R gives with exact = TRUE, is stored. `level_given` is below
# the level asked for where R says that it is not achievable.
suppressPackageStartupMessages(library(jsonlite))
root <- normalizePath(commandArgs(TRUE)[1])
file_of <- function(name) read.csv(file.path(root, "data", paste0(name, ".csv")), na.strings = "")
pairs_of <- function(name, before, after) {
  d <- file_of(name)
  x <- d[[after]] - d[[before]]
  x[!is.na(x)]
}
set.seed(7)
samples <- list(
  seven = c(1.3, -0.4, 2.2, 0.9, 3.1, -1.7, 0.6),
  eight_even = c(2.1, -0.3, 1.4, 5.2, -2.7, 3.3, 0.8, 4.1),
  twelve_tied = c(1, 1, 1, 2, 2, -1, -1, 3, 1, 0, 0, 2),
  one_sided = c(1.1, 2.4, 0.7, 3.9, 5.3, 1.8, 2.2, 0.4, 4.6),
  thirty = round(rnorm(30, 0.4), 3),
  sixty_tied = sample(c(-2, -1, 0, 1, 2, 3), 60, replace = TRUE),
  skewed = round(exp(rnorm(45, 3, 2)) - exp(rnorm(45, 2.5, 2)), 1),
  afp81 = pairs_of("hcc81", "afp", "afp_week8"),
  afp424 = pairs_of("hcc424", "afp", "afp_week8"),
  ecog81 = pairs_of("hcc81", "ecog", "ecog_week8"),
  ecog424 = pairs_of("hcc424", "ecog", "ecog_week8"))
cases <- list()
for (name in names(samples)) for (level in c(0.9, 0.95)) {
  x <- samples[[name]]
  h <- suppressWarnings(wilcox.test(x, exact = FALSE, conf.int = TRUE, conf.level = level, tol.root = 1e-12))
  k <- x[x != 0]
  w <- outer(k, k, "+"); w <- sort(w[!lower.tri(w)]) / 2
  middle <- median(w)
  cases[[length(cases) + 1]] <- list(id = paste0(name, "_", 100 * level), differences = I(x),
    conf_level = level, level_given = attr(h$conf.int, "conf.level"), estimate = middle, r_estimate = h$estimate[[1]],
    lower = h$conf.int[1], upper = h$conf.int[2])
}
writeLines(toJSON(cases, digits = 15, auto_unbox = TRUE, pretty = TRUE), file.path(root, "pseudo_median.json"))
