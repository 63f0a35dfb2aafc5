package stats

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
)

var simulate = flag.Bool("simulate", false, "write the table of the simulation into "+statisticsDoc)

const statisticsDoc = "../../docs/STATISTICS.md"

// A simulated comparison has a family of cells, of which some have changed.
const (
	simulatedCells    = 24
	changedCells      = 2
	simulatedFamilies = 2000
	simulatedAlpha    = 0.05
	outlierCost       = 1.3
)

// A sampling is how the values of two sides come about, and what they are
// asked. Noise, drift and session are standard deviations of logarithms.
type sampling struct {
	name      string
	rounds    int
	noise     float64 // of a value
	drift     float64 // of the machine from one round to the next, for both sides
	session   float64 // of all values of a side
	outliers  float64 // share of the values that cost more
	paired    bool
	threshold float64
}

var samplings = []sampling{
	{name: "interleaved, paired: 2 %", rounds: 10, noise: 0.02, drift: 0.03, paired: true, threshold: 0.05},
	{name: "the same, not tested as pairs", rounds: 10, noise: 0.02, drift: 0.03, threshold: 0.05},
	{name: "interleaved, paired: 5 %", rounds: 15, noise: 0.05, drift: 0.03, paired: true, threshold: 0.05},
	{name: "the same as a tail", rounds: 15, noise: 0.05, drift: 0.03, paired: true, threshold: 0.10},
	{name: "interleaved, paired: 2 %, outliers", rounds: 10, noise: 0.02, drift: 0.03, outliers: 0.10, paired: true, threshold: 0.05},
	{name: "the same, more rounds", rounds: 20, noise: 0.02, drift: 0.03, outliers: 0.10, paired: true, threshold: 0.05},
	{name: "a session a side: 2 %, sessions 3 %", rounds: 10, noise: 0.02, session: 0.03, threshold: 0.05},
	{name: "the same as on different days", rounds: 10, noise: 0.02, session: 0.03, threshold: 0.10},
}

// An outcome counts what was said of the cells of many families.
type outcome struct {
	sampling
	alone     share   // families in which a cell was significantly worse that had not changed
	alarms    share   // families in which such a cell regressed
	unchanged share   // said of cells that had not changed
	mistaken  share   // unchanged, said of cells where all had changed by the threshold
	found     []share // regressed, said of cells that had changed by each of the effects
	smallest  float64 // effect that is stated to be seen
	seen      share   // significant, of changes by the smallest effect
	beyond    share   // regressed, of changes by the smallest effect more than the threshold
}

type share struct{ hits, all int }

func (s *share) count(hit bool) {
	s.all++
	if hit {
		s.hits++
	}
}

func (s share) percent() float64 { return 100 * float64(s.hits) / float64(s.all) }

var simulatedEffects = []float64{0.05, 0.08, 0.10, 0.20}

func (s sampling) simulate(families int, effects ...float64) *outcome {
	o := &outcome{sampling: s, found: make([]share, len(effects)), smallest: s.smallest()}
	for i := range families {
		o.family(s.draw(i), effects)
	}
	return o
}

// family judges the same values for each effect: the changed cells differ, the
// others do not.
func (o *outcome) family(cells []cell, effects []float64) {
	rest := shifts(cells[changedCells:], 0)
	alone, alarm := false, false
	after := func(effect float64) []Finding {
		findings := o.judge(append(shifts(cells[:changedCells], effect), rest...))
		for _, f := range findings[changedCells:] {
			alone = alone || f.Worse <= simulatedAlpha
			alarm = alarm || f.Verdict == Regressed
		}
		return findings
	}
	for i, effect := range effects {
		for _, f := range after(effect)[:changedCells] {
			o.found[i].count(f.Verdict == Regressed)
		}
	}
	for _, f := range o.judge(shifts(cells, o.threshold)) {
		o.mistaken.count(f.Verdict == Unchanged)
	}
	for _, f := range after(o.smallest)[:changedCells] {
		o.seen.count(f.Worse <= simulatedAlpha)
	}
	last := after((1+o.threshold)*(1+o.smallest) - 1)
	for _, f := range last[:changedCells] {
		o.beyond.count(f.Verdict == Regressed)
	}
	for _, f := range last[changedCells:] {
		o.unchanged.count(f.Verdict == Unchanged)
	}
	o.alone.count(alone)
	o.alarms.count(alarm)
}

func (s sampling) judge(shifts []Shift) []Finding {
	cases := make([]Case, len(shifts))
	for i, shift := range shifts {
		cases[i] = Case{Shift: shift, Threshold: s.threshold, Gated: true}
	}
	return Judge(cases, simulatedAlpha)
}

// smallest is for the spread that such values have.
func (s sampling) smallest() float64 {
	var squares float64
	const families = 100
	for i := range families {
		for _, shift := range shifts(s.draw(i), 0) {
			squares += shift.Spread * shift.Spread
		}
	}
	spread := math.Sqrt(squares / (families * simulatedCells))
	return SmallestEffect(spread, s.rounds, s.paired, simulatedCells, simulatedAlpha)
}

// A cell has the logarithms of the costs of its rounds.
type cell struct {
	base, new []float64
	paired    bool
	better    Direction
}

