package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// checkDisturbance is one of the invariants of every report.
func checkDisturbance(t *testing.T, row int, r Row) {
	t.Helper()
	d := r.Disturbance
	if (d != nil) != (r.Point.Disturb != "" && r.Rounds.OK > 0) {
		t.Errorf("row %d: %q and %+v, but %+v", row, r.Point.Disturb, r.Rounds, d)
	}
	if d == nil {
		return
	}
	checkMeasure(t, row, "availability", d.Availability, stats.Higher, r.Rounds.OK)
	checkMeasure(t, row, "dials", d.Dials, stats.Lower, r.Rounds.OK)
	if d.Availability != nil && d.Availability.Best > 100 {
		t.Errorf("row %d: %g %% available", row, d.Availability.Best)
	}
	for _, delays := range []Delays{d.WithoutSuccess, d.FirstSuccess, d.Normal} {
		if len(delays.Rounds) != r.Rounds.OK {
			t.Errorf("row %d: %d delays of %+v", row, len(delays.Rounds), r.Rounds)
		}
		for _, round := range append(delays.Rounds, delays.Median) {
			if round.Time < 0 || round.Unknown == "" && delays.Worst.Unknown == "" && round.Time > delays.Worst.Time {
				t.Errorf("row %d: %+v of %+v", row, round, delays)
			}
		}
	}
	if w, n := d.FirstSuccess.Worst, d.Normal.Worst; w.Unknown != "" && n.Unknown == "" {
		t.Errorf("row %d: normal after %s without any success", row, n.Time)
	}
}

func names(rows []Row) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.Point.Cell()+" "+r.Point.Client())
	}
	return names
}

