package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// rueidisCell is beside goredis where two cells are needed.
func rueidisCell(ns float64, rounds int) ran { return ran{syncPoint("rueidis"), roundsOf(ns, rounds)} }

// expectNote wants a note once.
func expectNote(t *testing.T, c *Comparison, want string) {
	t.Helper()
	seen := 0
	for _, note := range c.Notes {
		if note == want {
			seen++
		}
	}
	if seen != 1 {
		t.Errorf("%d times %q in\n%s", seen, want, strings.Join(c.Notes, "\n"))
	}
}

func expectNoNote(t *testing.T, c *Comparison, part string) {
	t.Helper()
	for _, note := range c.Notes {
		if strings.Contains(note, part) {
			t.Errorf("a note: %s", note)
		}
	}
}

// What base has not measured well is told, and is not new.
func TestNotMeasuredInBase(t *testing.T) {
	tests := []struct {
		name   string
		change func(base, new *results.Run)
		note   string // empty: none
		added  []string
	}{
		{"failed", func(base, _ *results.Run) { fail(base, 3, 4, 5) }, "not measured in base: sync rueidis: all rounds failed: wrong replies", nil},
		{"failed in both", func(base, new *results.Run) { fail(base, 3, 4, 5); fail(new, 3, 4, 5) }, "not measured in base: sync rueidis: all rounds failed: wrong replies", nil},
		{"failed without a kind", func(base, _ *results.Run) {
			fail(base, 3, 4, 5)
			for i := 3; i < 6; i++ {
				base.Trials[i].Measured = nil
			}
		}, "not measured in base: sync rueidis: all rounds failed: wrong replies", nil},
		{"lost", func(base, _ *results.Run) { lose(base, 3, 4, 5) }, "not measured in base: sync rueidis: not run: the server had gone", nil},
		{"skipped", skipRueidis, "not measured in base: sync rueidis: skipped: pipelining is missing", nil},
		{"skipped in both", func(base, new *results.Run) { skipRueidis(base, nil); skipRueidis(new, nil) }, "", nil},
		{"not known", func(base, _ *results.Run) { *base = measuredRun("base", goredis(100e3, 3)) }, "", []string{"sync rueidis"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base := measuredRun("base", goredis(100e3, 3), rueidisCell(100e3, 3))
			new := measuredRun("new2", goredis(100e3, 3), rueidisCell(100e3, 3))
			test.change(&base, &new)
			c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
			if test.note != "" {
				expectNote(t, c, test.note)
			} else {
				expectNoNote(t, c, "not measured in base")
			}
			if !slices.Equal(c.Added, test.added) {
				t.Errorf("added %q", c.Added)
			}
			if words := judgedWords(c); len(words) != 3 {
				t.Errorf("gated: %q", words)
			}
		})
	}
}

func skipRueidis(run, _ *results.Run) {
	ended := run.End
	*run = measuredRun(run.Header.ID, goredis(100e3, 3))
	run.End = ended
	run.Header.Skips = []results.Skip{{Point: syncPoint("rueidis"), Reason: "pipelining is missing"}}
}

// Fewer rounds than were planned are told of either side.
func TestRoundsThatWereNotRun(t *testing.T) {
	base, new := measuredRun("base", goredis(100e3, 10)), measuredRun("new2", goredis(100e3, 10))
	fail(&base, 1)
	new.Trials, new.End = new.Trials[:8], &results.End{Status: results.Interrupted, Reason: "by SIGINT"}
	c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
	expectNote(t, c, "sync goredis in base: 9 of 10 planned rounds: failed in round 2: wrong replies")
	expectNote(t, c, "sync goredis in new: 8 of 10 planned rounds: 2 rounds not run: by SIGINT")
	whole := compareOf(t, []results.Run{measuredRun("base", goredis(100e3, 10))}, []results.Run{measuredRun("new2", goredis(100e3, 10))}, defaultRules())
	expectNoNote(t, whole, "planned")
}

// someRuns are of the cell, each faster or slower as a whole, and of so many
// rounds.
func someRuns(id string, runs, rounds int, ns float64) []results.Run {
	var all []results.Run
	for i := range runs {
		factor := 1 + 0.01*float64((3*i)%7-3)
		all = append(all, measuredRun(fmt.Sprint(id, i), goredis(ns*factor, rounds)))
	}
	return all
}

