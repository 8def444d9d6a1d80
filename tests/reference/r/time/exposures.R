# Exposures that begin later: rows of tmerge, naive, landmark and time-dependent models, Mantel-Byar, Simon-Makuch.   Rscript r/exposures.R <root>
source(file.path(commandArgs(TRUE)[1], "r", "common.R")); source(file.path(ROOT, "r", "survlib.R"))
ev_of <- function(d, a) as.integer(as.character(d[[a$event]]) == as.character(a$event_value))
fit_ss <- function(d, covs, a, ties = a$ties) {
  ex <- c(if (!is.null(a$strata)) paste0("strata(", bt(a$strata), ")")); f <- as.formula(paste("Surv(.start, .stop, .ev) ~", paste(c(bt(covs), ex), collapse = " + ")))
  args <- list(formula = f, data = d, ties = if (is.null(ties)) "efron" else ties, x = TRUE, model = TRUE, robust = FALSE)
  if (!is.null(a$weights)) { args$weights <- d[[a$weights]]; args$robust <- TRUE; if (is.null(a$cluster)) args$cluster <- seq_len(nrow(d)) }
  if (!is.null(a$cluster)) { args$cluster <- d[[a$cluster]]; args$robust <- TRUE }
  if (isTRUE(a$robust)) args$robust <- TRUE
  do.call(coxph, args)
}
td <- function(d, a) {
  covs <- as.character(a$covariates); n0 <- nrow(d); unit <- if (!is.null(a$unit) && a$unit == "months") 30.4375 else 1
  if (!is.null(a$dates)) { D <- function(v) as.numeric(as.Date(d[[v]])); d$.t <- (D(a$dates$end) - D(a$dates$start)) / unit; d$.x <- (D(a$dates$exposure) - D(a$dates$start)) / unit }
  else { d$.t <- as.numeric(d[[a$time]]); d$.x <- as.numeric(d[[a$exposure_time]]) }
  d$.ev <- ev_of(d, a); ok <- complete.cases(d[, c(".t", ".ev", covs), drop = FALSE]); zero <- ok & d$.t <= 0; d <- d[ok & d$.t > 0, ]; d$.id <- seq_len(nrow(d))
  base <- d[, c(".id", a$subject, covs), drop = FALSE]
  l <- tmerge(base, d, id = .id, .event = event(.t, .ev)); l <- tmerge(l, d, id = .id, exposed = tdc(.x)); l <- as.data.frame(l)
  l$.start <- l$tstart; l$.stop <- l$tstop; l$.ev <- l$.event
  # the same rows by the stated rule
  hand <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) { t <- d$.t[i]; x <- d$.x[i]; if (is.na(x) || x >= t) c(i, 0, t, d$.ev[i], 0) else if (x <= 0) c(i, 0, t, d$.ev[i], 1) else rbind(c(i, 0, x, 0, 0), c(i, x, t, d$.ev[i], 1)) }))
  stopifnot(all.equal(unname(hand), unname(as.matrix(l[, c(".id", "tstart", "tstop", ".event", "exposed")])), tolerance = 1e-14))
  pt <- l$.stop - l$.start; e <- l$exposed == 1; has <- !is.na(d$.x)
  r <- list(n_rows_read = n0, n_dropped_missing = sum(!ok), n_dropped_time_not_positive = sum(zero), n = nrow(d), events = sum(d$.ev),
    exposure = list(never_recorded = sum(!has), at_or_before_start = sum(has & d$.x <= 0), during = sum(has & d$.x > 0 & d$.x < d$.t), at_end = sum(has & d$.x == d$.t), after_end = sum(has & d$.x > d$.t)),
    long = list(n_rows = nrow(l), exposed_rows = sum(e), person_time = list(unexposed = sum(pt[!e]), exposed = sum(pt[e])), events = list(unexposed = sum(l$.ev[!e]), exposed = sum(l$.ev[e])),
      rows = { m <- if (nrow(l) > 250) l$.id <= 20 else rep(TRUE, nrow(l)); rows(data.frame(id = l[[a$subject]][m], start = l$.start[m], stop = l$.stop[m], event = l$.ev[m], exposed = l$exposed[m])) }))
  cv <- c("exposed", covs)
  r$time_dependent <- cox_block(fit_ss(l, cv, a), l, cv)
  if (isTRUE(a$breslow)) r$time_dependent_breslow <- cox_block(fit_ss(l, cv, a, "breslow"), l, cv, zph = FALSE, conc = FALSE)
  n <- d; n$exposed <- as.numeric(!is.na(n$.x) & n$.x <= n$.t); n$.start <- 0; n$.stop <- n$.t
  r$naive <- c(list(exposed = sum(n$exposed)), cox_block(coxph(as.formula(paste("Surv(.t, .ev) ~", paste(bt(cv), collapse = "+"))), n, ties = if (is.null(a$ties)) "efron" else a$ties), n, cv, zph = FALSE, conc = FALSE))
  r$landmark <- I(lapply(as.numeric(a$landmarks), function(L) { k <- d$.t > L; m <- d[k, ]; m$exposed <- as.numeric(!is.na(m$.x) & m$.x <= L); m$.t <- m$.t - L
    c(list(landmark = L, left_out_events = sum(d$.ev[!k]), left_out_censored = sum(!k) - sum(d$.ev[!k]), exposed = sum(m$exposed)), cox_block(coxph(as.formula(paste("Surv(.t, .ev) ~", paste(bt(cv), collapse = "+"))), m, ties = if (is.null(a$ties)) "efron" else a$ties), m, cv, zph = FALSE, conc = FALSE)) }))
  g <- factor(l$exposed, 0:1, c("unexposed", "exposed"))
  mb <- lr_counting(l$.start, l$.stop, l$.ev, g)
  r$mantel_byar <- c(mb, list(score_breslow = score_of(l$.start, l$.stop, l$.ev, g, "breslow"), score_efron = score_of(l$.start, l$.stop, l$.ev, g, "efron")))
  if (isTRUE(a$exact)) { x <- score_of(l$.start, l$.stop, l$.ev, g, "exact"); stopifnot(abs(x$chisq / mb$chisq - 1) < 1e-7); r$mantel_byar$score_exact <- x }
  sm <- function(from) { k <- l$.stop > from; lapply(levels(g), function(v) { i <- k & g == v; c(list(level = v), km_block(pmax(l$.start[i], from) - from, l$.stop[i] - from, l$.ev[i], as.numeric(a$times), quart = TRUE)) }) }
  r$simon_makuch <- I(lapply(unique(c(0, as.numeric(a$curve_from))), function(fr) list(from = fr, curves = I(sm(fr)))))
  r
}
case("td_jasa_dates", "jasa", "time_dependent", list(age = num(), surgery = fac(0, 1)), subject = "id", dates = list(start = "accept.dt", end = "fu.date", exposure = "tx.date"), unit = "days", event = "fustat", event_value = 1, covariates = c("age", "surgery"), landmarks = c(30, 60), times = c(10, 30, 100, 365, 1000), curve_from = 30, breslow = TRUE, note = "Stanford heart transplants, whole days: one row with no follow-up time is dropped; exposure on the day of death is not exposure; transplanted on day 0 is exposed from the start")
case("td_jasa_months", "jasa", "time_dependent", list(age = num()), subject = "id", dates = list(start = "accept.dt", end = "fu.date", exposure = "tx.date"), unit = "months", event = "fustat", event_value = 1, covariates = "age", landmarks = 1, times = c(1, 3, 12, 36), note = "days / 30.4375")
case("td_hcc424_progression", "hcc424t", "time_dependent", list(treatment = fac("sorafenib", "lenvatinib"), age = num(), child_pugh = fac("A", "B")), subject = "patient_id", time = "os_months", exposure_time = "prog_time", event = "death", event_value = 1, covariates = c("treatment", "age", "child_pugh"), landmarks = c(3, 6), times = c(1, 3, 6, 12, 24), curve_from = 3, note = "progression as the exposure; 'progression' at the time of death (or of the last visit) leaves the patient unexposed")
case("td_rotterdam_recurrence", "rotterdam", "time_dependent", list(age = num(), nodes = num(), hormon = fac(0, 1)), subject = "id", time = "dtime", exposure_time = "recur_time", event = "death", event_value = 1, covariates = c("age", "nodes", "hormon"), landmarks = 730, times = c(365, 1000, 2000, 4000), note = "13 recurrences at the end of follow-up")
case("td_tiny", "tiny_tdc", "time_dependent", list(age = num()), subject = "id", time = "time", exposure_time = "exposed_at", event = "death", event_value = 1, covariates = "age", landmarks = c(3, 6), times = c(0, 2, 4, 6, 7, 8, 10, 13, 15), curve_from = 4, breslow = TRUE, exact = TRUE, note = "one trap a row: exposure at time 0, before 0, at the time of death, at the time of censoring, after the end, at another patient's death time; time 0")
