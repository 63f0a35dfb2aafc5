package report

import (
	"fmt"

	"respbench.dev/respbench/internal/stats"
)

// A Knee is the load at which a client gives the most throughput for its
// latency: the largest throughput divided by p50, which Kleinrock calls power.
// Beyond it, more load costs more time than it brings ops.
type Knee struct {
	Load *float64 // nil: it was not reached, or is not known
	Text string   // "16 workers", "not reached up to 256 workers"
}

// knee has been reached if the highest load has less power, by more than the
// spread of the rounds, or cannot be sustained at all.
func (c Curve) knee() Knee {
	var powers [][]float64
	var at []LoadPoint
	beyond, partly := false, false // the loads behind the last of these
	for _, p := range c.Points {
		switch power := p.power(); {
		case power != nil:
			powers, at, beyond, partly = append(powers, power), append(at, p), false, false
		case p.Row.wholly() || p.Row.Status == failed:
			beyond = true
		case p.Row.overloaded():
			partly = true
		}
	}
	if len(powers) == 0 {
		return Knee{Text: "not known: no load has a p50"}
	}
	i, falls := stats.Peak(powers, DefaultThreshold, DefaultAlpha)
	top, last := at[i].Load, at[len(at)-1].Load
	switch {
	case !falls && !beyond && partly && top == last:
		return Knee{Text: fmt.Sprintf("not decided beyond %s: only some rounds were overloaded there", c.By.at(last))}
	case !falls && !beyond && top == last:
		return Knee{Text: "not reached up to " + c.By.at(last)}
	case !falls && !(beyond && top == last):
		return Knee{Text: tooClose(fmt.Sprintf("between %s and %s", c.By.bare(top), c.By.at(last)),
			min(len(powers[i]), len(powers[len(powers)-1])), stats.PeakTests(len(powers)))}
	case top == c.Points[0].Load && top > 1:
		return Knee{Load: &top, Text: c.By.at(top) + " or less"}
	}
	return Knee{Load: &top, Text: c.By.at(top)}
}

// power is that of each round; nil where a round lacks what it takes.
func (p LoadPoint) power() []float64 {
	ops, wait := p.Row.Throughput, p.Row.felt().P50
	if ops == nil || wait == nil || wait.Best <= 0 {
		return nil
	}
	power := make([]float64, ops.N)
	for i, v := range ops.Values {
		power[i] = v / wait.Values[i]
	}
	return power
}
