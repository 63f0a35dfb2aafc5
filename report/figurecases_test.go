package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

func figuresOfRuns(t *testing.T, runs ...results.Run) []document.Figure {
	t.Helper()
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	figures := s.Figures()
	checkFigures(t, figures)
	return figures
}

func namesOf(figures []document.Figure) []string {
	return list(figures, func(f document.Figure) string { return f.Name })
}

func TestFiguresOfOneRound(t *testing.T) {
	figures := figuresOfRuns(t, measuredRun("one12345", goredis(1000, 1)))
	if diff := cmp.Diff([]string{"spectrum-sync-1", "throughput-sync-1", "order-sync-1"}, namesOf(figures)); diff != "" {
		t.Fatal(diff)
	}
	if s := figures[0].Series[0]; s.Ranges != document.NoRanges {
		t.Errorf("a single round has a range: %+v", s)
	}
}

func TestSpectrumEndsWithTheShortestRound(t *testing.T) {
	f := newFixture("few23456")
	f.add(syncPoint("raw"), pace{50_000, steady[:1], 1200, 9000, 0, 1, false, nil})
	long := newFixture("long2345")
	long.add(syncPoint("raw"), pace{50_000, steady[:1], 12_000, 9000, 0, 1, false, nil})
	line := figuresOfRuns(t, f.run, long.run)[0].Series[0].Points
	if last := line[len(line)-1].X; last != 100 {
		t.Errorf("it ends at %g, with 1,200 samples in one round and 12,000 in the other", last)
	}
}

func TestTimelineOfSeveralKinds(t *testing.T) {
	f := newFixture("kinds345")
	at := f.add(syncPoint("raw"), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
	for i := range f.run.Trials[at:] {
		m := f.run.Trials[i].Measured
		f.split(m, "raw")
		m.Slices = results.Slices{Length: sliceLength, Ops: []int64{1, 2, 3, 4, 5, 6}, Errors: make([]int64, 6)}
	}
	f.run.Trials[1].Slices = results.Slices{Length: 2 * sliceLength, Ops: make([]int64, 9), Errors: make([]int64, 9)}
	figures := figuresOfRuns(t, f.run)
	if names := namesOf(figures); slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "timeline") }) {
		t.Errorf("figures %v, where the rounds have two whole slices in common", names)
	}
	f.run.Trials[1].Slices = results.Slices{Length: sliceLength, Ops: []int64{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, Errors: make([]int64, 11)}
	names := namesOf(figuresOfRuns(t, f.run))
	timelines := slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, "timeline") })
	if diff := cmp.Diff([]string{"timeline-sync-1"}, timelines); diff != "" {
		t.Errorf("one for both kinds of op: %s", diff)
	}
}

