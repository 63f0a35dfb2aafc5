package doctor

import (
	"time"

	"respbench.dev/respbench/results"
)

// counters are what the system has counted so far; nil and negative are what it
// does not count.
type counters struct {
	cpu       results.CPUTime
	at        time.Time
	swapped   int64            // pages, in and out
	throttles map[string]int64 // of the groups that limit us: nr_periods, nr_throttled
}

func (m Machine) counters(limit cgroup) counters {
	stat, _ := m.text("proc/stat")
	c := counters{at: time.Now(), cpu: results.ParseCPUTime(stat), swapped: -1, throttles: map[string]int64{}}
	pages := m.fields("proc/vmstat")
	if in, ok := pages["pswpin"]; ok {
		c.swapped = in + pages["pswpout"]
	}
	for _, folder := range limit.limited {
		for name, n := range m.fields(folder + "/cpu.stat") {
			c.throttles[name] += n
		}
	}
	return c
}

// Shares of the CPU time that was wanted that a hypervisor gave to others.
const (
	noteSteal    = 0.01
	problemSteal = 0.05
)

// steal judges by the sample, if enough ran in it. The time since the system
// started, which may be long ago, is good for a note at most.
func steal(before, after counters) results.Finding {
	const code, advice = "steal", "measure on a machine of its own, or an instance with dedicated CPUs"
	if after.cpu.Total == 0 {
		return unknown(code, "ask the provider of a virtual machine", "the system does not tell stolen time")
	}
	sample, whole := after.cpu.Since(before.cpu), after.cpu.StolenShare()
	now, words := 0.0, ""
	if sample.Wanted() >= results.LeastTicks {
		now, words = sample.StolenShare(), percent(sample.StolenShare())+" now, "
	}
	words += percent(whole) + " since it started"
	switch {
	case now > problemSteal:
		return problem(code, advice, "the hypervisor took CPU time away: %s", words)
	case now > noteSteal || whole > noteSteal:
		return note(code, advice, "the hypervisor took CPU time away: %s", words)
	}
	return fine(code, "CPU time that the hypervisor took away: %s", words)
}

// problemSwap is in pages a second: what stalls a server, not what comes back
// by chance.
const problemSwap = 100

// swap takes a short sample for a second: a few pages make no rate.
func (m Machine) swap(before, after counters) results.Finding {
	const code, advice = "swap", "free memory, or turn swapping off (swapoff -a)"
	memory := m.fields("proc/meminfo")
	total, known := memory["SwapTotal"]
	used := (total - memory["SwapFree"]) << 10
	pages := after.swapped - before.swapped
	rate := float64(pages) / max(1, after.at.Sub(before.at).Seconds())
	switch {
	case before.swapped >= 0 && pages > 0 && rate > problemSwap:
		return problem(code, advice, "the machine is swapping: %s just now", count(pages, "page"))
	case before.swapped >= 0 && pages > 0:
		return note(code, advice, "the machine swaps a little: %s just now", count(pages, "page"))
	case !known:
		return unknown(code, "look at it with the system's own tools", "the system does not tell its swap")
	case used > 0:
		return note(code, advice, "%s are swapped out: what comes back stalls", mebibytes(used))
	case total == 0:
		return fine(code, "no swap")
	}
	return fine(code, "nothing is swapped out")
}
