package stats

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ms = time.Millisecond

// calm is a course of five seconds in slices of 100 ms with an event after two:
// 1,000 ops a slice, all in the third bucket.
func calm() Course {
	c := Course{Window: 5040 * ms, Length: 100 * ms, Shortest: 5 * ms, Events: []Event{{At: 2030 * ms}}}
	for range 51 {
		c.Ops = append(c.Ops, 1000)
		c.Errors = append(c.Errors, 0)
		c.Coarse = append(c.Coarse, []int64{0, 0, 1000})
	}
	return c
}

// slow has that many ops a slice from one slice up to another.
func (c Course) slow(from, to int, ops int64) {
	for i := from; i < to; i++ {
		c.Ops[i] = ops
	}
}

func known(d time.Duration) Delay { return Delay{Time: d} }

var never = Delay{Unknown: NotInTrial}

func TestRecovery(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Course)
		want   Recovery
	}{
		{"nothing to see", func(*Course) {}, Recovery{Resolution: 5 * ms}},
		{
			"an outage", func(c *Course) {
				c.Outages = []Outage{{2031 * ms, 2531 * ms}}
				c.slow(20, 25, 0)
				c.slow(25, 26, 500)
			},
			// Slice 26 begins 570 ms after the event.
			Recovery{known(500 * ms), known(500 * ms), known(600 * ms), 5 * ms},
		},
		{
			"clipped to the event", func(c *Course) { c.Outages = []Outage{{2000 * ms, 2050 * ms}} },
			Recovery{known(20 * ms), known(20 * ms), known(0), 5 * ms},
		},
		{
			"ordinary pauses", func(c *Course) {
				c.Outages = []Outage{{500 * ms, 520 * ms}, {2031 * ms, 2051 * ms}, {2100 * ms, 2121 * ms}}
			},
			Recovery{known(21 * ms), known(21 * ms), known(0), 20 * ms},
		},
		{
			"an outage long after is not the event's", func(c *Course) { c.Outages = []Outage{{3031 * ms, 3041 * ms}} },
			Recovery{known(0), known(0), known(0), 5 * ms},
		},
		{
			// It takes a second to be made, and what it does comes later still.
			"late effect", func(c *Course) {
				c.Events[0].Took = 1700 * ms
				c.Outages = []Outage{{3900 * ms, 3995 * ms}}
				c.slow(39, 41, 100)
			},
			Recovery{known(95 * ms), known(95 * ms), known(2100 * ms), 5 * ms},
		},
		{
			"no success any more", func(c *Course) {
				c.Outages = []Outage{{2031 * ms, 5040 * ms}}
				c.slow(20, 51, 0)
			},
			Recovery{known(3009 * ms), never, never, 5 * ms},
		},
		{
			"success, but never normal", func(c *Course) {
				c.Outages = []Outage{{2031 * ms, 2131 * ms}}
				c.slow(20, 51, 749)
			},
			Recovery{known(100 * ms), known(100 * ms), never, 5 * ms},
		},
		{
			"slices that were never begun had no ops", func(c *Course) {
				c.Ops, c.Errors, c.Coarse = c.Ops[:21], c.Errors[:21], c.Coarse[:21]
			},
			Recovery{Normal: never, Resolution: 5 * ms},
		},
		{
			"nothing done", func(c *Course) { c.Events = nil },
			Recovery{Delay{Unknown: noEvent}, Delay{Unknown: noEvent}, Delay{Unknown: noEvent}, 0},
		},
		{
			"too early", func(c *Course) { c.Events[0].At = 390 * ms },
			Recovery{Normal: Delay{Unknown: noBasis}, Resolution: 5 * ms},
		},
		{
			"no slices", func(c *Course) { c.Length, c.Ops, c.Errors, c.Coarse = 0, nil, nil, nil },
			Recovery{Normal: Delay{Unknown: noBasis}, Resolution: 5 * ms},
		},
		{
			"the worst of two events", func(c *Course) {
				c.Events = append(c.Events, Event{At: 3000 * ms})
				c.Outages = []Outage{{2040 * ms, 2340 * ms}, {3001 * ms, 3031 * ms}}
				c.slow(20, 24, 0)
				c.slow(30, 31, 700)
			},
			Recovery{known(330 * ms), known(300 * ms), known(400 * ms), 5 * ms},
		},
		{
			"an outage before the second event is not the second's", func(c *Course) {
				c.Events = append(c.Events, Event{At: 3000 * ms})
				c.Outages = []Outage{{2040 * ms, 2050 * ms}, {3001 * ms, 3031 * ms}}
			},
			Recovery{known(40 * ms), known(30 * ms), known(0), 5 * ms},
		},
		{
			"the cut slice proves nothing", func(c *Course) { c.Events[0].At = 4830 * ms },
			Recovery{Normal: never, Resolution: 5 * ms},
		},
		{
			"two events in one outage", func(c *Course) {
				c.Events = append(c.Events, Event{At: 2200 * ms})
				c.Outages = []Outage{{2040 * ms, 2640 * ms}}
				c.slow(20, 27, 0)
			},
			Recovery{known(600 * ms), known(600 * ms), known(700 * ms), 5 * ms},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := calm()
			test.change(&c)
			if diff := cmp.Diff(test.want, c.Recovery()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The event is in slice 20: what of the slices is normal.
func TestNormal(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Course)
		want   time.Duration
	}{
		{"three quarters of the ops", func(c *Course) { c.slow(20, 26, 750) }, 0},
		{"fewer", func(c *Course) { c.slow(20, 26, 749) }, 600 * ms},
		{"an error", func(c *Course) { c.Errors[20], c.Errors[21], c.Errors[22] = 1, 1, 1 }, 300 * ms},
		{"one bucket higher", func(c *Course) { c.Coarse[20] = []int64{0, 0, 0, 1000} }, 0},
		{"two buckets higher", func(c *Course) { c.Coarse[20] = []int64{0, 0, 0, 0, 1000} }, 100 * ms},
		{"one sample in a hundred", func(c *Course) { c.Coarse[20] = []int64{0, 0, 990, 0, 10} }, 0},
		{"a few more", func(c *Course) { c.Coarse[20] = []int64{0, 0, 989, 0, 11} }, 100 * ms},
		{"two normal slices are too few", func(c *Course) { c.Errors[20], c.Errors[23] = 1, 1 }, 400 * ms},
		{"what comes after three is not the event's", func(c *Course) { c.Errors[20], c.Errors[24] = 1, 1 }, 100 * ms},
		{"before it was made nothing is proved", func(c *Course) { c.Events[0].Took, c.Errors[24] = 400*ms, 1 }, 500 * ms},
		{"the first slice is no basis", func(c *Course) { c.slow(0, 1, 1_000_000); c.slow(20, 21, 749) }, 100 * ms},
		{"one stall before is set aside", func(c *Course) { c.Coarse[7] = []int64{9: 1000}; c.Coarse[20] = []int64{5: 1000} }, 100 * ms},
		{"and one with few ops", func(c *Course) { c.slow(7, 8, 1); c.slow(20, 26, 500) }, 600 * ms},
		{"as slow as slices before", func(c *Course) { c.slow(7, 9, 500); c.slow(20, 26, 500) }, 0},
		{"without any op", func(c *Course) { c.slow(7, 9, 0); c.slow(20, 26, 0) }, 600 * ms},
		{"before the start", func(c *Course) { c.Events = []Event{c.Events[0], {At: -150 * ms}} }, 200 * ms},
		{"slower than slices before", func(c *Course) { c.slow(7, 9, 500); c.slow(20, 26, 499) }, 600 * ms},
		{"as late as slices before", func(c *Course) { c.Coarse[7], c.Coarse[8], c.Coarse[20] = []int64{9: 1}, []int64{9: 1}, []int64{9: 1} }, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := calm()
			test.change(&c)
			if got := c.Recovery().Normal; got != known(test.want) {
				t.Errorf("%+v, expected %s", got, test.want)
			}
		})
	}
}

func TestOverRounds(t *testing.T) {
	tests := []struct {
		name          string
		rounds        []Delay
		median, worst Delay
	}{
		{"one", []Delay{known(3 * ms)}, known(3 * ms), known(3 * ms)},
		{"two", []Delay{known(4 * ms), known(2 * ms)}, known(3 * ms), known(4 * ms)},
		{"three", []Delay{known(9 * ms), known(2 * ms), known(3 * ms)}, known(3 * ms), known(9 * ms)},
		{"one unknown", []Delay{never, known(2 * ms), known(0)}, known(2 * ms), never},
		{"half of them unknown", []Delay{never, known(2 * ms)}, never, never},
	}
	for _, test := range tests {
		median, worst := OverRounds(test.rounds)
		if median != test.median || worst != test.worst {
			t.Errorf("%s: %+v, %+v, expected %+v, %+v", test.name, median, worst, test.median, test.worst)
		}
	}
}