// Many runs a side count once each, few by their rounds.
func TestRunsOfASide(t *testing.T) {
	const separately = "rounds of 6 runs count as independent of each other"
	few := compareOf(t, someRuns("b", 6, 5, 100e3), someRuns("n", 3, 5, 100e3), defaultRules())
	expectNote(t, few, separately)
	if s := few.Changes[0].Shift; s.Base != 30 || s.New != 15 || few.Changes[0].ByRun {
		t.Errorf("few runs: %+v", s)
	}
	many := compareOf(t, someRuns("b", 8, 5, 100e3), someRuns("n", 7, 5, 120e3), defaultRules())
	expectNote(t, many, "each run counts once, by the median of its rounds: 8 in base, 7 in new")
	expectNoNote(t, many, "independent")
	ch := many.Changes[0]
	if s := ch.Shift; s.Base != 8 || s.New != 7 || !ch.ByRun || ch.Base.N != 8 || ch.Verdict != stats.Regressed {
		t.Errorf("many runs: %s of %+v", ch.Verdict, s)
	}
	if head := many.head()[2]; !strings.Contains(head, "7 to 8 runs a side") {
		t.Errorf("the head: %s", head)
	}
	one := compareOf(t, someRuns("b", 1, 5, 100e3), someRuns("n", 1, 5, 100e3), defaultRules())
	expectNoNote(t, one, "independent")
}

// As many pairs begin with base as with new, until some are left out.
func TestPairsLeftOut(t *testing.T) {
	for name, test := range map[string]struct {
		bad  []int
		want string
	}{
		"one":      {[]int{1}, "sync goredis: 1 pair left out, of which one side is not good; of the others 5 began with base and 4 with new"},
		"of both":  {[]int{1, 2}, "sync goredis: 2 pairs left out, of which one side is not good"},
		"none bad": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			base, new := asPair("pair", measuredRun("pair", goredis(100e3, 10)), measuredRun("pair", goredis(100e3, 10)))
			for i := 1; i < 10; i += 2 { // every other begins with new
				base.Trials[i].Order, new.Trials[i].Order = new.Trials[i].Order, base.Trials[i].Order
			}
			fail(&base, test.bad...)
			c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
			if test.want == "" {
				expectNoNote(t, c, "left out")
			} else {
				expectNote(t, c, test.want)
			}
		})
	}
}

