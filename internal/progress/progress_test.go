package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

var point = results.Point{Scenario: "concurrent", Library: "redigo", Variant: "conn", Load: results.Load{Workers: 8, Depth: 4}}

// show plays a run of two trials of a second each.
func show(mode string, width int) string {
	var out bytes.Buffer
	left := func(done int) time.Duration { return time.Duration(2-done) * time.Second }
	d := New(&out, mode, 2, func() int { return width }, left)
	d.Loading(10, 100)
	d.Loaded(100, 3*time.Millisecond)
	for number := 1; number <= 2; number++ {
		d.drawn = time.Time{} // a redraw is due
		d.TrialStarted(number, point, 1)
		d.drawn = time.Time{}
		d.Beat(results.Event{Ops: 7, Errors: 2})
		status, reason := results.OK, ""
		if number == 2 {
			status, reason = results.Failed, "it broke\ngoroutine 1 [running]:"
		}
		d.TrialEnded(number, results.Trial{Status: status, Reason: reason, Measured: &results.Measured{Ops: 50, Window: time.Second}})
	}
	d.Done()
	return out.String()
}

func TestPlainHasALineForEachTrial(t *testing.T) {
	want := []string{
		"loaded 100 keys in 3ms",
		"[1/2] round 1  concurrent redigo:conn 8 workers depth 4  ok  50 ops/s  about 2s left",
		"[2/2] round 1  concurrent redigo:conn 8 workers depth 4  failed  50 ops/s: it broke  about 0s left",
	}
	got := strings.Split(strings.TrimSpace(show(Plain, 0)), "\n")
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestLineRedrawsAndClears(t *testing.T) {
	got := show(Line, 0)
	if strings.Contains(got, "goroutine") || !strings.Contains(got, "7 ops  2 errors") || !strings.Contains(got, "failed  50 ops/s: it broke\n") {
		t.Errorf("got %q", got)
	}
	if !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("the line is not cleared at the end: %q", got)
	}
}

func TestLineFitsTheTerminal(t *testing.T) {
	for part := range strings.SplitSeq(show(Line, 20), "\r\x1b[K") {
		if !strings.HasSuffix(part, "\n") && len(part) > 19 {
			t.Errorf("%q is wider than the terminal", part)
		}
	}
}

func TestNoneIsQuiet(t *testing.T) {
	if got := show(None, 0); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestRounded(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 1400 * time.Millisecond: "1s", 59 * time.Second: "59s", 87 * time.Second: "1m27s", time.Hour: "60m00s"} {
		if got := Rounded(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
