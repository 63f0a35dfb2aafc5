package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clockwork is for tests whose clock goes on when all are asleep.
type clockwork struct{}

func (clockwork) sleep(until time.Time) { time.Sleep(time.Until(until)) }
func (clockwork) close()                {}

func testLine(delay time.Duration, pieces int) line {
	return line{delay, pieces, 8, func() (sleeper, error) { return clockwork{}, nil }}
}

// A source gives each piece at its time, or when it is asked if that is later,
// and then ends with err.
type source struct {
	start  time.Time
	pieces []arrival
	err    error
}

func (s *source) Read(b []byte) (int, error) {
	if len(s.pieces) == 0 {
		return 0, s.err
	}
	p := s.pieces[0]
	s.pieces = s.pieces[1:]
	time.Sleep(time.Until(s.start.Add(p.At)))
	return copy(b, p.Data), nil
}

type arrival struct {
	At   time.Duration
	Data string
}

// A sink notes what arrives and fails at the piece fail.
type sink struct {
	start time.Time
	got   []arrival
	fail  string
}

var errSink = errors.New("sink is full")

func (s *sink) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	s.got = append(s.got, arrival{time.Since(s.start), string(b)})
	if string(b) == s.fail {
		return 0, errSink
	}
	return len(b), nil
}

func TestCarry(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	sent := []arrival{{0, "a"}, {3 * ms, "bb"}, {3 * ms, "c"}, {25 * ms, "dddddddd"}}
	broken := errors.New("source is broken")
	for name, test := range map[string]struct {
		pieces int
		end    error
		fail   string
		want   []arrival
		ended  time.Duration
		err    error
	}{
		"each comes late, in order": {
			pieces: 16, end: io.EOF, ended: 35 * ms,
			want: []arrival{{10 * ms, "a"}, {13 * ms, "bb"}, {13 * ms, "c"}, {35 * ms, "dddddddd"}},
		},
		// c is taken when a has gone, and the end when bb has.
		"no more are on their way than it holds": {
			pieces: 2, end: io.EOF, ended: 35 * ms,
			want: []arrival{{10 * ms, "a"}, {13 * ms, "bb"}, {20 * ms, "c"}, {35 * ms, "dddddddd"}},
		},
		"what was sent before a failure arrives": {
			pieces: 16, end: broken, ended: 35 * ms, err: broken,
			want: []arrival{{10 * ms, "a"}, {13 * ms, "bb"}, {13 * ms, "c"}, {35 * ms, "dddddddd"}},
		},
		"nothing is written after a failed write, and all is taken": {
			pieces: 2, end: io.EOF, fail: "bb", ended: 25 * ms, err: errSink,
			want: []arrival{{10 * ms, "a"}, {13 * ms, "bb"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				src, dst := &source{start, sent, test.end}, &sink{start: start, fail: test.fail}
				err := testLine(10*ms, test.pieces).carry(dst, src)
				if !errors.Is(err, test.err) {
					t.Errorf("carry: %v, want %v", err, test.err)
				}
				if diff := cmp.Diff(test.want, dst.got); diff != "" {
					t.Errorf("arrived (-want +got):\n%s", diff)
				}
				if took := time.Since(start); took != test.ended {
					t.Errorf("ended after %s, want %s", took, test.ended)
				}
			})
		})
	}
}

func TestCarryWithoutSleeper(t *testing.T) {
	t.Parallel()
	refused := errors.New("no timers")
	l := line{time.Millisecond, 1, 8, func() (sleeper, error) { return nil, refused }}
	if err := l.carry(io.Discard, strings.NewReader("a")); !errors.Is(err, refused) {
		t.Errorf("carry: %v, want %v", err, refused)
	}
}

// A piece that is early would make a round trip shorter than was asked.
func TestPreciseSleeper(t *testing.T) {
	t.Parallel()
	s, err := preciseSleeper()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for _, d := range []time.Duration{5 * time.Millisecond, 50 * time.Microsecond, 0, -time.Hour, 3 * time.Millisecond} {
		until := time.Now().Add(d)
		s.sleep(until)
		if early := time.Until(until); early > 0 {
			t.Errorf("sleep for %s ended %s early", d, early)
		}
	}
}
