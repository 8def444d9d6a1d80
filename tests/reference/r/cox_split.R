# Hazard ratios by period in a multivariable Cox model: survSplit + coxph.
#   Rscript r/cox_split.R <reference-root>
source(file.path(commandArgs(TRUE)[1], "r", "common.R"))
Z <- qnorm(.975)

by_period <- function(d, a) {
  d <- d[complete.cases(d[, c(".time", ".event", a$covariates)]), ]
  d$.begin <- if (is.null(a$entry)) 0 else as.numeric(d[[a$entry]])
  d <- d[d$.begin < d$.time, ]
  cuts <- as.numeric(a$cuts)
  f <- model.matrix(reformulate(a$covariates), d)[, -1, drop = FALSE]
  of_term <- startsWith(colnames(f), a$term)
  d <- cbind(d[, c(".begin", ".time", ".event")], cluster = if (is.null(a$cluster)) seq_len(nrow(d)) else d[[a$cluster]], row = seq_len(nrow(d)))
  d <- d[!is.na(d$cluster), ]; f <- f[d$row, , drop = FALSE]; d$row <- seq_len(nrow(d))
  s <- survSplit(Surv(.begin, .time, .event) ~ ., d, cut = cuts, episode = "period", start = ".start")
  x <- f[s$row, , drop = FALSE]
  periods <- seq_len(length(cuts) + 1)
  product <- do.call(cbind, lapply(periods, function(k) { p <- x[, of_term, drop = FALSE] * (s$period == k); colnames(p) <- paste0(colnames(f)[of_term], ":", k); p }))
  rest <- x[, !of_term, drop = FALSE]
  fit <- function(m) if (is.null(a$cluster)) coxph(Surv(.start, .time, .event) ~ m, s) else coxph(Surv(.start, .time, .event) ~ m, s, cluster = s$cluster)
  one <- fit(x); many <- fit(cbind(product, rest))
  whole <- coxph(Surv(.begin, .time, .event) ~ f, d)
  stopifnot(abs(whole$loglik[2] - one$loglik[2]) < 1e-8)
  k <- sum(of_term); of <- seq_len(k * length(periods)); b <- coef(many)[of]; V <- vcov(many)[of, of]; se <- sqrt(diag(V))
  K <- do.call(rbind, lapply(periods[-1], function(i) { m <- matrix(0, k, length(b)); m[, seq_len(k)] <- -diag(k); m[, (i - 1) * k + seq_len(k)] <- diag(k); m }))
  df <- nrow(K); wald <- drop(t(K %*% b) %*% solve(K %*% V %*% t(K)) %*% (K %*% b)); lr <- 2 * (many$loglik[2] - one$loglik[2])
  chi <- function(q) pchisq(q, df, lower.tail = FALSE)
  rows <- unlist(lapply(seq_len(k), function(j) lapply(periods, function(i) { at <- (i - 1) * k + j
    list(column = colnames(f)[of_term][j], start = c(0, cuts)[i], end = if (i <= length(cuts)) cuts[i] else NULL, events = sum(s$.event[s$period == i]),
      hr = exp(b[[at]]), lower = exp(b[[at]] - Z * se[[at]]), upper = exp(b[[at]] + Z * se[[at]]), p = 2 * pnorm(-abs(b[[at]] / se[[at]]))) })), recursive = FALSE)
  r <- list(n = nrow(d), loglik = many$loglik[2], piecewise = I(rows), wald = list(statistic = wald, df = df, p = chi(wald)))
  if (is.null(a$cluster)) r$lr <- list(statistic = lr, df = df, p = chi(lr))
  r
}
case <- function(id, dataset, time, event, event_value, covariates, term, cuts, variables, ...) {
  a <- list(kind = "cox_split", time = time, event = event, event_value = event_value, covariates = arr(covariates), term = term, cuts = arr(cuts), variables = variables, ...)
  add_case(id, dataset, a, by_period(load_case(dataset, a), a))
}
veteran <- list(trt = fac(1, 2), karno = num(), celltype = fac("squamous", "smallcell", "adeno", "large"))
case("veteran_trt", "veteran", "time", "status", 1, c("trt", "karno", "celltype"), "trt", 90, veteran)
case("veteran_celltype", "veteran", "time", "status", 1, c("trt", "karno", "celltype"), "celltype", c(60, 150), veteran)
case("veteran_karno", "veteran", "time", "status", 1, c("trt", "karno"), "karno", c(90, 120), veteran)
case("lung_clustered", "lung", "time", "status", 2, c("sex", "age", "ph.ecog"), "sex", 270, list(sex = fac(1, 2), age = num(), ph.ecog = num(), inst = num()), cluster = "inst")
case("channing_entry", "channing", "age", "death", 1, "gender", "gender", c(960, 1040), list(gender = fac(1, 2)), entry = "ageentry")
write_cases("cox_split")