func TestDisturbedRowsComeAfterTheOthers(t *testing.T) {
	want := []string{
		"sync raw", "sync rueidis",
		"sync+restart@2s raw", "sync+restart@2s rueidis", "sync+restart@2s goredis",
		"sync+pause=500ms@2s raw", "sync+pause=500ms@2s rueidis", "sync+failover@2s raw",
		"counter+kill-clients@2s+kill-clients@3s raw", "counter+kill-clients@2s+kill-clients@3s goredis",
	}
	if diff := cmp.Diff(want, names(summarize(t, "disturbed").Rows)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Without the disturbed raw, its disturbed peers are compared with nothing.
func TestVsRawIsWithinADisturbance(t *testing.T) {
	runs := readRuns(t, "disturbed")
	h := &runs[0].Header
	h.Points = slices.Clone(h.Points)
	for i := range h.Points {
		if h.Points[i].Cell() == "sync+restart@2s" && h.Points[i].Library == RawLibrary {
			h.Points[i].Disturb = "restart@1s"
		}
	}
	for i := range runs[0].Trials {
		if p := &runs[0].Trials[i].Point; p.Cell() == "sync+restart@2s" && p.Library == RawLibrary {
			p.Disturb = "restart@1s"
		}
	}
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	compared := map[string]bool{}
	for _, r := range s.Rows {
		if r.VsRaw != nil {
			compared[r.Point.Cell()] = true
		}
	}
	want := map[string]bool{"sync": true, "sync+pause=500ms@2s": true, "counter+kill-clients@2s+kill-clients@3s": true}
	if diff := cmp.Diff(want, compared); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The numbers of a row, from what its trials hold.
func TestDisturbance(t *testing.T) {
	s := summarize(t, "disturbed")
	rueidis, gone, counter := s.Rows[3].Disturbance, s.Rows[4].Disturbance, s.Rows[9].Disturbance
	const ms = time.Millisecond
	if want := (stats.Delay{Time: 253 * ms}); rueidis.WithoutSuccess.Median != want {
		t.Errorf("without success %+v, expected %+v", rueidis.WithoutSuccess, want)
	}
	if want := (stats.Delay{Time: 600 * ms}); rueidis.Normal.Median != want {
		t.Errorf("normal after %+v, expected %+v", rueidis.Normal, want)
	}
	if want := (stats.Delay{Unknown: stats.NotInTrial}); gone.FirstSuccess.Worst != want || gone.Normal.Median != want {
		t.Errorf("first success %+v, normal %+v", gone.FirstSuccess, gone.Normal)
	}
	if want := (&results.Tally{Acked: 24_000, Lost: 2, Twice: 6}); !cmp.Equal(counter.Tally, want) {
		t.Errorf("tally %+v, expected %+v: of the two rounds that are ok", counter.Tally, want)
	}
	if rueidis.Tally != nil {
		t.Errorf("sync has the tally %+v", rueidis.Tally)
	}
}

// A tally that is not known of every round is not known.
func TestUnknownTally(t *testing.T) {
	for name, unread := range map[string]func(library string, round int) bool{
		"one round":   func(library string, round int) bool { return library == RawLibrary && round == 2 },
		"every round": func(string, int) bool { return true },
	} {
		runs := readRuns(t, "disturbed")
		for i := range runs[0].Trials {
			trial := &runs[0].Trials[i]
			if trial.Point.Scenario == counting && trial.Measured != nil && unread(trial.Point.Library, trial.Round) {
				trial.Tally = nil
			}
		}
		s, err := Summarize(runs)
		if err != nil {
			t.Fatal(err)
		}
		if raw := s.Rows[8].Disturbance; s.Rows[8].Point.Library != RawLibrary || raw.Tally != nil || raw.json(nil).Lost != nil {
			t.Errorf("%s: %+v", name, raw)
		}
		sheets := s.disturbed()
		sheet := sheets[len(sheets)-1]
		for _, c := range sheet.columns {
			if slices.Contains([]string{"lost", "unsure", "twice"}, c.name) && c.cells[0] != unknown {
				t.Errorf("%s: %s is %q", name, c.name, c.cells)
			}
		}
		isLost := func(c column) bool { return c.name == "lost" }
		if !slices.ContainsFunc(sheet.columns, isLost) || !slices.Contains(sheet.footnotes, unreadNote) {
			t.Errorf("%s: columns %+v, footnotes %q", name, sheet.columns, sheet.footnotes)
		}
	}
}

// What is said of a row holds for each of its rounds.
func TestDisturbanceOfSeveralRounds(t *testing.T) {
	p := results.Point{Disturb: "restart@1s"}
	of := func(pause, took time.Duration) round {
		return round{Trial: results.Trial{
			Measured:     &results.Measured{Outages: []results.Outage{{Start: 0, End: pause}}},
			Disturbances: []results.Disturbance{{At: time.Second, Took: took}, {At: 2 * time.Second, Took: 1}},
		}}
	}
	d := disturbance(p, []round{of(9, 30), of(30*time.Millisecond, 20), of(9, 10)})
	if d.Resolution != 30*time.Millisecond || !slices.Equal(d.Took, []time.Duration{30, 20, 10}) {
		t.Errorf("%+v", d)
	}
	if d.Availability != nil {
		t.Errorf("of no attempt %+v were served", d.Availability)
	}
}

// Several kinds of op are several rows, but one row of what happened.
func TestDisturbedKindsAreOneRow(t *testing.T) {
	runs := readRuns(t, "disturbed")
	whole := len(summarize(t, "disturbed").Rows)
	for i := range runs[0].Trials {
		m := runs[0].Trials[i].Measured
		other := m.Kinds[0]
		other.Name = "other"
		m.Kinds = append(m.Kinds, other)
	}
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rows) != 2*whole-1 { // the skip has no kind
		t.Fatalf("%d rows of %d", len(s.Rows), whole)
	}
	if cells := s.disturbed()[0].columns[0].cells; !slices.Equal(cells, []string{"raw", "rueidis", "goredis"}) {
		t.Errorf("rows of %q", cells)
	}
}

// A single round has no median, and what was never normal says so.
func TestDisturbedCells(t *testing.T) {
	runs := readRuns(t, "disturbed")
	runs[0].Trials = slices.DeleteFunc(runs[0].Trials, func(t results.Trial) bool { return t.Round > 1 })
	runs[0].Trials[0].Slices.Ops = nil // of raw, restarted
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	sheet := s.disturbed()[0]
	cells := map[string]string{}
	for _, c := range sheet.columns {
		cells[c.name] = strings.Join(c.cells[:3], " | ")
	}
	want := map[string]string{
		"client": "raw | rueidis | goredis", "available": "99.59 | 99.98 | 90.68",
		"without success": "201 | 230 | 4,013", "first success": "201 | 230 | never", "normal again": "n/a | 500 | never",
		"dials": "20 | 4 | 1,210", "errors": "refused 40, reset 10 | reset 2 | refused 1,234",
	}
	delete(cells, "status")
	if diff := cmp.Diff(want, cells); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	notes := s.disturbed()[2].footnotes
	if !slices.Contains(notes, neverNote) || !slices.Contains(notes, "n/a: too little was seen before the disturbance") || sheet.footnotes != nil {
		t.Errorf("footnotes %q", notes)
	}
}

// Nothing about disturbances is shown where there is none.
func TestUndisturbed(t *testing.T) {
	if sheets := summarize(t, "default").disturbed(); len(sheets) != 0 {
		t.Errorf("%+v", sheets)
	}
	runs := readRuns(t, "disturbed")
	for i := range runs[0].Trials {
		runs[0].Trials[i].Status = results.Failed
	}
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := writeTable(&out, s, Layout{}); err != nil || len(s.disturbed()) != 0 || strings.Contains(out.String(), "first success") {
		t.Errorf("%v: tables of nothing:\n%s", err, out.String())
	}
}

func TestPercentWords(t *testing.T) {
	for value, want := range map[float64]string{
		100: "100", 0: "0", 50: "50.00", 99.97: "99.97", 99.994: "99.994", 99.996: "99.996",
		99.99996: "99.99996", 0.0004: "0.0004",
	} {
		if got := percentWords(value); got != want {
			t.Errorf("%v: %q, expected %q", value, got, want)
		}
	}
}

func TestDelayWords(t *testing.T) {
	tests := []struct {
		delay stats.Delay
		want  string
	}{
		{stats.Delay{Time: 1501 * time.Millisecond}, "1,501"},
		{stats.Delay{Time: 7400 * time.Microsecond}, "7"},
		{stats.Delay{}, "<5"},
		{stats.Delay{Unknown: stats.NotInTrial}, "never"},
		{stats.Delay{Unknown: "another reason"}, "n/a"},
	}
	for _, test := range tests {
		if got := delayWords(test.delay, 5*time.Millisecond); got != test.want {
			t.Errorf("%+v: %q, expected %q", test.delay, got, test.want)
		}
	}
}

func TestDisturbWords(t *testing.T) {
	for disturb, want := range map[string]string{
		"kill-clients@2s":           "the server closed the client's connections after 2s",
		"pause=500ms@2s+restart@4s": "the server paused for 500ms after 2s, the server was killed and started again after 4s",
		"failover@1.5s":             "a replica took over after 1.5s",
		"earthquake":                "disturbed by earthquake",
	} {
		if got := disturbWords(disturb); got != want {
			t.Errorf("%s: %q, expected %q", disturb, got, want)
		}
	}
}

func TestRedirects(t *testing.T) {
	tests := []struct {
		name, disturb string
		redirects     map[string]int64 // of each of two rounds
		want          string
	}{
		{"none", "", nil, ""},
		{"asked", "", map[string]int64{"moved": 0, "ask": 0}, ""},
		{"moved", "", map[string]int64{"moved": 600}, "the cluster answered 1,200 MOVED: slots were moving"},
		{"both", "kill-clients@2s", map[string]int64{"moved": 6, "ask": 1}, "the cluster answered 12 MOVED and 2 ASK: slots were moving"},
		{"by failover", "pause=1s@1s+failover@2s", map[string]int64{"moved": 6}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := cell{point: results.Point{Disturb: test.disturb}}
			c.trials = []results.Trial{{Redirects: test.redirects}, {Redirects: test.redirects}}
			text := ""
			for _, w := range c.warnings(nil) {
				text += w.Text
			}
			if text != test.want {
				t.Errorf("%q, expected %q", text, test.want)
			}
		})
	}
}

// That the rounds of a disturbed cell spread is no fault of the machine.
func TestDisturbedSpreadIsNoWarning(t *testing.T) {
	wide := stats.Summarize([]float64{1, 100, 1}, stats.Higher)
	for disturb, want := range map[string]int{"": 1, "restart@2s": 0} {
		c := cell{point: results.Point{Disturb: disturb}}
		if got := c.warnings(wide); len(got) != want {
			t.Errorf("%q: %+v", disturb, got)
		}
	}
}
