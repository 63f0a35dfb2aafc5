package stats

import (
	"cmp"
	"slices"
	"time"
)

// An Event is something that was done to the server during a trial.
type Event struct {
	At   time.Duration // when it was begun, since the trial's start
	Took time.Duration // until it was made
}

// An Outage is a time without any success, since the trial's start.
type Outage struct{ Start, End time.Duration }

// A Course is what was seen of a trial in which the server was disturbed.
type Course struct {
	Window   time.Duration
	Length   time.Duration // of a slice
	Ops      []int64       // served, by slice; missing slices had none
	Errors   []int64       // failed steps, by slice
	Coarse   [][]int64     // successful steps, by slice and power of two of their latency
	Outages  []Outage      // in order of time
	Shortest time.Duration // outage that was kept
	Events   []Event       // in order of time
}

// A Delay is how long something took, or why that is not known.
type Delay struct {
	Time    time.Duration
	Unknown string // why; then Time is 0
}

// Reasons of unknown delays.
const (
	NotInTrial = "not within the trial"
	noEvent    = "nothing was done to the server"
	noBasis    = "too little was seen before the disturbance"
)

// A Recovery is what became of a trial after its events. Where there are
// several, a delay is the longest of any.
type Recovery struct {
	// WithoutSuccess is all time without any success from an event until all is
	// normal again, but for ordinary pauses.
	WithoutSuccess Delay
	// FirstSuccess is how long the event's outage lasted: the first that is not
	// an ordinary pause, ends after the event was begun and starts before it was
	// made or shortly after; what was before the event does not count. 0: there
	// was none.
	FirstSuccess Delay
	// Normal is from the event to the first of three successive normal slices,
	// rounded up to whole slices. 0: no slice was out of the ordinary.
	Normal Delay
	// Resolution is up to which length a pause is ordinary: the longest before
	// the first event, or Shortest.
	Resolution time.Duration
}

// effectWithin is how long after it was made an event may cause an outage: that
// another has taken over, clients learn a little later than we.
const effectWithin = 250 * time.Millisecond

// Recovery examines the course.
func (c Course) Recovery() Recovery {
	if len(c.Events) == 0 {
		unknown := Delay{Unknown: noEvent}
		return Recovery{WithoutSuccess: unknown, FirstSuccess: unknown, Normal: unknown}
	}
	first := c.Events[0].At
	ordinary := c.ordinary(first)
	unusual := slices.DeleteFunc(slices.Clone(c.Outages), func(o Outage) bool {
		return o.End <= first || o.End-o.Start <= ordinary
	})
	r := Recovery{Resolution: max(ordinary, c.Shortest)}
	basis := c.basis(first)
	var spells []Outage // from each event until all is normal again
	for _, e := range c.Events {
		success, ended := c.firstSuccess(e, unusual)
		normal := c.normal(e, ended, basis)
		r.FirstSuccess = longer(r.FirstSuccess, success)
		r.Normal = longer(r.Normal, normal)
		spells = append(spells, c.spell(e, ended, normal))
	}
	for _, o := range unusual {
		if slices.ContainsFunc(spells, o.overlaps) {
			r.WithoutSuccess.Time += o.End - max(o.Start, first)
		}
	}
	return r
}

// spell is the time from an event until all is normal again.
func (c Course) spell(e Event, ended, normal Delay) Outage {
	if ended.Unknown != "" || normal.Unknown != "" {
		return Outage{e.At, c.Window}
	}
	return Outage{e.At, e.At + max(ended.Time, normal.Time, e.Took+effectWithin)}
}

func (o Outage) overlaps(spell Outage) bool { return o.End > spell.Start && o.Start < spell.End }

// ordinary is the longest outage before the first event.
func (c Course) ordinary(first time.Duration) time.Duration {
	var longest time.Duration
	for _, o := range c.Outages {
		if o.End <= first {
			longest = max(longest, o.End-o.Start)
		}
	}
	return longest
}

// firstSuccess is how long the event's outage lasted, and when it ended, since
// the event.
func (c Course) firstSuccess(e Event, unusual []Outage) (lasted, ended Delay) {
	for _, o := range unusual {
		if o.End > e.At && o.Start < e.At+e.Took+effectWithin {
			if o.End >= c.Window {
				return Delay{Unknown: NotInTrial}, Delay{Unknown: NotInTrial}
			}
			return Delay{Time: o.End - max(o.Start, e.At)}, Delay{Time: o.End - e.At}
		}
	}
	return Delay{}, Delay{}
}

// longer takes an unknown delay for longer than any.
func longer(a, b Delay) Delay {
	if compareDelays(a, b) < 0 {
		return b
	}
	return a
}

func compareDelays(a, b Delay) int {
	switch {
	case (a.Unknown == "") == (b.Unknown == ""):
		return cmp.Compare(a.Time, b.Time)
	case a.Unknown == "":
		return -1
	}
	return 1
}

// OverRounds returns the median and the longest of the rounds' delays, of
// which there is one at least. A median beside an unknown delay is unknown.
func OverRounds(rounds []Delay) (median, worst Delay) {
	sorted := slices.SortedStableFunc(slices.Values(rounds), compareDelays)
	low, high := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
	median = Delay{Unknown: high.Unknown}
	if high.Unknown == "" {
		median.Time = low.Time + (high.Time-low.Time)/2
	}
	return median, sorted[len(sorted)-1]
}
