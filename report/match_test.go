package report

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

func compareOf(t *testing.T, base, new []results.Run, rules Rules) *Comparison {
	t.Helper()
	c, err := Compare(base, new, rules)
	if err != nil {
		t.Fatal(err)
	}
	checkFinite(t, c)
	return c
}

// Sides that are swapped mirror the verdicts and all that they rest on.
func TestSwappedSides(t *testing.T) {
	mirror := map[stats.Verdict]stats.Verdict{stats.Regressed: stats.Improved, stats.Improved: stats.Regressed}
	for _, paired := range []bool{false, true} {
		t.Run(fmt.Sprint("paired ", paired), func(t *testing.T) {
			base := measuredRun("base", rawCell(90e3, 10), goredis(100e3, 10), ran{syncPoint("rueidis"), wide})
			new := measuredRun("new2", rawCell(90e3, 10), goredis(115e3, 10), ran{syncPoint("rueidis"), wide[1:]})
			if paired {
				base, new = asPair("pair", base, new)
			}
			there := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
			back := compareOf(t, []results.Run{new}, []results.Run{base}, defaultRules())
			for _, ch := range there.Changes {
				if !ch.Gated {
					continue
				}
				want := ch.Verdict
				if swapped, directed := mirror[ch.Verdict]; directed {
					want = swapped
				}
				i := slices.IndexFunc(back.Changes, func(o Change) bool { return o.Cell == ch.Cell && o.Metric.Name == ch.Metric.Name })
				o := back.Changes[i]
				if o.Verdict != want || o.Shift.Estimate != -ch.Shift.Estimate || o.Shift.PWorse != ch.Shift.PBetter || !o.Gated {
					t.Errorf("%s %s: %s of %+v, swapped %s of %+v", ch.Cell, ch.Metric.Name, ch.Verdict, ch.Shift, o.Verdict, o.Shift)
				}
			}
			if there.Paired != paired || there.Family != 6 {
				t.Errorf("paired %v, family %d", there.Paired, there.Family)
			}
		})
	}
}

// Rounds of several files are pooled, in whatever order these are given.
func TestPooledSides(t *testing.T) {
	base := []results.Run{measuredRun("base1", goredis(100e3, 4)), measuredRun("base2", goredis(100.5e3, 6))}
	new := []results.Run{measuredRun("new1", goredis(112e3, 5)), measuredRun("new2", goredis(112.5e3, 5))}
	c := compareOf(t, base, new, defaultRules())
	if s := c.Changes[0].Shift; s.Base != 10 || s.New != 10 || c.Changes[0].Verdict != stats.Regressed {
		t.Errorf("%s of %+v", c.Changes[0].Verdict, s)
	}
	slices.Reverse(base)
	slices.Reverse(new)
	if diff := cmp.Diff(c.Changes[0].Shift, compareOf(t, base, new, defaultRules()).Changes[0].Shift); diff != "" {
		t.Errorf("in another order:\n%s", diff)
	}
	twice := compareOf(t, append(base, base[0]), new, defaultRules())
	if s := twice.Changes[0].Shift; s.Base != 10 || !slices.Contains(twice.Notes, "base: run base2 was given more than once and counts once") {
		t.Errorf("a run given twice: %+v, %q", s, twice.Notes)
	}
}

// Pairs are those of one run, and of no other.
func TestPairsOfSeveralRuns(t *testing.T) {
	var base, new []results.Run
	for i, id := range []string{"one", "two"} {
		slow := 1 + float64(i)
		b, n := asPair(id, measuredRun(id, goredis(100e3*slow, 6)), measuredRun(id, goredis(112e3*slow, 6)))
		base, new = append(base, b), append([]results.Run{n}, new...)
	}
	c := compareOf(t, base, new, defaultRules())
	s := c.Changes[0].Shift
	if !c.Paired || s.Base != 12 || math.Abs(s.Estimate-math.Log(1.12)) > 0.01 || s.Spread > 0.02 {
		t.Errorf("paired %v: %+v", c.Paired, s)
	}
	half := compareOf(t, base, new[:1], defaultRules())
	if half.Paired || !slices.Contains(half.Notes, halvesNote) {
		t.Errorf("without one other side: paired %v, %q", half.Paired, half.Notes)
	}
}

