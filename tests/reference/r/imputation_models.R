# The conditional models of categories in an imputation, on augmented data: estimates and covariances.
# Rscript imputation_models.R > ../imputation_models.json  (base R, MASS, nnet; survival for its data set `lung`)
suppressPackageStartupMessages({library(MASS); library(nnet); library(survival)})
d <- na.omit(lung[, c("age", "sex", "ph.ecog", "wt.loss", "pat.karno", "status")])
d <- d[d$ph.ecog < 3, ]
X <- scale(as.matrix(d[, c("age", "sex", "wt.loss", "pat.karno")]))
X <- X * sqrt(nrow(X) / (nrow(X) - 1))  # divided by the SD with n
augment <- function(X, y, k) {         # White, Daniel, Royston 2010
  p <- ncol(X); rows <- NULL; ys <- NULL
  for (j in 1:p) for (s in c(-0.5, 0.5)) for (l in 0:(k - 1)) {
    r <- rep(0, p); r[j] <- max(min(X[, j]), min(max(X[, j]), s)); rows <- rbind(rows, r); ys <- c(ys, l)
  }
  list(X = rbind(X, rows), y = c(y, ys), w = c(rep(1, nrow(X)), rep((p + 1) / nrow(rows), nrow(rows))))
}
num <- function(v) paste0("[", paste(trimws(formatC(as.vector(v), digits = 15, format = "g")), collapse = ","), "]")
a <- augment(X, d$status - 1, 2)
g <- suppressWarnings(glm(a$y ~ a$X, family = binomial, weights = a$w, control = list(epsilon = 1e-14, maxit = 100)))
b <- augment(X, d$ph.ecog, 3)
m <- multinom(factor(b$y) ~ b$X, weights = b$w, Hess = TRUE, trace = FALSE, reltol = 1e-16, abstol = 1e-16, maxit = 2000)
o <- suppressWarnings(polr(factor(b$y, ordered = TRUE) ~ b$X, weights = b$w, Hess = TRUE, control = list(reltol = 1e-16, maxit = 2000)))
# multinom and polr stop near the maximum: Newton steps from there, with their own Hessian.
Xm <- cbind(1, b$X); Y <- outer(b$y, 1:2, "==") * 1; cm <- t(coef(m))
for (i in 1:3) {
  E <- exp(cbind(0, Xm %*% cm)); P <- (E / rowSums(E))[, -1]; H <- NULL
  for (s in 1:2) { R <- NULL; for (t in 1:2) R <- cbind(R, t(Xm) %*% (Xm * (b$w * P[, s] * ((s == t) - P[, t])))); H <- rbind(H, R) }
  cm <- cm + matrix(solve(H, as.vector(t(Xm) %*% (b$w * (Y - P)))), ncol = 2)
}
Vm <- solve(H)
nl <- function(v) { eta <- as.vector(b$X %*% v[3:6]); z <- c(-Inf, v[1:2], Inf); -sum(b$w * log(plogis(z[b$y + 2] - eta) - plogis(z[b$y + 1] - eta))) }
gr <- function(v) { eta <- as.vector(b$X %*% v[3:6]); z <- c(-Inf, v[1:2], Inf); u <- z[b$y + 2] - eta; l <- z[b$y + 1] - eta; p <- plogis(u) - plogis(l)
  gu <- b$w * dlogis(u) / p; gl <- b$w * dlogis(l) / p
  -c(sum(gu[b$y == 0]) - sum(gl[b$y == 1]), sum(gu[b$y == 1]) - sum(gl[b$y == 2]), -colSums(b$X * (gu - gl))) }
v <- c(o$zeta, coef(o)); h <- 1e-5
J <- function(v) sapply(1:6, function(j) { e <- rep(0, 6); e[j] <- h; (8 * (gr(v + e) - gr(v - e)) - (gr(v + 2 * e) - gr(v - 2 * e))) / (12 * h) })
for (i in 1:4) v <- v - solve(J(v), gr(v))
stopifnot(max(abs(v - c(o$zeta, coef(o)))) < 1e-4, max(abs(cm - t(coef(m)))) < 1e-4, abs(nl(v) - o$deviance / 2) < 1e-6)
k <- length(o$zeta); q <- length(coef(o)); V <- solve(J(v))
cat("{\n\"columns\": [\"age\", \"sex\", \"wt.loss\", \"pat.karno\"],\n\"x\": ", num(t(d[, c("age", "sex", "wt.loss", "pat.karno")])),
    ",\n\"status\": ", num(d$status - 1), ",\n\"ecog\": ", num(d$ph.ecog),
    ",\n\"logistic\": {\"coef\": ", num(coef(g)), ", \"variance\": ", num(vcov(g)),
    "},\n\"multinomial\": {\"coef\": ", num(cm), ", \"variance\": ", num(Vm),
    "},\n\"ordinal\": {\"coef\": ", num(v), ", \"variance\": ", num(V), "}\n}\n", sep = "")
