package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"respbench.dev/respbench/internal/stats"
)

// limits are what the harness may cost beyond a bare loop, in percent of its
// CPU; rueidis has more in concurrent, where a step of its own is so short
// that every line of cache shows.
var limits = map[string]map[string]float64{
	"sync":       {"": 2},
	"concurrent": {"": 3, "rueidis": 5},
}

// driverLimit is the same for a step in a driver, in any scenario.
const driverLimit = 3

// explain is the cost in percent above which somebody has to say why.
const explain = 1

// An outcome is what the pairs of one client in one scenario gave.
type outcome struct {
	client, scenario string
	driver           bool       // in processes of their own
	bare, harness    []float64  // CPU us an op
	cpu              []float64  // bare / harness, CPU an op
	rate             []float64  // harness / bare, ops a second
	mallocs          [2]float64 // an op, of the last pair: bare, harness
	dials            [2]int64
}

func (o *outcome) add(bare, harness segment) {
	o.bare = append(o.bare, bare.cpuPerOp())
	o.harness = append(o.harness, harness.cpuPerOp())
	o.cpu = append(o.cpu, bare.cpuPerOp()/harness.cpuPerOp())
	o.rate = append(o.rate, harness.rate()/bare.rate())
	o.mallocs = [2]float64{bare.mallocsPerOp(), harness.mallocsPerOp()}
}

// decided reports whether the median of the ratios is known well enough.
func (o *outcome) decided() bool {
	low, high, ok := interval(o.cpu)
	median := stats.Median(o.cpu)
	return ok && median-low <= enough && high-median <= enough
}

// more is by how many percent the harness needs more CPU.
func (o *outcome) more() float64 { return 100 * (1/stats.Median(o.cpu) - 1) }

func (o *outcome) limit() float64 {
	if o.driver {
		return driverLimit
	}
	if limit, ok := limits[o.scenario][o.client]; ok {
		return limit
	}
	return limits[o.scenario][""]
}

func (o *outcome) mark() string {
	switch more := o.more(); {
	case more > o.limit():
		return "ABOVE ITS LIMIT"
	case more > explain:
		return "above 1%"
	}
	return ""
}

func (o *outcome) write(w io.Writer) {
	between := "too few pairs"
	if low, high, ok := interval(o.cpu); ok {
		between = fmt.Sprintf("%.3f to %.3f", low, high)
	}
	mark := o.mark()
	if o.dials[0] != o.dials[1] {
		mark += fmt.Sprintf(" (%d connections bare, %d through respbench)", o.dials[0], o.dials[1])
	}
	allocations := "-"
	if !o.driver {
		allocations = fmt.Sprintf("%.1f/%.1f", o.mallocs[0], o.mallocs[1])
	}
	fmt.Fprintf(w, "%s\t%s\t%d\t%.2f\t%.2f\t%.3f\t%s\t%.3f\t%s\t%+.1f%%\t%.0f%%\t  %s\n",
		o.client, o.scenario, len(o.cpu), stats.Median(o.bare), stats.Median(o.harness),
		stats.Median(o.cpu), between, stats.Median(o.rate), allocations, o.more(), o.limit(), mark)
}

// interval is the narrowest pair of order statistics that holds the median
// with a probability of at least 95%. There is none for fewer than 6 values.
func interval(values []float64) (low, high float64, ok bool) {
	n := len(values)
	outside := 1 // values left out at either end, and one
	for tail(n, outside) <= 0.025 {
		outside++
	}
	if outside == 1 {
		return 0, 0, false
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[outside-2], sorted[n-outside+1], true
}

// tail is the probability that fewer than k of n fall below the median.
func tail(n, k int) float64 {
	sum, term := 0.0, math.Pow(0.5, float64(n))
	for i := range k {
		sum += term
		term *= float64(n-i) / float64(i+1)
	}
	return sum
}
