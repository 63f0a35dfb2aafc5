package report

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
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
			"sync: rueidis and goredis cannot be told apart by 5 rounds with 1 worker: their ranges overlap, 9,518 to 9,907 and 9,246 to 9,661",
		}},
		{"significant, with an overlap", []ran{slower("rueidis", 1, 1.01, 0.99, 1.02, 0.98, 0.97, 1.06), slower("goredis", 1.05, 1.07, 1.08, 1.09, 1.1, 1.11, 1.12)}, []string{
			"sync: rueidis served 1.09x the set+get per second of goredis with 1 worker; the difference is significant, though single rounds overlap",
		}},
		{"significant, against the medians", []ran{
			slower("rueidis", slices.Concat(slices.Repeat(one[:1], 11), slices.Repeat([]float64{9}, 10))...),
			slower("goredis", slices.Concat(slices.Repeat([]float64{1.1}, 11), slices.Repeat([]float64{0.5}, 10))...),
		}, []string{
			"sync: rueidis and goredis cannot be told apart by 21 rounds with 1 worker: their ranges overlap, 1,079 to 9,709 and 8,826 to 19,417",
		}},
		{"one round", []ran{slower("rueidis", 1), slower("goredis", 3)}, []string{
			"sync: rueidis served 3.0x the set+get per second of goredis with 1 worker; whether that is chance is not known: 1 round cannot decide 1 such comparison, 4 can",
		}},
		{"three rounds", []ran{slower("rueidis", one[:3]...), slower("goredis", two[:3]...), slower("redigo", 4, 4.1, 3.9)}, []string{
			"sync: rueidis served 2.0x the set+get per second of goredis and 4.0x that of redigo with 1 worker; whether that is chance is not known: 3 rounds cannot decide 3 such comparisons, 5 can",
		}},
		{"leader beyond both, raw beside", []ran{slower("raw", 0.5, 0.51, 0.52, 0.53, 0.54), slower("redigo", 3, 3.1, 2.9, 3.2, 2.8), slower("rueidis", one...), slower("goredis", two...)}, []string{
			"sync: rueidis served 2.0x the set+get per second of goredis and 3.0x that of redigo with 1 worker; both differences are larger than the spread; raw, for reference: 18,671 set+get per second",
		}},
		{"next within, last beyond", []ran{slower("redigo", two...), slower("rueidis", one...), slower("goredis", 1.005, 1.015, 1.03, 1.04, 1.05)}, []string{
			"sync: rueidis and goredis cannot be told apart by 5 rounds with 1 worker: their ranges overlap, 9,518 to 9,907 and 9,246 to 9,661; rueidis served 2.0x the set+get per second of redigo; the difference is larger than the spread",
		}},
		{"alone", []ran{slower("goredis", one...)}, []string{
			"sync: goredis served 9,709 set+get per second with 1 worker (9,518 to 9,907 in 5 rounds); its p99 was 200 us",
		}},
		{"raw alone", []ran{slower("raw", one...)}, []string{
			"sync: raw, which is no library, served 9,709 set+get per second with 1 worker (9,518 to 9,907 in 5 rounds); its p99 was 200 us",
		}},
		{"about the same as the next", []ran{slower("rueidis", 1, 1, 1, 1, 1), slower("goredis", 1.001, 1.001, 1.001, 1.001, 1.001), slower("redigo", two...)}, []string{
			"sync: rueidis served about the same set+get per second as goredis (9,709 and 9,699) with 1 worker; the difference is larger than the spread; rueidis served 2.0x the set+get per second of redigo; the difference is larger than the spread",
		}},
		{"too small to be seen in two decimals", []ran{slower("rueidis", 1, 1, 1, 1, 1), slower("goredis", 1.001, 1.001, 1.001, 1.001, 1.001)}, []string{
			"sync: rueidis served about the same set+get per second as goredis (9,709 and 9,699) with 1 worker; the difference is larger than the spread",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, headlinesOf(t, measuredRun("claims22", test.cells...))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Five rounds that do not overlap have p = 2/252: enough for the six pairs of four
// libraries, and not for the ten of five; other scenarios take nothing away.
func TestClaimsAreOneFamilyEach(t *testing.T) {
	clients := []string{"rueidis", "goredis", "redigo", "fourth", "fifth"}
	for libraries, want := range map[int]string{
		4: "are larger than the spread",
		5: "whether that is chance is not known: 5 rounds cannot decide 10 such comparisons, 6 can",
	} {
		var cells []ran
		for _, scenario := range []string{"a", "b", "c"} {
			for i, client := range clients[:libraries] {
				f := float64(i + 1)
				cells = append(cells, in(scenario, slower(client, f, f+0.01, f+0.02, f+0.03, f+0.04)))
			}
		}
		for _, line := range headlinesOf(t, measuredRun("family22", cells...)) {
			if !strings.HasSuffix(line, want) {
				t.Errorf("%d libraries: %s", libraries, line)
			}
		}
	}
}

// Three libraries that are one in truth: whoever leads, that it is said to be is
// chance in at most 5 % of the contests.
func TestEqualLibrariesRarelyLead(t *testing.T) {
	const contests = 1000
	random := rand.New(rand.NewPCG(1, 2))
	led := 0
	for range contests {
		var rows []Row
		for range 3 {
			values := make([]float64, 10)
			for i := range values {
				values[i] = 100 + random.NormFloat64()
			}
			rows = append(rows, Row{Throughput: stats.Summarize(values, stats.Higher)})
		}
		m := metricOfLoop(false)
		if slices.ContainsFunc(leadsOf(rankedIn(rows, m), m), lead.significant) {
			led++
		}
	}
	if led == 0 || led > contests/20 {
		t.Errorf("%d of %d", led, contests)
	}
}

// Rounds that are many enough find what compare finds, and a range of them
// only widens.
func TestManyRoundsTellApart(t *testing.T) {
	var runs []results.Run
	for _, side := range []string{"base", "new"} {
		read, err := results.ReadFile("../results/published/slowed-3-" + side + ".jsonl.gz")
		if err != nil {
			t.Fatal(err)
		}
		for i := range read {
			for j := range read[i].Trials {
				read[i].Trials[j].Side = ""
			}
		}
		runs = append(runs, read...)
	}
	got := headlinesOf(t, runs...)
	want := []string{"sync: slowed:wait=1ms served 1.03x the set+get per second of slowed:wait=1ms+spin=35896ns with 1 worker" +
		"; the difference is significant, though single rounds overlap"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
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
		want, apart := notApart, slices.Max(a) < slices.Min(b) || slices.Max(b) < slices.Min(a)
		switch few := 40 * arrangements(extreme, min(rankSum(set), 45-rankSum(set))); {
		case few <= 252 && apart:
			want = beyondSpread
		case few <= 252:
			want = withinSpread
		}
		if seen[got]++; got != want {
			t.Errorf("%v and %v: %v, want %v", a, b, got, want)
		}
	}
	if seen[beyondSpread] != 2 || seen[withinSpread] != 6 || seen[notApart] != 244 {
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

// arrangements are so many with such a rank sum or a smaller one.
func arrangements(extreme map[int]int, sum int) int {
	n := 0
	for s, count := range extreme {
		if s <= sum {
			n += count
		}
	}
	return n
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
	want := []string{"significantly ahead of all other libraries, of 13 combinations of scenario and load: rueidis in 10, nobody, or it cannot be told, in 3"}
	if diff := cmp.Diff(want, d.Headlines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, s := range d.Sections {
		if len(s.Text) != 1 || !strings.HasPrefix(s.Text[0], fmt.Sprintf("s%02d: rueidis ", i)) {
			t.Errorf("section %s says %q", s.Name, s.Text)
		}
	}
}

// Of disturbed cells, each a scenario of its own, there is no leader to count.
func TestManyRecoveriesAreListed(t *testing.T) {
	read, err := results.ReadFile("../results/published/faults.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for i := range read {
		for j := range read[i].Trials {
			p := &read[i].Trials[j].Point
			p.Scenario = "of-" + p.Library + p.Variant
		}
		for j := range read[i].Header.Points {
			p := &read[i].Header.Points[j]
			p.Scenario = "of-" + p.Library + p.Variant
		}
	}
	got := headlinesOf(t, read...)
	if len(got) != mostHeadlines+1 {
		t.Fatalf("%d headlines: %q", len(got), got)
	}
	for _, line := range got[:mostHeadlines] {
		if !strings.Contains(line, ": longest time without success, ms: ") {
			t.Error(line)
		}
	}
	if want := "the sections have how long nothing succeeded in 12 more cells"; got[mostHeadlines] != want {
		t.Errorf("%s, want %s", got[mostHeadlines], want)
	}
}

// Scenarios with one library each lead nowhere.
func TestManyAlone(t *testing.T) {
	var cells []ran
	for i := range mostHeadlines + 1 {
		cells = append(cells, in(fmt.Sprintf("s%02d", i), slower("rueidis", 1)))
	}
	want := []string{"13 combinations of scenario and load: none has two libraries to compare"}
	if diff := cmp.Diff(want, headlinesOf(t, measuredRun("alone222", cells...))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNounsOfClaims(t *testing.T) {
	for unit, want := range map[string]string{
		"command": "commands", "message": "messages", "set+get": "set+get", "query": "queries", "key": "keys", "ops": "ops", "": "",
	} {
		if got := pluralUnit(unit); got != want {
			t.Errorf("%q: %q, want %q", unit, got, want)
		}
	}
	for noun, want := range map[string]string{"insert": "an insert", "flush of 16": "a flush of 16", "set": "a set"} {
		if got := articled(noun); got != want {
			t.Errorf("%q: %q, want %q", noun, got, want)
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
