# Profile limits of logistic models of skewed covariates: subsets of the second-line cohort.
#   Rscript r/profile.R <reference-root> [number of models] [file]
source(file.path(commandArgs(TRUE)[1], "r", "common.R"))
suppressPackageStartupMessages(library(MASS))
set.seed(20)
arguments <- commandArgs(TRUE)
wanted <- if (length(arguments) > 1) as.integer(arguments[2]) else 20L
file <- if (length(arguments) > 2) arguments[3] else file.path(ROOT, "profile.json")
d <- utils::read.csv(file.path(ROOT, "data", "second_line", "cohort.csv"), na.strings = "")
d$lenvatinib <- as.integer(d$second_line == "lenvatinib"); d$stage_b <- as.integer(d$bclc == "B")
outcomes <- c("primary_resistance", "stage_b", "death", "lenvatinib")
numbers <- c("afp", "pivka_ii", "alt", "ast", "tumor_size_cm", "albumin", "age")
models <- list()
while (length(models) < wanted) {
  outcome <- sample(outcomes, 1); covariates <- sample(numbers, sample(3, 1, prob = c(3, 2, 1)), prob = c(5, 5, 2, 2, 1, 1, 1))
  rows <- sort(sample(nrow(d), sample(30:nrow(d), 1)))
  x <- d[rows, c(outcome, covariates)]
  use <- complete.cases(x); rows <- rows[use]; x <- x[use, , drop = FALSE]
  if (nrow(x) < 20 || min(table(factor(x[[1]], 0:1))) < 5) next
  model <- suppressWarnings(glm(as.formula(paste(outcome, "~", paste(covariates, collapse = "+"))), binomial, x))
  if (!model$converged) next
  limits <- tryCatch(suppressWarnings(suppressMessages(MASS:::confint.glm(model))), error = function(e) NULL)
  if (is.null(limits)) next  # R stops: "profiling has found a better solution"
  models[[length(models) + 1]] <- list(rows = arr(rows), outcome = outcome, covariates = arr(covariates),
    coef = arr(coef(model)[-1]), lower = arr(limits[-1, 1]), upper = arr(limits[-1, 2]))
}
write_json(models, file, digits = NA, auto_unbox = TRUE, na = "null", null = "null")
