package progress

import (
	"fmt"
	"strings"
	"time"
)

// A stage is what the run is at.
type stage int

const (
	idle stage = iota // nothing to show
	loading
	measuring
	finishing // no further trial begins
)

// state is what the run has told so far.
type state struct {
	stage        stage
	loaded, keys int
	began        time.Time // the first trial

	number, round      int // of the trial
	failed             int // trials
	side, cell, client string
	load               string
	started            time.Time     // the trial
	left, expected     time.Duration // when it started: of the run, and of the trial
	first, last        beat          // of this phase of it
}

// A beat is what the trial had done at a time.
type beat struct {
	at          time.Time
	ops, errors int64
}

// beat stores one. Counts that fall back are those of a new phase: the warm-up
// is over.
func (s *state) beat(b beat) {
	if s.first.at.IsZero() || b.ops < s.last.ops {
		s.first = b
	}
	s.last = b
}

// rate is in ops a second between the first beat of the phase and its last.
func (s *state) rate() (perSecond float64, known bool) {
	span := s.last.at.Sub(s.first.at).Seconds()
	if span <= 0 {
		return 0, false
	}
	return float64(s.last.ops-s.first.ops) / span, true
}

func (s *state) eta(now time.Time) string {
	return "about " + Rounded(max(s.left-now.Sub(s.started), 0)) + " left"
}

// done is the share of the run that is over, as far as the trial can tell.
func (s *state) done(now time.Time, trials int) float64 {
	within := 1.0
	if s.expected > 0 {
		within = min(now.Sub(s.started).Seconds()/s.expected.Seconds(), 1)
	}
	return (float64(s.number-1) + within) / float64(trials)
}

// lines are the area's, each as wide as most at most.
func (s *state) lines(now time.Time, work Work, most int, paint painter) []string {
	switch s.stage {
	case loading:
		text := fit(paint, most, part{text: "loading", rank: 1}, part{text: fmt.Sprintf("%s of %s keys", grouped(float64(s.loaded)), grouped(float64(s.keys)))})
		return []string{bar(float64(s.loaded)/float64(max(s.keys, 1)), most, text)}
	case measuring:
		return s.measuring(now, work, most, paint)
	case finishing:
		text := fit(paint, most, part{text: fmt.Sprintf("%d/%d", s.number, work.Trials)}, s.failures(), part{text: "finishing", rank: 1})
		return []string{bar(float64(s.number)/float64(work.Trials), most, text)}
	}
	return nil
}

func (s *state) measuring(now time.Time, work Work, most int, paint painter) []string {
	ahead := fit(paint, most, part{text: fmt.Sprintf("%d/%d", s.number, work.Trials)}, s.failures(), part{text: s.eta(now), rank: 1})
	return []string{
		bar(s.done(now, work.Trials), most, ahead),
		fit(paint, most, part{text: fmt.Sprintf("round %d/%d", s.round, work.Rounds), rank: 4}, part{text: s.side, rank: 2},
			part{text: s.cell, rank: 1}, part{text: s.client}, part{text: s.load, rank: 3}),
		fit(paint, most, s.counts()...),
	}
}

func (s *state) failures() part {
	if s.failed == 0 {
		return part{}
	}
	return part{text: fmt.Sprintf("%d failed", s.failed), rank: 2, bad: true}
}

func (s *state) counts() []part {
	if s.last.at.IsZero() {
		return []part{{text: "starting"}}
	}
	parts := []part{{text: grouped(float64(s.last.ops)) + " ops", rank: 2}}
	if rate, known := s.rate(); known {
		parts = append([]part{{text: grouped(rate) + " ops/s"}}, parts...)
	}
	if s.last.errors > 0 {
		parts = append(parts, part{text: grouped(float64(s.last.errors)) + plural(s.last.errors, " error"), rank: 1, bad: true})
	}
	return parts
}

// A bar has as many places as fit beside its text, but not more than this, and
// is left out where there is room for only a few.
const (
	longestBar  = 30
	shortestBar = 4
)

func bar(share float64, most int, text string) string {
	places := min(most-width(text)-len("[]  "), longestBar)
	if places < shortestBar {
		return text
	}
	full := min(max(int(share*float64(places)), 0), places)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", places-full) + "]  " + text
}
