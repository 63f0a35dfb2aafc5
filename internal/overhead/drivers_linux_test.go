package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/driver"
)

// newDriverSides are both sides of a client of the Python driver.
func newDriverSides(t *testing.T, name string, r *recorder) (bare, harness *process) {
	t.Helper()
	c := newComparison(t, 1, r)
	direct, through, err := c.driverSides(t.Context(), name)
	if err != nil {
		if strings.Contains(err.Error(), "needs ") {
			t.Skipf("NOT TESTED: %v", err)
		}
		t.Fatal(err)
	}
	return direct, through
}

func TestBothSidesOfADriverSendTheSame(t *testing.T) {
	for _, name := range []string{"redis-py", "redis-py:uvloop-hiredis"} {
		t.Run(name, func(t *testing.T) {
			servers := [2]*recorder{startRecorder(t), startRecorder(t)}
			bare, _ := newDriverSides(t, name, servers[0])
			_, harness := newDriverSides(t, name, servers[1])
			for i, side := range []*process{bare, harness} {
				s, err := side.run(short)
				if err != nil {
					t.Fatal(err)
				}
				if s.ops == 0 || s.window < short || s.cpu <= 0 || side.dials() != 1 {
					t.Errorf("side %d: %+v, %d connections", i, s, side.dials())
				}
			}
			const enough = 100
			if diff := cmp.Diff(servers[0].first(t, enough), servers[1].first(t, enough)); diff != "" {
				t.Errorf("bare and through the driver (-bare +driver):\n%s", diff)
			}
		})
	}
}

func TestBothSidesOfADriverCheckReplies(t *testing.T) {
	r := startRecorder(t)
	r.lies.Store(true)
	bare, harness := newDriverSides(t, "redis-py", r)
	for i, side := range []*process{bare, harness} {
		if s, err := side.run(short); err == nil {
			t.Errorf("side %d takes a wrong reply: %+v", i, s)
		}
	}
}

func TestDriversThatCannotBeCompared(t *testing.T) {
	for name, want := range map[string]string{
		"jedis": driver.ErrUnknown.Error(), "redis-py:trio": "have default, hiredis",
	} {
		c := newComparison(t, 1, startRecorder(t))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if _, err := c.compareDriver(ctx, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}
