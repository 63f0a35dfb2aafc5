package progress

import (
	"io"
	"math"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"respbench.dev/respbench/results"
)

// However often a run tells of itself, it is drawn four times a second; and
// what has not changed, not at all.
func TestRedrawsFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		d := New(out, Area, work(9), fixed(80))
		time.Sleep(10 * time.Second)
		if len(out.times) != 0 {
			t.Errorf("%d writes with nothing to show", len(out.times))
		}
		const seconds = 8
		for trial := range seconds {
			d.TrialStarted(trial+1, point, trial+1)
			for beat := range 1000 {
				d.Beat(results.Event{Ops: int64(beat)})
				time.Sleep(time.Millisecond)
			}
			d.TrialEnded(trial+1, record(trial+1, results.Failed, 1, "broken"))
		}
		d.Loading(1, 2)
		d.area()
		for i, at := range out.times[1:] {
			if at.Sub(out.times[i]) < 250*time.Millisecond {
				t.Fatalf("two writes within %v", at.Sub(out.times[i]))
			}
		}
		before := len(out.times)
		if before < 4*seconds-1 {
			t.Errorf("%d writes in %d s, want four a second", before, seconds)
		}
		time.Sleep(time.Minute)
		if len(out.times) != before {
			t.Errorf("%d writes though nothing changed", len(out.times)-before)
		}
		d.Done()
	})
}

// A terminal that takes nothing does not keep the run waiting.
func TestRunDoesNotWaitForTheTerminal(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		read, write := io.Pipe()
		d := New(write, Area, work(2), fixed(80))
		for round := 1; round <= 2; round++ {
			d.TrialStarted(round, point, round)
			time.Sleep(time.Second) // now the goroutine hangs in its write
			d.Beat(results.Event{Ops: 1})
			d.TrialEnded(round, record(round, results.Failed, 1, "broken"))
		}
		go func() { _, _ = io.Copy(io.Discard, read) }()
		d.Done()
		_ = write.Close()
	})
}

// As long as somebody else has the terminal, nothing is written; what is to
// stay comes afterwards, at the latest in the end.
func TestWaitsWhileTheTerminalIsNotOurs(t *testing.T) {
	for _, mode := range []string{Area, Plain} {
		synctest.Test(t, func(t *testing.T) {
			var ours atomic.Bool
			out, screen := &recorder{}, fixed(80)
			screen.Ours = ours.Load
			d := New(out, mode, work(3), screen)
			trial := func(round int) {
				d.TrialStarted(round, point, round)
				d.TrialEnded(round, record(round, results.Failed, 1, "broken"))
				d.area()
			}
			trial(1)
			if out.String() != "" {
				t.Errorf("%s: written to the terminal of another: %q", mode, out.String())
			}
			ours.Store(true)
			trial(2)
			if !strings.Contains(out.String(), "[1/3]") || !strings.Contains(out.String(), "[2/3]") {
				t.Errorf("%s: lines are missing: %q", mode, out.String())
			}
			ours.Store(false)
			trial(3)
			before := out.String()
			d.Done()
			after := strings.TrimPrefix(out.String(), before)
			if !strings.HasPrefix(after, "[3/3]") || strings.Contains(after, "\x1b") {
				t.Errorf("%s: in the end %q, want the last line, and nothing cleared that is another's", mode, after)
			}
		})
	}
}

// After a suspension the shell has written beneath the area, which must stay.
func TestBeginsAnewAfterSuspension(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, resumed, screen := &recorder{}, make(chan os.Signal, 1), fixed(80)
		screen.Resumed = resumed
		d := New(out, Area, work(2), screen)
		d.TrialStarted(1, point, 1)
		d.area()
		before := out.String()
		resumed <- syscall.SIGTERM // whichever it is
		synctest.Wait()
		if again := d.area(); strings.TrimPrefix(out.String(), before) != again {
			t.Errorf("after %q came %q, want only %q", before, strings.TrimPrefix(out.String(), before), again)
		}
		d.Done()
	})
}

// hostile is a text that would clear the screen, ring, turn the line around and
// forge another.
const hostile = "a\x1b[2J\x07\u009b31m\u202eb\r\x00\xffgreat"

