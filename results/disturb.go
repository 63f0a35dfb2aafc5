package results

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What can be done to a server during a trial.
const (
	KillClients = "kill-clients" // close the connections of the client under test
	Pause       = "pause"        // stop serving for a time
	Restart     = "restart"      // kill the server and start it again
	Failover    = "failover"     // have a replica take over
)

// A Planned is one disturbance and when it is due.
type Planned struct {
	Name string
	For  time.Duration // of a Pause
	At   time.Duration // since the start of the window
}

func (p Planned) String() string {
	if p.Name == Pause {
		return fmt.Sprintf("%s=%v@%v", p.Name, p.For, p.At)
	}
	return fmt.Sprintf("%s@%v", p.Name, p.At)
}

// End is when it is over, as far as that is known before.
func (p Planned) End() time.Duration { return p.At + p.For }

const disturbChoices = "have kill-clients@TIME, pause=TIME@TIME, restart@TIME, failover@TIME, several joined by +"

// farthest bounds the times of a Planned: no trial is that long.
const farthest = 24 * time.Hour

// ParseDisturb reads "pause=500ms@2s+restart@4s". What it returns is in order
// of time; joined by + again, it is the canonical form.
func ParseDisturb(text string) ([]Planned, error) {
	var list []Planned
	for part := range strings.SplitSeq(text, "+") {
		p, ok := parsePlanned(part)
		if !ok {
			return nil, fmt.Errorf("%q: %s", part, disturbChoices)
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b Planned) int { return cmp.Compare(a.At, b.At) })
	return list, nil
}

func parsePlanned(text string) (Planned, bool) {
	what, when, _ := strings.Cut(text, "@")
	name, length, hasLength := strings.Cut(what, "=")
	at, err := time.ParseDuration(when)
	if err != nil || at < 0 || at > farthest || !slices.Contains([]string{KillClients, Pause, Restart, Failover}, name) {
		return Planned{}, false
	}
	p := Planned{Name: name, At: at}
	if hasLength != (name == Pause) {
		return p, false
	}
	if hasLength {
		p.For, err = time.ParseDuration(length)
	}
	return p, err == nil && (name != Pause || p.For >= time.Millisecond && p.For <= farthest)
}

// FormatDisturb is the canonical form of a list.
func FormatDisturb(list []Planned) string {
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = p.String()
	}
	return strings.Join(words, "+")
}

// A Disturbance is one that was made.
type Disturbance struct {
	Name string        `json:"name"`
	At   time.Duration `json:"at_ns"`   // when it was begun, since the start of the window
	Took time.Duration `json:"took_ns"` // until it was made; of a restart, until the server answered again
}

// An Outage is a time without any success that lasted at least OutageFrom.
type Outage struct {
	Start time.Duration `json:"start_ns"` // since the start of the window
	End   time.Duration `json:"end_ns"`
}

// OutageFrom is the shortest Outage that is kept: shorter ones are not told
// from a machine that is busy otherwise.
const OutageFrom = 5 * time.Millisecond

// A Tally says what became of counted increments, of all workers, the warm-up
// included: each worker alone increments its key, so it knows what to expect.
type Tally struct {
	Acked  int64 `json:"acked"`  // the client was told that they were done
	Lost   int64 `json:"lost"`   // of those, the server does not have them any more
	Unsure int64 `json:"unsure"` // the client was told that they failed, and they were done all the same
	Twice  int64 `json:"twice"`  // done beyond what was tried
}
