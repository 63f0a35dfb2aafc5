package progress

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"respbench.dev/respbench/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var point = results.Point{Scenario: "concurrent", Library: "redigo", Variant: "conn", Load: results.Load{Workers: 8, Depth: 4}}

// A recorder is what a display writes to, and when it did.
type recorder struct {
	mu    sync.Mutex
	text  bytes.Buffer
	times []time.Time
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.times = append(r.times, time.Now())
	return r.text.Write(p)
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// fixed is a terminal that keeps its size.
func fixed(columns int) Screen {
	return Screen{Size: func() (int, int) { return columns, 24 }}
}

// work is one point in so many rounds of a second each.
func work(rounds int) Work {
	return Work{Points: []results.Point{point}, Trials: rounds, Rounds: rounds, Left: func(done int) time.Duration {
		return time.Duration(rounds-done) * time.Second
	}}
}

func record(round int, status results.Status, ops int64, reason string) results.Trial {
	return results.Trial{Point: point, Round: round, Status: status, Reason: reason, Measured: &results.Measured{Ops: ops, Window: time.Second}}
}

// play shows a run of two trials of a second each, the second of which fails.
func play(out *recorder, mode string, screen Screen) {
	d := New(out, mode, work(2), screen)
	d.Loading(10, 100)
	time.Sleep(time.Second)
	d.Loaded(100, 3*time.Millisecond)
	for round := 1; round <= 2; round++ {
		d.TrialStarted(round, point, round)
		for beat := range 4 {
			d.Beat(results.Event{Ops: int64(beat) * 2500, Errors: int64(beat)})
			time.Sleep(250 * time.Millisecond)
		}
		if round == 1 {
			d.TrialEnded(round, record(round, results.OK, 10_000, ""))
		} else {
			d.TrialEnded(round, record(round, results.Failed, 50, "it broke\ngoroutine 1 [running]:"))
		}
	}
	time.Sleep(time.Second)
	d.Done()
	d.Done()
}

func TestPlainHasALineForEachTrial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		play(out, Plain, Screen{})
		want := `loaded 100 keys in 3ms
[1/2] round 1  concurrent redigo:conn 8 workers depth 4  ok  10000 ops/s  about 1s left
[2/2] round 2  concurrent redigo:conn 8 workers depth 4  failed  50 ops/s: it broke  about 0s left
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestNoneIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		play(out, None, fixed(80))
		if out.String() != "" {
			t.Errorf("got %q", out.String())
		}
	})
}

// What stays of an area is as if it had never been there.
func TestAreaLeavesFailuresAndCells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		play(out, Area, fixed(100))
		var stays strings.Builder
		for _, drawn := range strings.SplitAfter(out.String(), "\x1b[J")[1:] {
			for l := range strings.Lines(drawn) {
				if strings.HasPrefix(l, "loaded") || strings.Contains(l, "failed  50") || strings.Contains(l, "/2 ok") {
					stays.WriteString(l)
				}
			}
		}
		want := `loaded 100 keys in 3ms
[2/2] round 2  concurrent redigo:conn 8 workers depth 4  failed  50 ops/s: it broke
concurrent  redigo:conn  8 workers depth 4  1/2 ok  10,000 ops/s  0 errors
`
		if diff := cmp.Diff(want, stays.String()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if !strings.HasSuffix(out.String(), "\x1b[1A\x1b[J") {
			t.Errorf("the area is not cleared at the end: %q", out.String())
		}
	})
}

// area is what is drawn once the display has had the time.
func (d *Display) area() string {
	time.Sleep(redrawEvery)
	synctest.Wait()
	d.canvas.mu.Lock()
	defer d.canvas.mu.Unlock()
	return d.canvas.text
}

func TestAreaShowsWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(&recorder{}, Area, work(5), fixed(200))
		defer d.Done()
		expect := func(when, want string) {
			t.Helper()
			if diff := cmp.Diff(want, d.area()); diff != "" {
				t.Errorf("%s (-want +got)\n%s", when, diff)
			}
		}
		expect("before anything", "")
		d.Loading(25_000, 100_000)
		expect("loading", "[#######.......................]  loading  25,000 of 100,000 keys\n")
		d.Loaded(100_000, time.Second)
		expect("loaded", "")
		d.Side("base")
		d.TrialStarted(1, point, 1)
		expect("started", `[#.............................]  1/5  about 5s left
round 1/5  base  concurrent  redigo:conn  8 workers depth 4
starting
`)
		d.Beat(results.Event{Ops: 4000}) // of the warm-up
		time.Sleep(250 * time.Millisecond)
		d.Beat(results.Event{Ops: 0})
		time.Sleep(250 * time.Millisecond)
		d.Beat(results.Event{Ops: 8000, Errors: 1})
		expect("measuring", `[######........................]  1/5  about 4s left
round 1/5  base  concurrent  redigo:conn  8 workers depth 4
32,000 ops/s  8,000 ops  1 error
`)
		time.Sleep(time.Second)
		d.TrialEnded(1, record(1, results.Failed, 5, "broken"))
		d.TrialStarted(2, point, 2)
		expect("behind its estimate", `[######........................]  2/5  1 failed  about 9s left
round 2/5  base  concurrent  redigo:conn  8 workers depth 4
starting
`)
		d.TrialEnded(2, record(2, results.Interrupted, 0, "ended by SIGINT"))
		expect("interrupted", "[############..................]  2/5  1 failed  finishing\n")
	})
}

// A cell is over when each of its rounds has been there, in whatever order and
// of whatever run; what was not carried out counts for nothing.
func TestCellIsOverAfterItsLastRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		d := New(out, Area, work(3), fixed(200))
		d.Earlier([]results.Trial{record(1, results.OK, 1500, ""), record(2, results.Interrupted, 7, "")})
		d.TrialStarted(1, point, 3)
		d.TrialEnded(1, record(3, results.OK, 1000, ""))
		d.area()
		if strings.Contains(out.String(), "3 ok") {
			t.Errorf("the cell is over before its last round: %q", out.String())
		}
		d.TrialStarted(2, point, 2)
		d.TrialEnded(2, record(2, results.OK, 3000, ""))
		d.Done()
		want := "concurrent  redigo:conn  8 workers depth 4  3/3 ok  1,000..3,000  median 1,500 ops/s  0 errors\n"
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %q, want %q in it", out.String(), want)
		}
	})
}

// A run may end before its last planned round, when it is precise enough.
func TestCellsOfAnEarlyEndHaveTheirLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other, out := point, &recorder{}
		other.Variant = "pool"
		w := work(40)
		w.Points, w.Trials = []results.Point{point, other}, 80
		d := New(out, Area, w, fixed(100))
		for i, p := range []results.Point{point, other, other, point} {
			d.TrialStarted(i+1, p, 1+i/2)
			trial := record(1+i/2, results.OK, int64(1000*(i+1)), "")
			trial.Point = p
			d.TrialEnded(i+1, trial)
		}
		d.Done()
		want := "concurrent  redigo:conn  8 workers depth 4  2/2 ok  1,000..4,000  median 2,500 ops/s  0 errors\n" +
			"concurrent  redigo:pool  8 workers depth 4  2/2 ok  2,000..3,000  median 2,500 ops/s  0 errors\n"
		if out.String() != want {
			t.Errorf("got %q, want %q", out.String(), want)
		}
	})
}

// Cells of one scenario and client differ in their words, too.
func TestLoadsAreToldApart(t *testing.T) {
	other := point
	other.Load.Rate, other.Load.Keys = 1000, "zipf:0.99"
	n := newNames([]results.Point{point, other})
	for p, want := range map[*results.Point]string{
		&point: "8 workers depth 4 keys each worker its own rate closed loop",
		&other: "8 workers depth 4 keys zipf:0.99 rate 1000/s",
	} {
		if got := n.load(*p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRounded(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 1400 * time.Millisecond: "1s", 59 * time.Second: "59s", 87 * time.Second: "1m27s", time.Hour: "60m00s"} {
		if got := Rounded(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 3.14: "3.1", 9.99: "10.0", 31.4: "31", 999: "999", 1000: "1,000", 1234567.8: "1,234,568"} {
		if got := grouped(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\nc": "a b c", "\x1b[1m": `\u001b[1m`, "\u202e": `\u202e`, "\U000e0041x": `\udb40\udc41x`, "\U0001f600": "\U0001f600", "\xff": "\ufffd",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		sorted []float64
		want   float64
	}{{[]float64{4}, 4}, {[]float64{1, 2}, 1.5}, {[]float64{1, 2, 9}, 2}} {
		if got := median(test.sorted); got != test.want {
			t.Errorf("of %v: %v, want %v", test.sorted, got, test.want)
		}
	}
}

func ExampleDescribe() {
	fmt.Println(Describe(point))
	// Output: concurrent redigo:conn 8 workers depth 4
}
