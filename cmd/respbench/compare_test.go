package main

import (
	"testing"

	"respbench.dev/respbench/report"
)

// A document says with which code the program ends.
func TestResultCodes(t *testing.T) {
	for result, code := range map[report.Result]int{
		report.NotDecidable: exitUndecidable, report.Lacking: exitTrial, report.Regression: exitRegressed,
		report.Unsettled: exitInconclusive, report.Passed: exitDone,
	} {
		if got := result.ExitCode(); got != code {
			t.Errorf("%v: %d, want %d", result, got, code)
		}
	}
}

func TestShare(t *testing.T) {
	for text, want := range map[string]float64{"5%": 0.05, "0.05": 0.05, "0.5%": 0.005, "150%": 1.5, ".2": 0.2} {
		if got, err := share(text); err != nil || got != want {
			t.Errorf("%s: %g, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "5", "1", "-5%", "0", "NaN", "NaN%", "Inf%", "5 %", "5%%", "1e999%"} {
		if got, err := share(text); err == nil {
			t.Errorf("%q: %g", text, got)
		}
	}
}
