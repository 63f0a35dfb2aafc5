package runner

import (
	"maps"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

// expected is what the server should have counted, warm-up included, of the
// commands that a trial sent, and how many of them were sent in its window.
func expected(m *results.Measured, perOp map[string][]string) (counts []results.CommandCount, sent int64) {
	byName := map[string]*results.CommandCount{}
	count := func(command string) *results.CommandCount {
		name := strings.ToUpper(command)
		if byName[name] == nil {
			byName[name] = &results.CommandCount{Command: name}
		}
		return byName[name]
	}
	for _, k := range m.Kinds {
		if len(m.Kinds) == 1 { // an older program tells of the warm-up as a whole
			k.WarmOps, k.WarmAttempts = max(k.WarmOps, m.Warm.Ops), max(k.WarmAttempts, m.Warm.Attempts)
		}
		for _, command := range perOp[k.Name] {
			c := count(command)
			c.Done += k.Ops + k.WarmOps
			c.Attempts += k.Attempts + k.WarmAttempts
			sent += k.Attempts
		}
	}
	for command, n := range m.Sent {
		c := count(command)
		c.Done += n.Done
		c.Attempts += n.Tried
		sent += n.Tried - n.Warm
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		counts = append(counts, *byName[name])
	}
	return counts, sent
}

// windowOf is what was done in the window, and tried up to its end: what failed
// in the warm-up may reach the server late.
func windowOf(m *results.Measured) *results.Measured {
	w := &results.Measured{Sent: map[string]results.Sent{}}
	for _, k := range m.Kinds {
		k.Attempts += k.WarmAttempts - k.WarmOps
		k.WarmOps, k.WarmAttempts = 0, 0
		w.Kinds = append(w.Kinds, k)
	}
	for command, n := range m.Sent {
		w.Sent[command] = results.Sent{Done: max(n.Done-n.Warm, 0), Tried: n.Tried - n.Warm + min(n.Warm, n.Tried-n.Done)}
	}
	return w
}