func TestHostileTextStaysText(t *testing.T) {
	for _, mode := range []string{Plain, Area} {
		synctest.Test(t, func(t *testing.T) {
			out := &recorder{}
			d := New(out, mode, work(1), fixed(60))
			d.Side(hostile)
			p := point
			p.Load.Mix = hostile
			d.TrialStarted(1, p, 1)
			d.area()
			record := record(1, results.Failed, 1, hostile)
			record.Point = p
			d.TrialEnded(1, record)
			d.Done()
			text := strings.NewReplacer("\r\x1b[3A\x1b[J", "", "\n", "").Replace(out.String())
			if !strings.Contains(text, "great") {
				t.Errorf("the text is not there: %q", text)
			}
			if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("%s: control characters came through: %q", mode, text)
			}
		})
	}
}

// Whatever the width and the height, an area fits, wide characters too, and a
// wider one says no less.
func TestAreaFits(t *testing.T) {
	wide := point
	wide.Scenario = "並行処理"
	s := state{stage: measuring, number: 3, round: 2, failed: 1, side: "新しい", cell: wide.Cell(), client: wide.Client(), load: "8 workers"}
	s.beat(beat{time.Unix(1, 0), 0, 0})
	s.beat(beat{time.Unix(2, 0), 123456, 7})
	same := func(text string) string { return text }
	said := 0
	for most := 1; most < 100; most++ {
		lines := s.lines(time.Unix(3, 0), work(5), most, same)
		for _, l := range lines {
			if width(l) > most {
				t.Errorf("%q is wider than %d", l, most)
			}
		}
		now := len(strings.Fields(lines[1]))
		if now < said {
			t.Errorf("%d columns say %q, less than fewer do", most, lines[1])
		}
		said = now
	}
	if want := 7; said != want {
		t.Errorf("at last %d words, want all %d", said, want)
	}
}

// When a terminal is narrowed, the lines of an area take more rows, unless it
// cuts them off.
func TestNarrowedTerminal(t *testing.T) {
	for truncates, want := range map[bool]string{true: "\r\x1b[3A\x1b[J", false: "\r\x1b[5A\x1b[J"} {
		synctest.Test(t, func(t *testing.T) {
			var columns atomic.Int64
			columns.Store(80)
			out := &recorder{}
			d := New(out, Area, work(2), Screen{Size: func() (int, int) { return int(columns.Load()), 24 }, Truncates: truncates})
			d.TrialStarted(1, point, 1)
			d.area() // 60, 53 and 8 columns wide
			before := out.String()
			columns.Store(40)
			d.area()
			if drawn := strings.TrimPrefix(out.String(), before); !strings.HasPrefix(drawn, want) {
				t.Errorf("truncates %v: %q, want %q first", truncates, drawn, want)
			}
			d.Done()
		})
	}
}

func TestLowTerminal(t *testing.T) {
	for rows, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 2, 4: 3, 24: 3} {
		synctest.Test(t, func(t *testing.T) {
			d := New(&recorder{}, Area, work(2), Screen{Size: func() (int, int) { return 80, rows }})
			d.TrialStarted(1, point, 1)
			if got := strings.Count(d.area(), "\n"); got != want {
				t.Errorf("%d lines on %d rows, want %d", got, rows, want)
			}
			d.Done()
		})
	}
}

func TestColour(t *testing.T) {
	for _, color := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			out, screen := &recorder{}, fixed(100)
			screen.Color = color
			play(out, Area, screen)
			if got := strings.Contains(out.String(), "\x1b[31mfailed  50 ops/s: it broke\x1b[0m\n"); got != color {
				t.Errorf("colour %v: %q", color, out.String())
			}
			if got := strings.Contains(out.String(), "m"+"1/2 ok"); got != color {
				t.Errorf("colour %v: %q", color, out.String())
			}
		})
	}
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		share float64
		most  int
		want  string
	}{
		{0, 10, "x"}, {0.5, 9, "[##..]  x"}, {1, 9, "[####]  x"}, {2, 9, "[####]  x"}, {-1, 9, "[....]  x"}, {math.NaN(), 8, "x"},
	} {
		if got := bar(test.share, test.most, "x"); got != test.want && test.share != 0 {
			t.Errorf("%v in %d: %q, want %q", test.share, test.most, got, test.want)
		}
	}
}

// Four of these a second are what drawing costs while everything changes.
func BenchmarkDraw(b *testing.B) {
	d := New(io.Discard, Plain, work(60), fixed(80)) // no goroutine draws meanwhile
	defer d.Done()
	d.mode = Area
	d.TrialStarted(12, point, 3)
	b.ReportAllocs()
	ops := int64(0)
	for b.Loop() {
		ops += 9000
		d.Beat(results.Event{Ops: ops, Errors: 3})
		d.draw(false)
	}
	b.ReportMetric(100*4*b.Elapsed().Seconds()/float64(b.N), "%core@4Hz")
}
