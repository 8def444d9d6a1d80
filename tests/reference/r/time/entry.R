# Delayed entry: curves, and Cox models of rows (start, stop].   Rscript r/entry.R <root>
source(file.path(commandArgs(TRUE)[1], "r", "common.R")); source(file.path(ROOT, "r", "survlib.R"))
ev_of <- function(d, a) as.integer(as.character(d[[a$event]]) == as.character(a$event_value))
km_entry <- function(d, a) {
  n0 <- nrow(d); st <- as.numeric(d[[a$entry]]); sp <- as.numeric(d[[a$time]]); ev <- ev_of(d, a); g <- if (!is.null(a$group)) d[[a$group]] else factor(rep("all", n0))
  ok <- !is.na(st) & !is.na(sp) & !is.na(ev) & !is.na(g); bad <- ok & st >= sp; ok <- ok & st < sp
  if (!is.null(a$from)) { ok <- ok & sp > a$from; st <- pmax(st, a$from) }
  st <- st[ok]; sp <- sp[ok]; ev <- ev[ok]; g <- droplevels(g[ok])
  r <- list(n = length(st), n_dropped_entry_not_before_time = sum(bad), events = sum(ev))
  r$groups <- I(lapply(levels(g), function(l) { k <- g == l
    o <- c(list(level = l), km_block(st[k], sp[k], ev[k], as.numeric(a$times), curve = isTRUE(a$curve), tau = a$tau))
    q <- km_quantile(survfit(Surv(st[k], sp[k], 1 - ev[k]) ~ 1)); o$reverse_km <- list(median = q$quantile[[1]], lower = q$lower[[1]], upper = q$upper[[1]]); o }))
  if (nlevels(g) > 1) {
    r$tests <- list(logrank = lr_counting(st, sp, ev, g), score_breslow = score_of(st, sp, ev, g, "breslow"), score_efron = score_of(st, sp, ev, g, "efron"))
    if (!is.null(a$exact)) { x <- score_of(st, sp, ev, g, "exact"); stopifnot(abs(x$chisq / r$tests$logrank$chisq - 1) < 1e-8); r$tests$score_exact <- x }
    r$ignoring_entry <- { s <- survdiff(Surv(sp, ev) ~ g); list(chisq = s$chisq, df = nlevels(g) - 1, p = chi(s$chisq, nlevels(g) - 1)) }
  }
  r
}
fit_ss <- function(d, covs, a, ties = a$ties) {
  ex <- c(if (!is.null(a$strata)) paste0("strata(", bt(a$strata), ")")); f <- as.formula(paste("Surv(.start, .stop, .ev) ~", paste(c(bt(covs), ex), collapse = " + ")))
  args <- list(formula = f, data = d, ties = if (is.null(ties)) "efron" else ties, x = TRUE, model = TRUE, robust = FALSE)
  if (!is.null(a$weights)) { args$weights <- d[[a$weights]]; args$robust <- TRUE; if (is.null(a$cluster)) args$cluster <- seq_len(nrow(d)) }
  if (!is.null(a$cluster)) { args$cluster <- d[[a$cluster]]; args$robust <- TRUE }
  if (isTRUE(a$robust)) args$robust <- TRUE
  do.call(coxph, args)
}
cox_counting <- function(d, a) {
  covs <- as.character(a$covariates); n0 <- nrow(d); d$.start <- as.numeric(d[[a$start]]); d$.stop <- as.numeric(d[[a$stop]]); d$.ev <- ev_of(d, a)
  d <- d[complete.cases(d[, c(".start", ".stop", ".ev", covs, a$strata, a$cluster, a$weights, a$subject), drop = FALSE]), ]; bad <- sum(d$.start >= d$.stop); d <- d[d$.start < d$.stop, ]
  f <- fit_ss(d, covs, a)
  r <- c(list(n_rows_read = n0, n_dropped_start_not_before_stop = bad), cox_block(f, d, covs, zph = !isFALSE(a$zph)))
  if (!is.null(a$subject)) { r$n_subjects <- length(unique(d[[a$subject]])); r$subjects_with_event <- length(unique(d[[a$subject]][d$.ev == 1])) }
  if (length(a$baseline_times)) { b <- basehaz(f, centered = FALSE); r$baseline <- rows(data.frame(time = as.numeric(a$baseline_times), cumhaz_zero = vapply(as.numeric(a$baseline_times), function(t) { i <- sum(b$time <= t); if (i) b$hazard[i] else 0 }, 0))) }
  r
}
case <- function(id, dataset, kind, vars = NULL, ..., note = NULL) { x <- list(...); a <- list(kind = kind)
  for (k in names(x)) a[[k]] <- if (k %in% c("times", "landmarks", "covariates", "baseline_times", "curve_from")) arr(x[[k]]) else x[[k]]
  a$variables <- vars; d <- load_case(dataset, a[setdiff(names(a), c("event", "time"))])
  add_case(id, dataset, a, switch(kind, km_entry = km_entry, cox_counting = cox_counting)(d, a), note) }
run_cases("entry")
