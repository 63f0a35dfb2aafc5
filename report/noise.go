package report

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// NoiseSchema is the version of the file that keeps a Noise.
const NoiseSchema = 1

// Noise is what a calibration found: how much cells differ while nothing has
// changed. It is of one machine and one server: Fits tells whether they are
// those of a run.
type Noise struct {
	Type     string            `json:"type"` // noiseType
	Schema   int               `json:"schema"`
	Run      string            `json:"run"` // id of the run it is made of
	Started  time.Time         `json:"started"`
	Tool     string            `json:"tool"`
	Machine  results.Machine   `json:"machine"`
	Servers  []results.Server  `json:"servers"`
	Rounds   int               `json:"rounds"` // a side
	Family   int               `json:"family"` // gated tests that are corrected together
	Alpha    float64           `json:"alpha"`  // of the family
	Harness  Harness           `json:"harness"`
	Cells    []CellNoise       `json:"cells"`
	Warnings []results.Warning `json:"warnings"` // the equal sides differ, or something spoils their comparison
}

const noiseType = "noise"

// Harness is what respbench itself costs, and how well this machine keeps
// time, in ns.
type Harness struct {
	Step            float64  `json:"step_ns"`       // of a client that does nothing, recording included: the median of trials
	StepStdev       *float64 `json:"step_stdev_ns"` // over trials; nil for one
	Clock           float64  `json:"clock_ns"`      // one reading
	ClockResolution int64    `json:"clock_resolution_ns"`
	TimerLagP50     int64    `json:"timer_lag_p50_ns"` // how much later than asked a sleep of 1 ms ends
	TimerLagP99     int64    `json:"timer_lag_p99_ns"`
}

// CellNoise is that of a cell.
type CellNoise struct {
	Cell    string            `json:"cell"` // its name
	Key     map[string]string `json:"key"`  // what was measured, by the name of the field
	Op      string            `json:"op"`
	Metrics []MetricNoise     `json:"metrics"`
}

// MetricNoise is that of one metric of a cell.
type MetricNoise struct {
	Metric string  `json:"metric"`
	Pairs  int     `json:"pairs"`  // of rounds
	Spread float64 `json:"spread"` // standard deviation of the differences of the logarithms
	// Floor is the largest difference, as a share, that the equal sides are
	// compatible with: the far end of the 90 % interval.
	Floor float64 `json:"floor"`
	// Smallest is the smallest change, as a share, that these rounds show as
	// significant in nine of ten cases; nil if they show none.
	Smallest *float64 `json:"smallest"`
	// Rounds are how many a side show a change of so much as significant in nine
	// of ten cases; nil: more than mostRounds.
	Rounds map[string]*int `json:"rounds"`
}

// effects are the changes that a calibration says the rounds for.
var effects = []struct {
	name  string
	share float64
}{{"1%", 0.01}, {"2%", 0.02}, {"5%", 0.05}, {"10%", 0.10}}

// MakeNoise sets the equal sides of a run beside each other. Its error says
// that nothing follows from them.
func MakeNoise(base, new []results.Run, harness Harness) (*Noise, error) {
	c, err := Compare(base, new, Rules{Threshold: DefaultThreshold, Metrics: DefaultMetrics, Alpha: DefaultAlpha})
	switch {
	case err != nil:
		return nil, err
	case !c.Paired || len(c.Differ) > 0:
		return nil, errors.New("noise is told by two equal sides of one run; these are others")
	}
	h := base[0].Header
	n := &Noise{
		Type: noiseType, Schema: NoiseSchema, Run: h.ID, Started: h.Started, Tool: toolOf(h),
		Machine: h.Machine, Servers: h.Servers, Rounds: h.Rounds, Family: c.Family, Alpha: c.Rules.Alpha,
		Harness: harness, Cells: []CellNoise{}, Warnings: c.alarms(),
	}
	for _, change := range inOrder(c.Changes, h.Points) {
		if m, told := n.metric(change); told {
			cell := n.cell(change, base)
			cell.Metrics = append(cell.Metrics, m)
		}
	}
	if len(n.rows()) == 0 {
		return nil, errors.New("no cell has enough good rounds on both sides to tell its noise")
	}
	return n, nil
}

