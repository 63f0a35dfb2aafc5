package report

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// slower are rounds of a cell that takes so many times as long, one after the other.
func slower(library string, factors ...float64) ran {
	c := ran{point: syncPoint(library)}
	for _, f := range factors {
		c.rounds = append(c.rounds, 100_000*f)
	}
	return c
}

func in(scenario string, c ran) ran {
	c.point.Scenario = scenario
	return c
}

func headlinesOf(t *testing.T, runs ...results.Run) []string {
	t.Helper()
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	return s.document("").Headlines
}

// Throughput of a cell is ops by the time that the rounds' factors make: 9,709
// a second at 1.
func TestClaims(t *testing.T) {
	one := []float64{1, 1.01, 0.99, 1.02, 0.98}
	two := []float64{2, 2.02, 1.98, 2.04, 1.96}
	for _, test := range []struct {
		name  string
		cells []ran
		want  []string
	}{
		{"no overlap", []ran{slower("rueidis", one...), slower("goredis", two...)}, []string{
			"sync: rueidis served 2.0x the set+get per second of goredis with 1 worker; the difference is larger than the spread",
		}},
		{"overlap", []ran{slower("rueidis", one...), slower("goredis", 1.005, 1.015, 1.03, 1.04, 1.05)}, []string{
			"sync: rueidis and goredis cannot be told apart with 1 worker: the ranges of their rounds overlap, 9,518 to 9,907 and 9,246 to 9,661",
		}},
		{"one round", []ran{slower("rueidis", 1), slower("goredis", 3)}, []string{
			"sync: rueidis served 3.0x the set+get per second of goredis with 1 worker; whether that is chance is not known: 1 round cannot decide 1 such comparison, 4 can",
		}},
		{"three rounds", []ran{slower("rueidis", one[:3]...), slower("goredis", two[:3]...), slower("redigo", 4, 4.1, 3.9)}, []string{
			"sync: rueidis served 2.0x the set+get per second of goredis and 4.0x that of redigo with 1 worker; whether that is chance is not known: 3 rounds cannot decide 2 such comparisons, 5 can",
		}},
		{"leader beyond both, raw beside", []ran{slower("raw", 0.5, 0.51, 0.52, 0.53, 0.54), slower("redigo", 3, 3.1, 2.9, 3.2, 2.8), slower("rueidis", one...), slower("goredis", two...)}, []string{
			"sync: rueidis served 2.0x the set+get per second of goredis and 3.0x that of redigo with 1 worker; both differences are larger than the spread; raw, for reference: 18,671 set+get per second",
		}},
		{"next within, last beyond", []ran{slower("redigo", two...), slower("rueidis", one...), slower("goredis", 1.005, 1.015, 1.03, 1.04, 1.05)}, []string{
			"sync: rueidis and goredis cannot be told apart with 1 worker: the ranges of their rounds overlap, 9,518 to 9,907 and 9,246 to 9,661; rueidis served 2.0x the set+get per second of redigo; the difference is larger than the spread",
		}},
		{"alone", []ran{slower("goredis", one...)}, []string{
			"sync: goredis served 9,709 set+get per second with 1 worker (9,518 to 9,907 in 5 rounds); its p99 was 200 us",
		}},
		{"raw alone", []ran{slower("raw", one...)}, []string{
			"sync: raw, which is no library, served 9,709 set+get per second with 1 worker (9,518 to 9,907 in 5 rounds); its p99 was 200 us",
		}},
		{"too small to be seen in two decimals", []ran{slower("rueidis", 1, 1, 1, 1, 1), slower("goredis", 1.001, 1.001, 1.001, 1.001, 1.001)}, []string{
			"sync: rueidis served 1.001x the set+get per second of goredis with 1 worker; the difference is larger than the spread",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, headlinesOf(t, measuredRun("claims22", test.cells...))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Five rounds that do not overlap have p = 2/252: enough for six comparisons,
// and not for a seventh.
func TestClaimsAreOneFamily(t *testing.T) {
	for comparisons, want := range map[int]string{
		6: "the difference is larger than the spread",
		7: "whether that is chance is not known: 5 rounds cannot decide 7 such comparisons, 6 can",
	} {
		var cells []ran
		for i := range comparisons {
			scenario := fmt.Sprintf("s%d", i)
			cells = append(cells, in(scenario, slower("rueidis", 1, 1.01, 0.99, 1.02, 0.98)), in(scenario, slower("goredis", 2, 2.02, 1.98, 2.04, 1.96)))
		}
		for _, line := range headlinesOf(t, measuredRun("family22", cells...)) {
			if !strings.HasSuffix(line, want) {
				t.Errorf("%d comparisons: %s", comparisons, line)
			}
		}
	}
}

// TestEndingsByEnumeration counts the arrangements of the ranks, for all ways in
// which two sides of five can lie between each other.
func TestEndingsByEnumeration(t *testing.T) {
	const rounds = 5
	extreme := map[int]int{} // by rank sum of a side
	for set := range 1 << (2 * rounds) {
		if bits.OnesCount(uint(set)) == rounds {
			extreme[rankSum(set)]++
		}
	}
	seen := map[ending]int{}
	for set := range 1 << (2 * rounds) {
		if bits.OnesCount(uint(set)) != rounds {
			continue
		}
		var a, b []float64
		for rank := range 2 * rounds {
			factor := 1 + float64(rank)/10
			if set>>rank&1 == 1 {
				a = append(a, factor)
			} else {
				b = append(b, factor)
			}
		}
		got := leadBetween(t, slower("rueidis", a...), slower("goredis", b...))
		want := withinSpread
		if slices.Max(a) < slices.Min(b) || slices.Max(b) < slices.Min(a) {
			want = spreadUnknown
			if p := 2 * float64(extreme[rankSum(set)]) / 252; p <= 0.05 {
				want = beyondSpread
			}
		}
		if seen[got]++; got != want {
			t.Errorf("%v and %v: %v, want %v", a, b, got, want)
		}
	}
	if seen[beyondSpread] != 2 || seen[withinSpread] != 250 {
		t.Errorf("endings %v", seen)
	}
}

func rankSum(set int) int {
	sum := 0
	for rank := range bits.Len(uint(set)) {
		sum += (set >> rank & 1) * rank
	}
	return sum
}

func leadBetween(t *testing.T, cells ...ran) ending {
	t.Helper()
	s, err := Summarize([]results.Run{measuredRun("between2", cells...)})
	if err != nil {
		t.Fatal(err)
	}
	contests := contestsOf(s.Rows)
	judgeContests(contests)
	return contests[0].leads[0].ending()
}

// The client with more throughput has the worse tail.
func TestTailIsAnotherStory(t *testing.T) {
	one, two := slower("rueidis", 1, 1.01, 0.99, 1.02, 0.98), slower("goredis", 2, 2.02, 1.98, 2.04, 1.96)
	run := measuredRun("tails222", one, two)
	for i := range run.Trials {
		if run.Trials[i].Point.Library == "goredis" {
			run.Trials[i].Window /= 4
		}
	}
	want := []string{"sync: goredis served 2.0x the set+get per second of rueidis with 1 worker; the difference is larger than the spread" +
		"; but rueidis had 0.50x the p99 of goredis (200 us and 400 us), which is larger than the spread"}
	if diff := cmp.Diff(want, headlinesOf(t, run)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What failed, was overloaded or left out is named, and ranked nowhere.
func TestNoClaimAboutFailedRows(t *testing.T) {
	run := measuredRun("failed22", slower("rueidis", 2, 2, 2, 2, 2), slower("goredis", 1, 1, 1, 1, 1), slower("redigo", 3, 3, 3, 3, 3))
	run.Trials[5].Status, run.Trials[5].Reason = results.Failed, "timeout"
	run.Header.Skips = []results.Skip{{Point: syncPoint("raw"), Reason: "not here"}}
	want := []string{
		"sync: rueidis served 1.50x the set+get per second of redigo with 1 worker; the difference is larger than the spread",
		"no claim is made about 2 cells: sync raw (skipped), sync goredis (partial)",
	}
	if diff := cmp.Diff(want, headlinesOf(t, run)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// At a given rate throughput says nothing: all achieve it.
func TestOpenLoopClaims(t *testing.T) {
	f := newFixture("openloop")
	at := results.Load{Workers: 50, Rate: 5000, Arrivals: results.Uniform}
	f.schedule(f.add(point("concurrent", "rueidis", at), pace{100_000, steady, 4_000, 9_000, 4, 1, true, nil}), 1, 1.5)
	f.schedule(f.add(point("concurrent", "goredis", at), pace{300_000, steady, 4_000, 9_000, 4, 1, true, nil}), 1, 1.5)
	f.schedule(f.add(point("concurrent", "redigo", at), pace{100_000, steady, 4_000, 9_000, 4, 1, true, nil}), 0.6, 900)
	got := headlinesOf(t, f.run)
	if len(got) != 2 || !strings.HasPrefix(got[0], "concurrent: rueidis had 0.3") || !strings.Contains(got[0], "x the response p99 of goredis (") ||
		!strings.HasSuffix(got[0], " at 5,000/s offered; the difference is larger than the spread") || strings.Contains(got[0], "redigo") {
		t.Errorf("claims %q", got)
	}
	if want := "no claim is made about 1 cell: concurrent redigo (overloaded)"; got[1] != want {
		t.Errorf("%s, want %s", got[1], want)
	}
}

// More claims than anybody reads are counted, and stand in their sections.
func TestManyClaimsAreCounted(t *testing.T) {
	var cells []ran
	for i := range mostHeadlines + 1 {
		scenario := fmt.Sprintf("s%02d", i)
		rounds := []float64{1, 1.01, 0.99, 1.02, 0.98, 1.03, 0.97}
		cells = append(cells, in(scenario, slower("rueidis", rounds...)))
		other := slower("goredis", rounds...)
		if i > 2 {
			for j := range other.rounds {
				other.rounds[j] *= 2
			}
		}
		cells = append(cells, in(scenario, other))
	}
	s, err := Summarize([]results.Run{measuredRun("many2222", cells...)})
	if err != nil {
		t.Fatal(err)
	}
	d := s.document("")
	want := []string{"ahead of all other libraries, of 13 combinations of scenario and load and by more than the spread: rueidis in 10, nobody, or it cannot be told, in 3"}
	if diff := cmp.Diff(want, d.Headlines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, s := range d.Sections {
		if len(s.Text) != 1 || !strings.HasPrefix(s.Text[0], fmt.Sprintf("s%02d: rueidis ", i)) {
			t.Errorf("section %s says %q", s.Name, s.Text)
		}
	}
}

// TestNothingToClaim has reports with next to nothing in them.
func TestNothingToClaim(t *testing.T) {
	failedRun := measuredRun("nothing2", slower("goredis", 1, 1))
	for i := range failedRun.Trials {
		failedRun.Trials[i].Status, failedRun.Trials[i].Reason = results.Failed, "refused"
	}
	planned := measuredRun("planned2", slower("goredis", 1, 1))
	planned.Trials, planned.End = nil, nil
	silent := measuredRun("silent22", slower("goredis", 1))
	silent.Trials[0].Kinds[0].Service = results.Recording{}
	for name, test := range map[string]struct {
		run  results.Run
		want string
	}{
		"only failed":     {failedRun, "no claim is made about 1 cell: sync goredis (failed)"},
		"only planned":    {planned, "no claim is made about 1 cell: sync goredis (interrupted)"},
		"without latency": {silent, "sync: goredis served 9,709 set+get per second with 1 worker (9,709 to 9,709 in 1 round)"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{test.want}, headlinesOf(t, test.run)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A document of no run at all, as somebody else may make it, is empty.
func TestEmptyDocuments(t *testing.T) {
	empty := results.Run{Header: results.Header{ID: "empty222", Started: epoch.Add(time.Hour)}}
	if _, err := Summarize([]results.Run{empty}); err == nil {
		t.Error("an empty run has a report")
	}
	c := comparisons[3].make(t)
	d := c.document("")
	if len(d.Headlines) != 1 || len(d.Sections) != 1 || len(d.Sections[0].Tables) != 0 || len(d.Facts) != 0 || d.Title == "" {
		t.Errorf("a comparison of nothing: %+v", d)
	}
}