// draw returns the cells of the nth family.
func (s sampling) draw(n int) []cell {
	random := rand.New(rand.NewPCG(4, uint64(n)))
	machine := make([]float64, s.rounds)
	for i := 1; i < s.rounds; i++ {
		machine[i] = machine[i-1] + s.drift*random.NormFloat64()
	}
	base, slower := s.session*random.NormFloat64(), s.session*random.NormFloat64()
	cells := make([]cell, simulatedCells)
	for i := range cells {
		cells[i] = cell{
			base: s.side(random, machine, base), new: s.side(random, machine, slower),
			paired: s.paired, better: Direction(i % 2),
		}
	}
	return cells
}

func (s sampling) side(random *rand.Rand, machine []float64, session float64) []float64 {
	costs := make([]float64, s.rounds)
	for i := range costs {
		costs[i] = machine[i] + session + s.noise*random.NormFloat64()
		if random.Float64() < s.outliers {
			costs[i] += math.Log(outlierCost)
		}
	}
	return costs
}

// shifts compares cells whose new side costs more by the effect.
func shifts(cells []cell, effect float64) []Shift {
	out := make([]Shift, len(cells))
	for i, c := range cells {
		out[i] = Compare(c.values(c.base, 0), c.values(c.new, effect), c.paired, c.better)
	}
	return out
}

func (c cell) values(costs []float64, effect float64) []float64 {
	values := make([]float64, len(costs))
	for i, cost := range costs {
		values[i] = math.Exp(cost) * (1 + effect)
		if c.better == Higher {
			values[i] = 1 / values[i]
		}
	}
	return values
}

func TestSimulation(t *testing.T) {
	o := samplings[0].simulate(200, 0.03)
	if got := o.alone.percent(); got == 0 || got > 100*simulatedAlpha {
		t.Errorf("something was significant in %.1f %% of the families, expected about %.1f %%", got, 100*simulatedAlpha)
	}
	if got := o.alarms.percent(); got > 100*simulatedAlpha {
		t.Errorf("false alarms in %.1f %% of the families", got)
	}
	if got := o.found[0].percent(); got > 100*simulatedAlpha {
		t.Errorf("%.1f %% of the changes by less than the threshold were found", got)
	}
	if got := o.mistaken.percent(); got > 100*simulatedAlpha {
		t.Errorf("%.1f %% of the changes by the threshold were called unchanged", got)
	}
	if got := o.unchanged.percent(); got < 90 {
		t.Errorf("%.1f %% of the cells that had not changed were called unchanged", got)
	}
	if got := o.seen.percent(); got < 90 {
		t.Errorf("of changes by the smallest effect, %.1f %%, %.1f %% were seen", 100*o.smallest, got)
	}
	if got := o.beyond.percent(); got < 90 {
		t.Errorf("of changes by %.1f %% more than the threshold, %.1f %% were found", 100*o.smallest, got)
	}
}

// BenchmarkSimulation reports shares in percent; its time means nothing.
func BenchmarkSimulation(b *testing.B) {
	for _, s := range samplings {
		once := sync.OnceValue(func() *outcome { return s.simulate(simulatedFamilies, simulatedEffects...) })
		b.Run(s.name, func(b *testing.B) {
			o := once()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(o.alone.percent(), "%significant")
			b.ReportMetric(o.alarms.percent(), "%false-alarms")
			b.ReportMetric(o.unchanged.percent(), "%unchanged")
			b.ReportMetric(o.mistaken.percent(), "%unchanged-at-threshold")
			for i, effect := range simulatedEffects {
				b.ReportMetric(o.found[i].percent(), fmt.Sprintf("%%found+%.0f", 100*effect))
			}
			b.ReportMetric(100*o.smallest, "%smallest")
			b.ReportMetric(o.seen.percent(), "%seen")
			b.ReportMetric(o.beyond.percent(), "%found-beyond")
		})
	}
}

// TestSimulationTable writes the table with -simulate.
func TestSimulationTable(t *testing.T) {
	if !*simulate {
		t.Skip("without -simulate")
	}
	var outcomes []*outcome
	for _, s := range samplings {
		outcomes = append(outcomes, s.simulate(simulatedFamilies, simulatedEffects...))
	}
	const begin, end = "<!-- table simulation -->\n", "<!-- end of table -->\n"
	document, err := os.ReadFile(statisticsDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(document), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the table", statisticsDoc)
	}
	if err := os.WriteFile(statisticsDoc, []byte(before+begin+simulationTable(outcomes)+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func simulationTable(outcomes []*outcome) string {
	var out strings.Builder
	out.WriteString("| values | rounds | threshold | significant by chance | false alarms | unchanged: no change | unchanged: change by the threshold")
	for _, effect := range simulatedEffects {
		fmt.Fprintf(&out, " | found: +%.0f %%", 100*effect)
	}
	out.WriteString(" | smallest effect | seen | found beyond the threshold |\n|---")
	out.WriteString(strings.Repeat("|--:", 9+len(simulatedEffects)) + "|\n")
	for _, o := range outcomes {
		fmt.Fprintf(&out, "| %s | %d | %.0f %% | %s | %s | %s | %s", o.name, o.rounds, 100*o.threshold, o.alone, o.alarms, o.unchanged, o.mistaken)
		for _, found := range o.found {
			fmt.Fprintf(&out, " | %s", found)
		}
		fmt.Fprintf(&out, " | %.1f %% | %s | %s |\n", 100*o.smallest, o.seen, o.beyond)
	}
	return out.String()
}

func (s share) String() string { return fmt.Sprintf("%.1f %%", s.percent()) }
