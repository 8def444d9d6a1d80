# Uno's C of fitted Cox models, with and without tied times and strata.   Rscript uno.R DATA_FOLDER
suppressPackageStartupMessages(library(survival))
d <- read.csv(file.path(commandArgs(TRUE)[1], "hcc424.csv"), na.strings = "")
d$quarters <- ceiling(d$os_months / 3)
for (time in c("os_months", "quarters")) for (strata in c("", "+ strata(treatment)")) {
  f <- coxph(as.formula(paste0("Surv(", time, ", death) ~ age + albumin", strata)), data = d)
  cat(time, strata, format(concordance(f, timewt = "n/G2")$concordance, digits = 15), "\n")
}
