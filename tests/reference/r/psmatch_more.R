# Tests of balance, adjusted and weighted effects, and exact limits, for the pairs of psmatch.json.
#   Rscript r/psmatch_more.R <reference-root>
source(file.path(commandArgs(TRUE)[1], "r", "common.R"))
cases <- fromJSON(file.path(ROOT, "psmatch.json"), simplifyVector = FALSE)
pick <- function(id) Filter(function(k) k$id == id, cases)[[1]]
covs <- c("age", "sex", "ecog", "child_pugh", "bclc", "afp", "albumin", "macrovascular_invasion", "tumor_size_cm")
test_counts <- function(x, t) {
  m <- table(factor(x), t); small <- all(dim(m) == 2) && any(outer(rowSums(m), colSums(m)) / sum(m) < 5)
  if (small) list(test = "fisher", p = fisher.test(m)$p.value) else { h <- suppressWarnings(chisq.test(m, correct = FALSE)); list(test = "chi-square", p = h$p.value) }
}
one <- function(id) {
  k <- pick(id); d <- read_csv(sub("data/(.*)\\.csv", "\\1", k$dataset)); rownames(d) <- d$patient_id
  d <- d[unlist(k$expected$ids), ]; d$t <- as.integer(d$treatment == "lenvatinib")
  for (v in c("sex", "ecog", "child_pugh", "bclc", "macrovascular_invasion")) d[[v]] <- factor(d[[v]])
  pairs <- Filter(function(p) length(p$controls) == 1, k$expected$pairs)
  a <- d[vapply(pairs, `[[`, "", "treated"), ]; b <- d[vapply(pairs, function(p) p$controls[[1]], ""), ]
  balance <- lapply(covs, function(v) {
    if (is.factor(d[[v]])) {
      after <- if (nlevels(d[[v]]) == 2) { h <- mcnemar.test(table(a[[v]], b[[v]]), correct = FALSE); list(test = "mcnemar", p = h$p.value) }
        else { n <- nrow(a); h <- mantelhaen.test(table(c(a[[v]], b[[v]]), rep(1:0, each = n), rep(seq_len(n), 2)), correct = FALSE); list(test = "stuart-maxwell", p = h$p.value) }
      list(variable = v, before = test_counts(d[[v]], d$t), after = after)
    } else list(variable = v,
      before = list(test = "mann-whitney", p = wilcox.test(d[[v]][d$t == 1], d[[v]][d$t == 0], exact = FALSE)$p.value),
      after = list(test = "wilcoxon", p = wilcox.test(a[[v]], b[[v]], paired = TRUE, exact = FALSE)$p.value))
  })
  m <- rbind(a, b); m$pair <- rep(seq_len(nrow(a)), 2)
  f <- reformulate(c("t", covs), "Surv(os_months, death)")
  row <- function(g) { s <- summary(g)$coefficients; list(coef = s[1, 1], se = s[1, "se(coef)"], robust_se = if ("robust se" %in% colnames(s)) s[1, "robust se"], p = s[1, ncol(s)]) }
  p <- fitted(glm(reformulate(covs, "t"), data = d, family = binomial)); d$ow <- ifelse(d$t == 1, 1 - p, p)
  w <- ifelse(d$t == 1, mean(d$t) / p, (1 - mean(d$t)) / (1 - p)); q <- quantile(w, c(.05, .95)); d$tw <- pmin(pmax(w, q[1]), q[2])
  rates <- lapply(list(all = d, matched = m), function(x) lapply(c(1, 0), function(g) { r <- x$response[x$t == g]; h <- binom.test(sum(r %in% c("CR", "PR")), length(r)); list(count = unname(h$statistic), n = length(r), lower = h$conf.int[1], upper = h$conf.int[2]) }))
  list(id = id, balance = balance,
    adjusted_before = row(coxph(f, data = d)), adjusted_after = row(coxph(f, data = m, cluster = pair)),
    overlap = row(coxph(Surv(os_months, death) ~ t, data = d, weights = ow, robust = TRUE)),
    overlap_adjusted = row(coxph(f, data = d, weights = ow, robust = TRUE)),
    truncated = row(coxph(Surv(os_months, death) ~ t, data = d, weights = tw, robust = TRUE)), orr = rates)
}
writeLines(toJSON(lapply(c("hcc424_logit_caliper02", "hcc81_logit_caliper02"), one), digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = 1), file.path(ROOT, "psmatch_more.json"))