func toolOf(h results.Header) string {
	var tools []string
	for _, e := range h.Executors {
		tools = addNew(tools, strings.TrimSpace(e.Tool+" "+e.Version))
	}
	return strings.Join(tools, ", ")
}

// cell is that of the change, which comes last if it is there already.
func (n *Noise) cell(c Change, base []results.Run) *CellNoise {
	last := len(n.Cells) - 1
	if last < 0 || n.Cells[last].Cell != c.Cell || n.Cells[last].Op != c.Op {
		n.Cells = append(n.Cells, CellNoise{Cell: c.Cell, Key: measured(keyOf(base, c.Point)), Op: c.Op})
		last++
	}
	return &n.Cells[last]
}

// metric is false where too few rounds are good, or values have no logarithm.
func (n *Noise) metric(c Change) (MetricNoise, bool) {
	far := max(math.Abs(c.Shift.Low), math.Abs(c.Shift.High))
	if c.Shift.Unfit != "" || c.Shift.Base == 0 || math.IsInf(far, 0) {
		return MetricNoise{}, false
	}
	m := MetricNoise{
		Metric: c.Metric.Name, Pairs: c.Shift.Base, Spread: c.Shift.Spread,
		Floor: math.Expm1(far), Rounds: map[string]*int{},
	}
	family := max(n.Family, 1) // cells of raw alone have none
	if least := stats.SmallestEffect(m.Spread, m.Pairs, true, family, n.Alpha); !math.IsInf(least, 0) {
		m.Smallest = &least
	}
	for _, e := range effects {
		m.Rounds[e.name] = nil
		if rounds := stats.Even(stats.RoundsToSee(e.share, m.Spread, true, family, n.Alpha)); rounds <= mostRounds {
			m.Rounds[e.name] = &rounds
		}
	}
	return m, true
}

// mostRounds are so many that nobody runs more.
const mostRounds = 10_000

// inOrder sorts as the cells were asked for, then by metric.
func inOrder(changes []Change, points []results.Point) []Change {
	place := map[string]int{}
	for i, m := range Metrics() {
		place[m.Name] = i
	}
	at := func(p results.Point) int {
		return slices.IndexFunc(points, func(o results.Point) bool { return samePoint(o, p) })
	}
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b Change) int {
		return cmp.Or(cmp.Compare(at(a.Point), at(b.Point)), cmp.Compare(a.Op, b.Op), cmp.Compare(place[a.Metric.Name], place[b.Metric.Name]))
	})
	return sorted
}

// samePoint is of points of one run.
func samePoint(a, b results.Point) bool {
	return results.PointKey(results.Header{}, a) == results.PointKey(results.Header{}, b)
}

// keyOf is the key of a point's trials.
func keyOf(runs []results.Run, p results.Point) results.Key {
	for _, run := range runs {
		for _, t := range run.Trials {
			if samePoint(t.Point, p) {
				return results.TrialKey(run.Header, t)
			}
		}
	}
	return results.Key{}
}

// alarms are the differences that were found where there are none, and what
// was warned of.
func (c *Comparison) alarms() []results.Warning {
	alarms := []results.Warning{}
	for _, change := range c.Changes {
		if change.Gated && (change.Verdict == stats.Regressed || change.Verdict == stats.Improved) {
			alarms = append(alarms, results.Warning{
				Code:   "not-steady",
				Text:   fmt.Sprintf("%s, %s: %s by %s between equal sides", change.Cell, change.Metric.Name, change.Verdict, percent(math.Expm1(math.Abs(change.Shift.Estimate)))),
				Advice: "the machine is not steady: find out what else runs here, and calibrate again",
			})
		}
	}
	for _, w := range c.Warnings {
		for _, seen := range w.Seen {
			alarms = append(alarms, results.Warning{Code: w.Code, Text: seen.words(), Advice: w.Advice})
		}
	}
	return alarms
}