func TestNotComparable(t *testing.T) {
	run := measuredRun("base", goredis(100e3, 3))
	one, other := asPair("pair", run, run)
	other.Header.Pair.Side = results.BaseSide
	_, half := asPair("pair", run, run)
	second := run
	second.Header.Pair = &results.Pair{Side: results.NewSide, Confirms: "gone"}
	tests := []struct {
		name      string
		base, new []results.Run
		want      string
	}{
		{"no base", nil, []results.Run{run}, "base has no runs"},
		{"no new", []results.Run{run}, nil, "new has no runs"},
		{"the same run", []results.Run{run}, []results.Run{measuredRun("new2"), run}, "run base is on both sides"},
		{"both sides in base", []results.Run{run, one, half}, []results.Run{other}, "base holds both sides of run pair"},
		{"both sides in new", []results.Run{run}, []results.Run{half, one}, "new holds both sides of run pair"},
		{"the same side", []results.Run{one}, []results.Run{other}, "run pair is on both sides"},
		{"only a second stage", []results.Run{run}, []results.Run{second}, "a side holds nothing but second stages, without the runs that they confirm"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compare(test.base, test.new, defaultRules())
			if n, ok := errors.AsType[NotComparable](err); !ok || n.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	_, err := Compare([]results.Run{run}, []results.Run{measuredRun("new2")}, Rules{Metrics: []string{"p42"}})
	if _, ok := errors.AsType[NotComparable](err); ok || err == nil || !strings.HasPrefix(err.Error(), `unknown metric "p42"; have throughput, p50,`) {
		t.Errorf("an unknown metric: %v", err)
	}
}

// The client in which sides differ is in no cell's name, others keep theirs.
func TestSidesThatDifferInTheirClient(t *testing.T) {
	base, new := asPair("pair",
		measuredRun("pair", rawCell(90e3, 10), goredis(100e3, 10)),
		measuredRun("pair", rawCell(90e3, 10), ran{syncPoint("rueidis"), roundsOf(80e3, 10)}), "clients")
	c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
	want := []string{"sync p99 improved", "sync p50 improved", "sync throughput improved"}
	got := judgedWords(c)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantSides := []Side{
		{Runs: []string{"pair"}, Options: "base's options", Facts: []string{"goredis v9.23.0"}},
		{Runs: []string{"pair"}, Options: "new's options", Facts: []string{"rueidis v1.0.79"}},
	}
	if diff := cmp.Diff(wantSides, []Side{c.Base, c.New}, cmpopts.IgnoreFields(Side{}, "Headers")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !slices.ContainsFunc(c.Changes, func(ch Change) bool { return ch.Cell == "sync raw" && !ch.Gated && ch.New != nil }) {
		t.Error("raw has lost its twin")
	}
}

func TestFacts(t *testing.T) {
	rueidis := ran{syncPoint("rueidis"), roundsOf(100e3, 10)}
	base, new := measuredRun("base", goredis(100e3, 10), rueidis), measuredRun("new2", goredis(100e3, 10), rueidis)
	e := &new.Header.Executors[0]
	e.Version, e.Runtime = "v0.2.0", "go1.27.0"
	e.Libraries = map[string]string{"github.com/redis/go-redis/v9": "v9.24.0", "github.com/redis/rueidis": "v1.0.79"}
	c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
	want := [][]string{{"respbench v0.1.0", "runtime go1.26.8", "goredis v9.23.0"}, {"respbench v0.2.0", "runtime go1.27.0", "goredis v9.24.0"}}
	if diff := cmp.Diff(want, [][]string{c.Base.Facts, c.New.Facts}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAddedAndOrder(t *testing.T) {
	base := measuredRun("base", rawCell(90e3, 10), goredis(100e3, 10), ran{syncPoint("redigo"), roundsOf(100e3, 10)}, ran{syncPoint("radix"), roundsOf(100e3, 10)})
	new := measuredRun("new2", rawCell(100e3, 10), goredis(112e3, 10), ran{syncPoint("redigo"), roundsOf(150e3, 10)}, ran{syncPoint("rueidis"), roundsOf(80e3, 10)})
	rules := defaultRules()
	rules.Metrics = []string{"p50"}
	c := compareOf(t, []results.Run{base}, []results.Run{new}, rules)
	want := []string{"sync redigo p50 regressed", "sync goredis p50 regressed", "sync radix p50 missing"}
	if diff := cmp.Diff(want, judgedWords(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !slices.Equal(c.Added, []string{"sync rueidis"}) {
		t.Errorf("added %q", c.Added)
	}
	moved := slices.IndexFunc(c.Warnings, func(w Warning) bool { return w.Code == "raw-moved" })
	if moved < 0 || c.Warnings[moved].Seen[0].Text != "p50 of raw moved by +10.8%: the machine or the server changed" {
		t.Errorf("raw: %+v", c.Warnings)
	}
}

func TestCompareNotesAndWarnings(t *testing.T) {
	base, new := measuredRun("base", goredis(100e3, 10)), measuredRun("new2", goredis(100e3, 8))
	new.Trials[0].Warnings = []results.Warning{{Code: "steal", Text: "5% was stolen", Advice: "use another machine"}}
	new.End = nil
	new.Header.Started = epoch.AddDate(0, 0, 3)
	c := compareOf(t, []results.Run{base}, []results.Run{new}, defaultRules())
	want := []string{
		apartNote,
		"the threshold is 5%, which is a fall by 4.8%; here it is 10%, for the sides were measured on different days; for p99 it is 10%, for tails vary more",
		"sync goredis: 10 rounds in base, 8 in new",
		"new: run new2: the run was cut off before its end",
	}
	if diff := cmp.Diff(want, c.Notes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(c.Warnings) != 1 || !slices.Equal(c.Warnings[0].Seen[0].Rows, []string{"sync goredis in new"}) {
		t.Errorf("warnings %+v", c.Warnings)
	}
}
