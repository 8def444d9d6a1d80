# What roc.json does not hold: partial areas, the unpaired test of two areas, Hothorn and Lausen's
# bound with more than 100 rows, and other confidence levels.
# Rscript tests/reference/r/roc_more.R > tests/reference/roc_more.json     (pROC, maxstat, jsonlite)
suppressPackageStartupMessages({library(pROC); library(maxstat); library(survival); library(jsonlite)})
options(digits = 15)
asah <- read.csv("tests/reference/data/asah.csv")
out <- list()
one <- function(d, marker, direction = "<") roc(d$outcome, d[[marker]], levels = c("Good", "Poor"), direction = direction, quiet = TRUE)
for (marker in c("s100b", "wfns", "age")) for (focus in c("specificity", "sensitivity")) for (low in c(.8, .9, .5)) {
  r <- one(asah, marker)
  pair <- sapply(c(FALSE, TRUE), function(correct) as.numeric(suppressWarnings(auc(r, partial.auc = c(1, low), partial.auc.focus = focus, partial.auc.correct = correct))))
  out$partial[[length(out$partial) + 1]] <- list(marker = marker, focus = focus, low = low, area = pair[1], corrected = pair[2])
}
for (marker in c("s100b", "wfns", "age")) {
  a <- one(asah[asah$gender == "Female", ], marker); b <- one(asah[asah$gender == "Male", ], marker)
  t <- roc.test(a, b, method = "delong", paired = FALSE)
  out$unpaired[[length(out$unpaired) + 1]] <- list(marker = marker, auc = as.vector(t$estimate), statistic = t$statistic[[1]], df = t$parameter[[1]], p = t$p.value)
}
for (level in c(.8, .99)) out$levels[[length(out$levels) + 1]] <- list(conf_level = level, limits = as.vector(ci.auc(one(asah, "wfns"), conf.level = level))[c(1, 3)])
v <- read.csv("tests/reference/data/veteran.csv")
m <- suppressWarnings(maxstat.test(Surv(time, status) ~ karno, data = v, smethod = "LogRank", pmethod = "HL"))
out$hl <- list(statistic = m$statistic[[1]], p = m$p.value[[1]])
cat(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = 1), "\n")
