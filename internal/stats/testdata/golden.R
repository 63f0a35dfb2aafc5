# Writes golden.json, which golden_test.go reads: Rscript golden.R
# Costs are logarithms, with the sign turned where higher is better, and tests
# are of new against base: so "greater" is worse.

set.seed(20261122)
confidence <- 0.90

number <- function(x) sprintf("%.17g", x)
numbers <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")

# A case: n base values, m new ones, whose cost is exp(shift) times that of
# base; paired values share the drift of their round.
wilcoxon <- function(n, m, shift, better, paired, sd = 0.02) {
  sign <- if (better == "higher") -1 else 1
  level <- if (better == "higher") 123456 else 87.6
  drift <- if (paired) cumsum(rnorm(n, 0, 0.03)) else 0
  base <- round(level * exp(sign * (drift + rnorm(n, 0, sd))), 6)
  new <- round(level * exp(sign * (drift + shift + rnorm(m, 0, sd))), 6)
  x <- sign * log(new)
  y <- sign * log(base)
  ranked <- if (paired) abs(x - y) else c(x, y)
  stopifnot(!anyDuplicated(ranked), !paired || all(ranked > 0))

  test <- function(alternative) {
    suppressWarnings(wilcox.test(x, y, alternative = alternative, paired = paired,
      exact = TRUE, conf.int = TRUE, conf.level = confidence))
  }
  both <- test("two.sided")
  # R gives the widest interval where none is wide enough: this is what that achieves.
  edge <- if (paired) max(qsignrank((1 - confidence) / 2, n), 1) else max(qwilcox((1 - confidence) / 2, m, n), 1)
  beyond <- if (paired) psignrank(edge - 1, n) else pwilcox(edge - 1, m, n)
  least <- if (paired) psignrank(0, n) else pwilcox(0, m, n)
  sprintf(paste0('    {"name": "%s %dx%d %+g %s", "paired": %s, "higher": %s,\n',
    '     "base": %s,\n     "new": %s,\n',
    '     "worse": %s, "better": %s, "two_sided": %s, "least": %s,\n',
    '     "estimate": %s, "low": %s, "high": %s, "achieved": %s}'),
    if (paired) "paired" else "unpaired", n, m, shift, better,
    tolower(paired), tolower(better == "higher"), numbers(base), numbers(new),
    number(test("greater")$p.value), number(test("less")$p.value), number(both$p.value), number(least),
    number(both$estimate), number(both$conf.int[1]), number(both$conf.int[2]), number(1 - 2 * beyond))
}

pairs <- function(n, shift, better, ...) wilcoxon(n, n, shift, better, TRUE, ...)
sides <- function(n, m, shift, better, ...) wilcoxon(n, m, shift, better, FALSE, ...)

tests <- c(
  pairs(3, 0.05, "lower"), pairs(4, -0.05, "higher"), pairs(5, 0.2, "lower"), pairs(5, 0, "higher"),
  pairs(6, -0.01, "lower"), pairs(7, 0.02, "higher"), pairs(8, -0.1, "lower"), pairs(9, 0.03, "higher"),
  pairs(10, 0, "lower"), pairs(10, 0.05, "lower"), pairs(10, -0.05, "higher"), pairs(10, 1.5, "higher"),
  pairs(11, 0.001, "higher", 0.1), pairs(12, -0.02, "higher"), pairs(13, 0.01, "lower"), pairs(15, -2, "lower"),
  pairs(16, 0.08, "higher", 0.15), pairs(20, 0.005, "lower"), pairs(20, -0.015, "higher"), pairs(25, 0.01, "higher"),
  pairs(25, -0.3, "lower"), pairs(50, 0.008, "lower"), pairs(50, -0.05, "higher"),
  sides(2, 4, 0.05, "lower"), sides(3, 3, -0.05, "higher"), sides(3, 4, 0.1, "lower"), sides(4, 3, 0.1, "higher"),
  sides(5, 5, 0, "lower"), sides(5, 5, -0.2, "higher"), sides(6, 4, 0.02, "higher"), sides(4, 9, -0.02, "lower"),
  sides(7, 7, 0.03, "lower"), sides(8, 12, -0.01, "higher"), sides(12, 8, 0.015, "lower"), sides(10, 10, 0, "higher"),
  sides(10, 10, 0.05, "higher"), sides(10, 10, -0.05, "lower"), sides(10, 10, 2, "lower"), sides(3, 25, 0.04, "higher"),
  sides(25, 6, -0.001, "lower"), sides(15, 15, -1.5, "higher"), sides(17, 14, 0.01, "higher", 0.1), sides(20, 20, 0.012, "lower"),
  sides(25, 25, -0.01, "lower"), sides(25, 24, 0.02, "higher"), sides(45, 40, 0.01, "higher"), sides(50, 50, -0.012, "lower"))

families <- list(
  0.03, c(0.01, 0.04), c(0.04, 0.01, 0.03), c(0.02, 0.02, 0.02), c(1, 0.5, 0.001, 0.9),
  c(0.01, 0.013, 0.014, 0.19, 0.35, 0.5, 0.63, 0.67, 0.75, 0.81),
  signif(rbeta(24, 0.3, 1), 6), c(rep(2^-10, 3), 3 * 2^-10, signif(runif(20), 6)))
holm <- sapply(families, function(p) {
  sprintf('    {"p": %s,\n     "adjusted": %s}', numbers(p), numbers(p.adjust(p, method = "holm")))
})

writeLines(c("{", sprintf('  "made_with": "%s",', R.version.string), '  "tests": [', paste(tests, collapse = ",\n"), "  ],",
  '  "holm": [', paste(holm, collapse = ",\n"), "  ]", "}"), "golden.json")
