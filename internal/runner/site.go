package runner

import (
	"sync/atomic"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A site is a server as a run knows it, and what the run has done there. Two
// sides of a pair that measure the same server share one: its keys, its mark
// and what a trial of either has left behind.
type site struct {
	admin    *server.Admin
	access   results.Access
	facts    results.Server
	prepared *results.Header // of the side that has prepared it; nil: none has
	written  int             // sets of keys that may be on the server
	sets     int64           // SETs of our own that no trial's record states yet: of the alive key, and of keys loaded again
	marked   time.Time       // when the alive key was last set

	seeds []uint64 // of the trials so far: what they wrote may come back

	// What the last trial has left behind, and any trial.
	disturbed, shaken, troubled bool
	left                        bool   // there may be keys of a scenario's own that its trial could not remove
	process                     string // that got the keys

	pausedUntil atomic.Int64 // Unix time in ns, of a server that was asked to stand still
}

// sites gives each side its site: one for those of the same server.
func sites(sides []*Runner) []*site {
	var list []*site
	byServer := map[*server.Server]*site{}
	for i, r := range sides {
		if byServer[r.Server] == nil {
			byServer[r.Server] = &site{admin: r.Server.Admin()}
			list = append(list, byServer[r.Server])
			if i > 0 {
				byServer[r.Server].admin.CountAsOurs(list[0].admin)
			}
		}
		r.site = byServer[r.Server]
	}
	for _, r := range sides {
		r.elsewhere = elsewhere(r, sides)
	}
	return list
}

// elsewhere is a runner for each site but r's.
func elsewhere(r *Runner, sides []*Runner) (others []*Runner) {
	seen := map[*site]bool{r.site: true}
	for _, other := range sides {
		if !seen[other.site] {
			seen[other.site] = true
			others = append(others, other)
		}
	}
	return others
}
