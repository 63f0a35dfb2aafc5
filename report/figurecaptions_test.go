package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

func figureNamed(t *testing.T, figures []document.Figure, name string) document.Figure {
	t.Helper()
	i := slices.IndexFunc(figures, func(f document.Figure) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no figure %s among %v", name, namesOf(figures))
	}
	return figures[i]
}

func expectCaption(t *testing.T, f document.Figure, has string) {
	t.Helper()
	if !strings.Contains(f.Caption, has) {
		t.Errorf("%s: the caption lacks %q: %s", f.Name, has, f.Caption)
	}
}

func TestFiguresOfOverload(t *testing.T) {
	f := newFixture("over2345")
	for i, client := range []string{"raw", "goredis"} {
		at := f.add(point("get", client, results.Load{Workers: 4, Rate: 10_000}), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
		f.schedule(at, 1-0.2*float64(i), 2)
	}
	figures := figuresOfRuns(t, f.run)
	expectCaption(t, figureNamed(t, figures, "spectrum-get-1"), "Overloaded, and so without latencies: goredis. ")
	throughput, order := figureNamed(t, figures, "throughput-get-1"), figureNamed(t, figures, "order-get-1")
	want := []document.Band{{Name: "offered 10,000/s", From: 10_000, To: 10_000}}
	if diff := cmp.Diff(want, throughput.Bands); diff != "" {
		t.Error(diff)
	}
	expectCaption(t, throughput, throughputOffered)
	for _, f := range []document.Figure{throughput, order} {
		expectCaption(t, f, overloadedHollow)
		if strings.Contains(f.Caption, orderHollow) {
			t.Errorf("%s: no trial has a warning but that it was overloaded: %s", f.Name, f.Caption)
		}
		for _, s := range f.Series {
			for _, p := range s.Points {
				if p.Mark != document.Typical && (p.Mark == document.Flagged) != (s.Client == "goredis") {
					t.Errorf("%s: %s is %q: %s", f.Name, s.Name, p.Mark, p.Text)
				}
			}
		}
	}
}

func TestFiguresOfTrialsThatAllFailed(t *testing.T) {
	f := newFixture("none2345")
	at := f.add(syncPoint("raw"), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
	f.fail(at, results.Failed, "it hangs")
	f.fail(at+1, results.Failed, "it hangs")
	figures := figuresOfRuns(t, f.run)
	if diff := cmp.Diff([]string{"throughput-sync-1"}, namesOf(figures)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(throughputCrosses, figures[0].Caption); diff != "" {
		t.Errorf("it tells of what is not drawn: %s", diff)
	}
}

func TestFiguresNameWhatIsLeftOut(t *testing.T) {
	f := newFixture("left2345")
	f.add(syncPoint("raw"), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
	f.add(syncPoint("rueidis"), pace{50_000, steady[:2], 5, 9000, 0, 1, false, nil})
	f.fail(f.add(syncPoint("goredis"), pace{50_000, steady[:1], 1200, 9000, 0, 1, false, nil}), results.Failed, "it hangs")
	f.run.Header.Skips = []results.Skip{{Point: syncPoint("redigo"), Reason: "it cannot"}}
	figures := figuresOfRuns(t, f.run)
	spectrum := figureNamed(t, figures, "spectrum-sync-1")
	expectCaption(t, spectrum, "Too few samples: rueidis. No trial is ok: goredis. No trial was run: redigo. ")
	for _, name := range []string{"throughput-sync-1", "order-sync-1"} {
		expectCaption(t, figureNamed(t, figures, name), "No trial was run: redigo. ")
	}
}

func TestSweepNamesWhatIsLeftOut(t *testing.T) {
	f := newFixture("gaps2345")
	for i, rate := range []float64{1000, 2000, 4000} {
		at := f.add(point("get", "raw", results.Load{Workers: 4, Rate: rate}), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
		f.schedule(at, 1-0.2*float64(min(i, 1)), 2)
	}
	figures := figuresOfRuns(t, f.run)
	expectCaption(t, figureNamed(t, figures, "sweep-p50-get-1"), "Without a point: raw at 2,000/s and 4,000/s (overloaded). ")
	if caption := figureNamed(t, figures, "sweep-throughput-get-1").Caption; strings.Contains(caption, "Without") {
		t.Errorf("nothing is left out of the throughput: %s", caption)
	}
}

func TestNoKneeOfTwoLoads(t *testing.T) {
	for loads, knees := range map[int]bool{2: false, 3: true} {
		f := newFixture("knee2345")
		for i := range loads {
			workers := 1 << i
			f.add(point("get", "raw", results.Load{Workers: workers}), pace{50_000 * float64(workers*workers), steady, 1200, 9000, 0, 1, false, nil})
		}
		fig := figureNamed(t, figuresOfRuns(t, f.run), "sweep-throughput-get-1")
		if got := len(fig.Bands) > 0; got != knees {
			t.Errorf("%d loads: bands %+v", loads, fig.Bands)
		}
		if got := strings.Contains(fig.Alt, "knee"); got != knees {
			t.Errorf("%d loads: %s", loads, fig.Alt)
		}
	}
}

func TestOrderIsThatOfTime(t *testing.T) {
	runs := readRuns(t, "pool-1", "pool-2")
	runs[0].Header.Started = runs[1].Header.Started.Add(time.Hour)
	i := slices.IndexFunc(figuresOfRuns(t, runs...), func(f document.Figure) bool { return f.Kind == document.Order })
	bands := figuresOfRuns(t, runs...)[i].Bands
	if got := bands[len(bands)-1].Name; got != "run "+runs[0].Header.ID {
		t.Errorf("%s is the last, expected %s, which began later", got, runs[0].Header.ID)
	}
}

func TestForestNamesItsThresholds(t *testing.T) {
	changes := []Change{
		{Cell: "a", Metric: Metric{Name: "throughput"}, Threshold: 0.05},
		{Cell: "a", Metric: Metric{Name: "p50"}, Threshold: 0.05},
		{Cell: "b", Metric: Metric{Name: "p50"}, Threshold: 0.07},
		{Cell: "a", Metric: Metric{Name: "p99"}, Threshold: 0.1},
		{Cell: "b", Metric: Metric{Name: "p99"}, Threshold: 0.1},
	}
	want := "The band is the threshold of throughput, a p50: what of these lies within it is too small to matter. " +
		"The threshold of b p50 is " + percent(0.07) + ". The threshold of p99 is " + percent(0.1) + ". "
	if diff := cmp.Diff(want, bandWords(changes, 0.05)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(forestBand, bandWords(changes[:2], 0.05)); diff != "" {
		t.Error(diff)
	}
}

func TestTroubleWords(t *testing.T) {
	for _, test := range []struct {
		failed           int64
		outage           time.Duration
		troubled, rounds int
		want             string
	}{
		{4, 0, 1, 3, "in 1 of 3 rounds: 4 errors"},
		{0, 12 * time.Millisecond, 3, 3, "in 3 of 3 rounds: nothing succeeded for 12 ms"},
		{1, 12 * time.Millisecond, 1, 1, "1 error; nothing succeeded for 12 ms"},
	} {
		if got := troubleWords(test.failed, test.outage, test.troubled, test.rounds); got != test.want {
			t.Errorf("%q, expected %q", got, test.want)
		}
	}
}

func TestTimelineNamesWhatIsLeftOut(t *testing.T) {
	f := newFixture("time2345")
	for _, client := range []string{"raw", "goredis"} {
		f.add(syncPoint(client), pace{50_000, steady[:1], 1200, 9000, 0, 1, false, nil})
	}
	f.run.Trials[0].Slices = results.Slices{Length: sliceLength, Ops: []int64{1, 2, 3, 4, 5, 6}, Errors: make([]int64, 6)}
	expectCaption(t, figureNamed(t, figuresOfRuns(t, f.run), "timeline-sync-1"), timelineShort+": goredis. ")
}

func TestForestCountsWhatIsLeftOut(t *testing.T) {
	base, other := publishedSide(t, "slowed-3", "base"), publishedSide(t, "slowed-3", "new")
	c, err := Compare([]results.Run{base}, []results.Run{other}, defaultRules())
	if err != nil {
		t.Fatal(err)
	}
	// The p99 of sync has none as it is.
	expectCaption(t, c.Figures()[0], "Not drawn: 1 change without an estimate. ")
	i := slices.IndexFunc(c.Changes, func(ch Change) bool { return ch.Gated && ch.tested() })
	c.Changes[i].Shift.Base = 0
	expectCaption(t, c.Figures()[0], "Not drawn: 2 changes without an estimate. ")
}
