package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

func (p Peer) slowLog() results.Finding {
	const code = "slow-log"
	slow := p.History.Slow
	threshold, err := strconv.ParseInt(p.History.Config["slowlog-log-slower-than"], 10, 64)
	known := err == nil
	if slow == nil {
		return unknown(code, grant, "whether commands were slow: %s", p.why(server.SlowLogLen))
	}
	than := ""
	if known {
		than = " than " + short(time.Duration(threshold)*time.Microsecond)
	}
	switch {
	case known && threshold == 0:
		return problem(code, "CONFIG SET slowlog-log-slower-than 10000", "every command is logged as slow")
	case known && threshold < 0:
		return unknown(code, "CONFIG SET slowlog-log-slower-than 10000 shows them", "whether commands are slow: the slow log is off")
	case *slow > 0:
		return note(code, "look at SLOWLOG GET; SLOWLOG RESET before a run shows what came during it", "%s slower%s in the log", count(*slow, "command"), than)
	case !known:
		return unknown(code, grant, "whether commands were slow: the log is empty, and from when on it logs is not told (%s)", p.why(server.ConfigGet))
	}
	return fine(code, "no command slower%s", than)
}

// A latency event is a problem if it was problemEvent long and less than
// recentEvent ago: what does such things may do it again during a run.
const (
	problemEvent = 10 * time.Millisecond
	recentEvent  = time.Hour
)

func (p Peer) latencyEvents() results.Finding {
	const code, advice = "latency-events", "look at LATENCY DOCTOR; LATENCY RESET before a run shows what came during it"
	if why := p.History.Refused[server.LatencyLatest]; why != "" || p.History.Refused == nil {
		return unknown(code, grant, "whether the server stood still: %s", p.why(server.LatencyLatest))
	}
	var words []string
	bad := false
	for _, e := range slices.SortedFunc(slices.Values(p.History.Events), func(a, b server.LatencyEvent) int { return cmp.Compare(b.Took, a.Took) }) {
		words = append(words, fmt.Sprintf("%s %s, %s ago", e.Name, short(e.Took), age(e.Ago)))
		bad = bad || e.Took >= problemEvent && e.Ago < recentEvent
	}
	threshold, told := p.History.Config["latency-monitor-threshold"]
	switch text := strings.Join(words, "; "); {
	case bad:
		return problem(code, advice, "the server stood still: %s", text)
	case len(words) > 0:
		return note(code, advice, "the server has stood still: %s", text)
	case !told:
		return unknown(code, grant, "whether the server stood still: no event, and whether it looks for them is not told (%s)", p.why(server.ConfigGet))
	case threshold == "0":
		return unknown(code, "CONFIG SET latency-monitor-threshold 10 shows them", "whether the server stood still: its latency monitor is off")
	default:
		return fine(code, "no event of %s ms or more", threshold)
	}
}

// age is in the largest unit that is not 0.
func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
