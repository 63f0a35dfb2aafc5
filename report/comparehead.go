package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// head says what was compared with what, and by which rules.
func (c *Comparison) head() []string {
	together := "not paired"
	if c.Paired {
		together = "paired: both sides measured back to back"
	}
	if len(c.Differ) > 0 {
		together += ", differing in " + strings.Join(c.Differ, ", ")
	}
	rules := []string{together}
	if rounds := c.roundWords(); rounds != "" {
		rules = append(rules, rounds)
	}
	rules = append(rules, c.thresholdWords(), fmt.Sprintf("alpha %g over %s", c.Rules.Alpha, counted(c.Family, "test")))
	return []string{
		plain("base: " + c.Base.words()), plain("new: " + c.New.words()),
		plain(strings.Join(rules, "; ")),
	}
}

// runsShown are so many that a line holds; JSON has all.
const runsShown = 3

func (s Side) words() string {
	runs := s.Runs[:min(len(s.Runs), runsShown)]
	words := strings.Join(runs, ", ")
	if more := len(s.Runs) - len(runs); more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	noun := "run "
	if len(s.Runs) > 1 {
		noun = "runs "
	}
	facts := []string{noun + words}
	if s.Options != "" {
		facts = append(facts, s.Options)
	}
	return strings.Join(append(facts, s.Facts...), "; ")
}

// roundWords are of the gated tests; empty if there is none.
func (c *Comparison) roundWords() string {
	fewest, most, noun := math.MaxInt, 0, "round"
	for _, change := range c.Changes {
		if change.Gated && change.tested() {
			fewest = min(fewest, change.Shift.Base, change.Shift.New)
			most = max(most, change.Shift.Base, change.Shift.New)
			noun = change.round()
		}
	}
	switch {
	case most == 0:
		return ""
	case fewest < most:
		return fmt.Sprintf("%d to %s a side", fewest, counted(most, noun))
	}
	return counted(most, noun) + " a side"
}

// thresholdWords write "threshold 5% (p99 10%)". Where cells have floors of
// their own, a column has them.
func (c *Comparison) thresholdWords() string {
	words := "threshold " + percent(c.Rules.Threshold)
	if c.thresholdsVary() {
		return words + " or more"
	}
	var others, seen []string
	for _, change := range c.Changes {
		name := change.Metric.Name
		if change.Gated && !slices.Contains(seen, name) && change.Threshold > 0 && change.Threshold != c.Rules.Threshold {
			others = append(others, name+" "+percent(change.Threshold))
		}
		seen = append(seen, name)
	}
	if len(others) > 0 {
		words += " (" + strings.Join(others, ", ") + ")"
	}
	return words
}

// thresholdsVary is whether a gated metric has several.
func (c *Comparison) thresholdsVary() bool {
	of := map[string]float64{}
	for _, change := range c.Changes {
		if !change.Gated || change.Threshold == 0 {
			continue
		}
		if t, known := of[change.Metric.Name]; known && t != change.Threshold {
			return true
		}
		of[change.Metric.Name] = change.Threshold
	}
	return false
}
