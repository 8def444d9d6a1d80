# Values at visits, last value carried forward: tmerge(tdc) and coxph.   Rscript r/time/visits.R <folder of tests/reference>
suppressMessages({library(survival); library(jsonlite)})
ROOT <- commandArgs(TRUE)[1]
d <- read.csv(file.path(ROOT, "data", "hcc424t.csv"), na.strings = ""); v <- read.csv(file.path(ROOT, "data", "hcc_visits.csv"), na.strings = "")
v$key <- match(v$patient_id, d$patient_id); d$key <- seq_len(nrow(d)); v <- v[order(v$key, v$visit_time), ]
n_used <- function(l, cols) { k <- complete.cases(l[, cols]); length(unique(l$key[k])) }
base <- function(cols) tmerge(d[, c("key", cols)], d, id = key, ev = event(os_months, death))
out <- list()
# 1: AFP of the visits alone: unknown until the first visit with a value
l <- base(c("age", "treatment")); l <- tmerge(l, v, id = key, afp = tdc(visit_time, afp)); l$t <- factor(l$treatment, c("lenvatinib", "sorafenib"))
m <- coxph(Surv(tstart, tstop, ev) ~ log2(afp) + age + t, l); out$visits_only <- list(n_rows = m$n, n = n_used(l, "afp"), events = m$nevent, coef = unname(coef(m)), se = unname(sqrt(diag(m$var))), loglik = m$loglik[2])
# 2: AFP of the cohort until the first visit
b <- rbind(data.frame(key = d$key, visit_time = -1000, afp = d$afp), v[, c("key", "visit_time", "afp")])
l <- base("age"); l <- tmerge(l, b, id = key, afp = tdc(visit_time, afp))
m <- coxph(Surv(tstart, tstop, ev) ~ log2(afp) + age, l); out$with_baseline <- list(n_rows = m$n, n = n_used(l, "afp"), events = m$nevent, coef = unname(coef(m)), se = unname(sqrt(diag(m$var))), loglik = m$loglik[2])
# 3: grade at visits, and progression as an exposure
l <- base(c("age")); l <- tmerge(l, v, id = key, albi_grade = tdc(visit_time, albi_grade)); l <- tmerge(l, d, id = key, progressed = tdc(prog_time)); l$g <- factor(l$albi_grade)
m <- coxph(Surv(tstart, tstop, ev) ~ progressed + g + age, l); out$grade_and_progression <- list(n_rows = m$n, n = n_used(l, "albi_grade"), events = m$nevent, coef = unname(coef(m)), se = unname(sqrt(diag(m$var))), loglik = m$loglik[2])
write(toJSON(out, auto_unbox = TRUE, digits = 15, pretty = TRUE), file.path(ROOT, "visits.json"))
