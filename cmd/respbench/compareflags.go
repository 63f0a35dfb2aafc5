package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/report"
)

// compareFlags say how two sides are compared: those of compare and of ab.
type compareFlags struct {
	threshold string
	metrics   []string
	alpha     float64
	minAbs    time.Duration
	strict    bool
	allowEnv  bool
	failOn    []string
	noise     string
	format    string
}

func (c *compareFlags) add(f *pflag.FlagSet) {
	f.StringVar(&c.threshold, "threshold", "5%", "smallest change that matters; tails, and files of different machines or days, get twice that")
	f.StringSliceVar(&c.metrics, "metrics", report.DefaultMetrics, "metrics that are gated, comma separated; the others are shown")
	f.Float64Var(&c.alpha, "alpha", report.DefaultAlpha, "how often, at most, any gated metric at all may be called regressed by chance")
	f.DurationVar(&c.minAbs, "min-abs", 0, "latencies that differ by less than, say, 5us do not matter, whatever their share")
	f.BoolVar(&c.strict, "strict", false, "exit with 4 where a gated metric is inconclusive")
	f.BoolVar(&c.allowEnv, "allow-env-mismatch", false, "compare what was measured on different machines or servers, too")
	f.StringArrayVar(&c.failOn, "fail-on", nil, "exit with 3 where a value of the new side is beyond this: 'p99>2ms', 'errors>0', 'throughput<50k' (repeatable)")
	f.StringVar(&c.noise, "noise", "", "file of a calibration: thresholds are not below its noise floor")
	f.StringVar(&c.format, "format", "table", "of the comparison: "+strings.Join(formatNames(report.ComparisonFormats()), ", "))
}

// rules are the flags as report wants them, all of which it checks; it reads
// the file that --noise names.
func (c *compareFlags) rules() (report.Rules, error) {
	rules := report.Rules{Alpha: c.alpha, MinAbs: c.minAbs, AllowOther: c.allowEnv, Strict: c.strict}
	if _, err := report.ComparisonFormatNamed(c.format); err != nil {
		return rules, fmt.Errorf("--format: %w", err)
	}
	if !(c.alpha > 0 && c.alpha <= 0.5) { // NaN is neither
		return rules, fmt.Errorf("--alpha %v: must be above 0 and at most 0.5", c.alpha)
	}
	if c.minAbs < 0 {
		return rules, fmt.Errorf("--min-abs %v: must not be below 0", c.minAbs)
	}
	var err error
	if rules.Threshold, err = share(c.threshold); err != nil {
		return rules, fmt.Errorf("--threshold: %w", err)
	}
	if rules.Metrics, err = gatedMetrics(c.metrics); err != nil {
		return rules, fmt.Errorf("--metrics: %w", err)
	}
	if rules.Limits, err = limits(c.failOn); err != nil {
		return rules, err
	}
	if c.noise != "" {
		if rules.Noise, err = report.ReadNoise(c.noise); err != nil {
			return rules, fmt.Errorf("--noise: %w", err)
		}
	}
	return rules, nil
}

// share reads "5%" or "0.05". A bare 5 could mean either, and is neither.
func share(text string) (float64, error) {
	digits, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf("%q is neither a percentage, as 5%%, nor a share, as 0.05", text)
	case v <= 0:
		return 0, fmt.Errorf("%s: must be above 0", text)
	case percent:
		return v / 100, nil
	case v >= 1:
		return 0, fmt.Errorf("%s: write %s%% for percent, or a share below 1, as 0.05", text, text)
	}
	return v, nil
}

func gatedMetrics(names []string) ([]string, error) {
	var gated []string
	for _, name := range names {
		m, err := report.MetricNamed(strings.TrimSpace(name))
		switch {
		case err != nil:
			return nil, err
		case m.Counts:
			return nil, fmt.Errorf("%s is a total and has no test; use --fail-on '%s>0'", m.Name, m.Name)
		case slices.Contains(gated, m.Name):
			return nil, fmt.Errorf("%s is named twice", m.Name)
		}
		gated = append(gated, m.Name)
	}
	return gated, nil
}

func limits(texts []string) ([]report.Limit, error) {
	var all []report.Limit
	for _, text := range texts {
		limit, err := report.ParseLimit(text)
		if err != nil {
			return nil, fmt.Errorf("--fail-on: %w", err)
		}
		all = append(all, limit)
	}
	return all, nil
}