func TestFiguresOfFailures(t *testing.T) {
	f := newFixture("fail2345")
	f.add(syncPoint("raw"), pace{50_000, steady, 1200, 9000, 0, 1, false, nil})
	gone := f.add(syncPoint("goredis"), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
	f.fail(gone, results.Failed, "it hangs")
	f.fail(gone+1, results.Failed, "it hangs")
	f.run.Trials[gone+1].Measured = nil
	figures := figuresOfRuns(t, f.run)
	if diff := cmp.Diff([]string{"spectrum-sync-1", "throughput-sync-1", "order-sync-1"}, namesOf(figures)); diff != "" {
		t.Fatal(diff)
	}
	for _, fig := range figures[1:] {
		var crosses []string
		for _, p := range points(fig.Series) {
			if p.Mark == document.Failed {
				crosses = append(crosses, p.Text)
			}
		}
		if diff := cmp.Diff([]string{"goredis, round 1 failed: it hangs", "goredis, round 2 failed: it hangs"}, crosses); diff != "" {
			t.Errorf("%s: %s", fig.Name, diff)
		}
		if !strings.Contains(fig.Alt, "2 trials failed") {
			t.Errorf("%s: %s", fig.Name, fig.Alt)
		}
	}
	f.run.Trials = f.run.Trials[gone:]
	if names := namesOf(figuresOfRuns(t, f.run)); slices.Contains(names, "spectrum-sync-1") {
		t.Errorf("figures %v where nothing is ok", names)
	}
	f.run.Trials = nil
	if names := namesOf(figuresOfRuns(t, f.run)); len(names) > 0 {
		t.Errorf("figures %v without a trial", names)
	}
}

func TestFiguresOfHostileText(t *testing.T) {
	const evil = "<script>\x1b[31m\n|\u202e"
	f := newFixture("evil2345")
	at := f.add(point(evil, evil, results.Load{Workers: 1}), pace{50_000, steady, 1200, 9000, 0, 1, false, nil})
	f.fail(at, results.Failed, evil)
	f.run.Trials[at+1].Warnings = []results.Warning{{Code: evil, Text: evil, Advice: evil}}
	for i := range f.run.Trials {
		for k := range f.run.Trials[i].Kinds {
			f.run.Trials[i].Kinds[k].Name, f.run.Trials[i].Kinds[k].Unit = evil, evil
		}
	}
	if names := namesOf(figuresOfRuns(t, f.run)); len(names) != 3 {
		t.Errorf("figures %v", names)
	}
}

func TestFigureGroups(t *testing.T) {
	steps := pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil}
	f := newFixture("groups23")
	for _, workers := range []int{1, 8} {
		for _, client := range []string{"raw", "goredis"} {
			f.add(point("concurrent", client, results.Load{Workers: workers}), steps)
		}
	}
	missing := point("concurrent", "redigo", results.Load{Workers: 8})
	f.run.Header.Skips = []results.Skip{{Point: missing, Reason: "it cannot"}}
	s, err := Summarize([]results.Run{f.run})
	if err != nil {
		t.Fatal(err)
	}
	groups := groupsOf(s.Rows)
	got := list(groups, func(g figureGroup) string { return g.name + ": " + g.title + ": " + strings.Join(g.names, ", ") })
	want := []string{
		"concurrent-1: concurrent (workers 1): raw, goredis",
		"concurrent-2: concurrent (workers 8): raw, goredis, redigo",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOrderOfPooledRuns(t *testing.T) {
	figures := figuresOfRuns(t, readRuns(t, "pool-1", "pool-2")...)
	i := slices.IndexFunc(figures, func(f document.Figure) bool { return f.Kind == document.Order })
	places := list(points(figures[i].Series), func(p document.Point) float64 { return p.X })
	slices.Sort(places)
	if diff := cmp.Diff(len(places), len(slices.Compact(slices.Clone(places)))); diff != "" {
		t.Errorf("trials of two runs hide each other: %v", places)
	}
	if n := len(slices.DeleteFunc(figures[i].Bands, func(b document.Band) bool { return !b.Vertical })); n != 1 {
		t.Errorf("%d bounds between two runs", n)
	}
}

func TestOrderMarksWarnings(t *testing.T) {
	f := newFixture("warned23")
	f.add(syncPoint("raw"), pace{50_000, []float64{1, 0.5, 1.01, 0.52, 0.99}, 1200, 9000, 0, 1, false, nil})
	f.run.Trials[1].Warnings = []results.Warning{{Code: "steal", Text: "a", Advice: "b"}}
	for i := range f.run.Trials {
		f.run.Trials[i].Warnings = append(f.run.Trials[i].Warnings, results.Warning{Code: "client-saturated", Text: "c", Advice: "d"})
	}
	order := figuresOfRuns(t, f.run)[2]
	if order.Series[0].Name != "raw: bimodal" {
		t.Errorf("series %q, expected that it is bimodal", order.Series[0].Name)
	}
	var flagged []float64
	for _, p := range order.Series[0].Points {
		if p.Mark == document.Flagged {
			flagged = append(flagged, p.X)
		}
	}
	if diff := cmp.Diff([]float64{2}, flagged); diff != "" {
		t.Errorf("flagged, by what only the second trial has: %s", diff)
	}
}

func TestForest(t *testing.T) {
	for _, name := range []string{"slowed-10", "slowed-tail", "slowed-3"} {
		base, other := publishedSide(t, name, "base"), publishedSide(t, name, "new")
		c, err := Compare([]results.Run{base}, []results.Run{other}, defaultRules())
		if err != nil {
			t.Fatal(err)
		}
		figures := c.Figures()
		checkFigures(t, figures)
		var tested []Change
		for _, ch := range c.Changes {
			if ch.Gated && ch.tested() {
				tested = append(tested, ch)
			}
		}
		if len(figures) != 1 || len(figures[0].Y.Ticks) != len(tested) {
			t.Fatalf("%s: %d figures, expected one of %d changes", name, len(figures), len(tested))
		}
		// 5% more of a cost is as far as its inverse, in either direction.
		if b := figures[0].Bands[0]; !b.Vertical || b.To != 5 || math.Abs(b.From+100./21) > 1e-9 {
			t.Errorf("%s: band %+v", name, b)
		}
		for _, s := range figures[0].Series {
			for _, p := range s.Points {
				checkChange(t, s, p, tested[len(tested)-1-int(p.Y)])
			}
		}
	}
}

// checkChange sets a point beside the median change of the pairs, from which the
// estimate is not far.
func checkChange(t *testing.T, s document.Series, p document.Point, ch Change) {
	t.Helper()
	var changes []float64
	for i, v := range ch.New.Values {
		changes = append(changes, 100*(v/ch.Base.Values[i]-1))
	}
	want := stats.Median(changes)
	if p.X < want-1 || p.X > want+1 || s.Name != string(ch.Verdict) || p.Mark != document.NoMark {
		t.Errorf("%s %s: %s %+v, expected %s and about %g", ch.Cell, ch.Metric.Name, s.Name, p, ch.Verdict, want)
	}
	if inside := p.Low > -5 && p.High < 5; ch.Verdict == stats.Unchanged && ch.Threshold == 0.05 && !inside {
		t.Errorf("%s %s is unchanged, and not within the band: %+v", ch.Cell, ch.Metric.Name, p)
	}
}

func TestForestWithoutIntervals(t *testing.T) {
	base, other := measuredRun("base2345", goredis(1000, 2)), measuredRun("new23456", goredis(1100, 2))
	c, err := Compare([]results.Run{base}, []results.Run{other}, defaultRules())
	if err != nil {
		t.Fatal(err)
	}
	checkFigures(t, c.Figures())
	for _, p := range points(c.Figures()[0].Series) {
		if p.Mark != document.Flagged || p.Low != p.X || p.High != p.X {
			t.Errorf("two rounds give an interval: %+v", p)
		}
	}
}

func TestNoSweepOfOneLoad(t *testing.T) {
	names := namesOf(figuresOfRuns(t, readRuns(t, "open")...))
	sweeps := slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, "sweep") })
	if diff := cmp.Diff([]string{"sweep-throughput-get-1", "sweep-p50-get-1", "sweep-p99-get-1", "sweep-p999-get-1"}, sweeps); diff != "" {
		t.Error(diff)
	}
}

func TestSweepFigures(t *testing.T) {
	s, err := Sweep(readRuns(t, "sweep-rate"), SweepOptions{SLO: mustSLO(t, "p99<2ms", "p95<1ms", "throughput>100")})
	if err != nil {
		t.Fatal(err)
	}
	figures := s.Figures()
	checkFigures(t, figures)
	want := map[string][]string{
		"sweep-throughput-concurrent-1": {"SLO throughput>100"},
		"sweep-p50-concurrent-1":        nil,
		"sweep-p95-concurrent-1":        {"SLO p95<1ms"},
		"sweep-p99-concurrent-1":        {"SLO p99<2ms"},
	}
	got := map[string][]string{}
	for _, f := range figures {
		got[f.Name] = nil
		for _, b := range f.Bands {
			if !b.Vertical {
				got[f.Name] = append(got[f.Name], b.Name)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