// A limit is for what base has, too.
func TestLimitsOfTwins(t *testing.T) {
	base := measuredRun("base", goredis(100e3, 6), ran{syncPoint("redigo"), roundsOf(100e3, 6)})
	new := measuredRun("new2", goredis(100e3, 6), ran{syncPoint("redigo"), roundsOf(100e3, 6)}, rueidisCell(100e3, 6))
	for i := range base.Trials {
		if base.Trials[i].Point.Library == "redigo" {
			fail(&base, i)
		}
	}
	rules := defaultRules()
	rules.Limits = []Limit{mustLimit("p50>50us")}
	c := compareOf(t, []results.Run{base}, []results.Run{new}, rules)
	var cells []string
	for _, b := range c.Breaches {
		cells = append(cells, b.Cell)
	}
	if diff := cmp.Diff([]string{"sync goredis"}, cells); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Of what no noise is known is told, and no noise is said to be used.
func TestUncalibrated(t *testing.T) {
	base := []results.Run{measuredRun("base", goredis(100e3, 10), rueidisCell(100e3, 10))}
	new := []results.Run{measuredRun("new2", goredis(100e3, 10), rueidisCell(100e3, 10))}
	for name, test := range map[string]struct {
		key  map[string]string
		want string
	}{
		"both":    {nil, ""},
		"one":     {map[string]string{"library": "goredis"}, "no noise was calibrated for: sync rueidis"},
		"neither": {map[string]string{"library": "radix"}, "no noise was calibrated for: sync goredis, sync rueidis"},
	} {
		t.Run(name, func(t *testing.T) {
			rules := defaultRules()
			rules.Noise = noiseOf("p50", 0.01)
			rules.Noise.Cells[0].Key = test.key
			c := compareOf(t, base, new, rules)
			if test.want == "" {
				expectNoNote(t, c, "calibrated for")
			} else {
				expectNote(t, c, test.want)
			}
			if got := c.jsonRules().Noise; got != (name != "neither") {
				t.Errorf("noise floor used: %v", got)
			}
			for _, ch := range c.Changes {
				if known := ch.Metric.Name == "p50" && (test.key == nil || test.key["library"] == ch.Point.Library); known != (ch.Floor != nil) {
					t.Errorf("%s %s: floor %v", ch.Cell, ch.Metric.Name, ch.Floor)
				}
			}
		})
	}
}

// Where no interval was looked at, none is narrow.
func TestNarrow(t *testing.T) {
	run := func(id string, cells ...ran) []results.Run { return []results.Run{measuredRun(id, cells...)} }
	for name, test := range map[string]struct {
		base, new []results.Run
		want      bool
	}{
		"goredis":    {run("base", goredis(100e3, 10)), run("new2", goredis(100e3, 10)), true},
		"too few":    {run("base", goredis(100e3, 2)), run("new2", goredis(100e3, 2)), false},
		"only raw":   {run("base", rawCell(100e3, 10)), run("new2", rawCell(100e3, 10)), false},
		"no values":  {run("base", goredis(100e3, 10)), run("new2", ran{syncPoint("goredis"), nil}), false},
		"not common": {run("base", goredis(100e3, 10)), run("new2", rueidisCell(100e3, 10)), false},
	} {
		if got := compareOf(t, test.base, test.new, defaultRules()).Narrow(0.05); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	summary, err := Summarize(run("base", goredis(100e3, 10)))
	if err != nil || !summary.Narrow(0.05) || summary.Narrow(1e-6) {
		t.Errorf("of one run: %v, %v", summary, err)
	}
	bad := measuredRun("base", goredis(100e3, 2))
	fail(&bad, 0, 1)
	if summary, err = Summarize([]results.Run{bad}); err != nil || summary.Narrow(0.05) {
		t.Errorf("nothing measured: %v, %v", summary, err)
	}
}

// Runs that are pooled may have other options: a reader needs all.
func TestOptionsOfPooledRuns(t *testing.T) {
	var base, new []results.Run
	for _, id := range []string{"one", "two", "three"} {
		b, n := asPair(id, measuredRun(id, goredis(100e3, 4)), measuredRun(id, goredis(100e3, 4)))
		if id == "two" {
			b.Header.Pair.Options = "timeout=1s"
		}
		base, new = append(base, b), append(new, n)
	}
	c := compareOf(t, base, new, defaultRules())
	if c.Base.Options != "base's options and timeout=1s" || c.New.Options != "new's options" {
		t.Errorf("%q, %q", c.Base.Options, c.New.Options)
	}
}

// A noise floor that hides much is a warning, a small one is not.
func TestBlindGate(t *testing.T) {
	for floor, want := range map[float64]bool{0.24: false, 0.5: true} {
		rules := defaultRules()
		rules.Noise = noiseOf("p50", floor)
		base, new := measuredRun("base", goredis(100e3, 10)), measuredRun("new2", goredis(100e3, 10))
		c := compareOf(t, []results.Run{base}, []results.Run{new}, rules)
		warned := slices.ContainsFunc(c.Warnings, func(w Warning) bool { return w.Code == "noise-floor" })
		if warned != want {
			t.Errorf("floor %g: warned %v, want %v", floor, warned, want)
		}
	}
}

// A trial that stands twice in a file is one round, and a round without a value
// is told.
func TestRoundsOfAFile(t *testing.T) {
	base, new := measuredRun("base", goredis(100e3, 10)), measuredRun("new2", goredis(100e3, 10))
	for i := range new.Trials {
		new.Trials[i].Order = i + 1
	}
	shorten(&new.Trials[3])
	new.Trials = append(new.Trials, new.Trials...)
	c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
	for _, ch := range c.Changes {
		want := 10
		if ch.Metric.Name == "p99" {
			want = 9
		}
		if ch.Gated && ch.New.N != want {
			t.Errorf("%s of %d rounds, want %d", ch.Metric.Name, ch.New.N, want)
		}
	}
	if want := "sync goredis p99: 1 round left out, without a value of it"; !slices.Contains(c.Notes, want) {
		t.Errorf("notes %q, want %q", c.Notes, want)
	}
}
