package doctor

import "respbench.dev/respbench/results"

// counters are what the system has counted so far; nil and negative are what it
// does not count.
type counters struct {
	cpu       results.CPUTime
	swapped   int64            // pages, in and out
	throttles map[string]int64 // of the groups that limit us: nr_periods, nr_throttled
}

func (m Machine) counters(limit cgroup) counters {
	stat, _ := m.text("proc/stat")
	c := counters{cpu: results.ParseCPUTime(stat), swapped: -1, throttles: map[string]int64{}}
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

// Shares of the machine's time that a hypervisor gave to others.
const (
	noteSteal    = 0.01
	problemSteal = 0.05
	// leastTicks is how many ticks of 10 ms a sample needs to tell one percent.
	leastTicks = 100
)

// steal judges by the sample, if it is long enough, else by the time since the
// system started, which else is good for a note.
func steal(before, after counters) results.Finding {
	const code, advice = "steal", "measure on a machine of its own, or an instance with dedicated CPUs"
	if after.cpu.Total == 0 {
		return unknown(code, "ask the provider of a virtual machine", "the system does not tell stolen time")
	}
	sample, whole := after.cpu.Since(before.cpu), after.cpu.StolenShare()
	now, words := whole, ""
	if sample.Total >= leastTicks {
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

func (m Machine) swap(before, after counters) results.Finding {
	const code, advice = "swap", "free memory, or turn swapping off (swapoff -a)"
	memory := m.fields("proc/meminfo")
	total, known := memory["SwapTotal"]
	used := (total - memory["SwapFree"]) << 10
	switch {
	case before.swapped >= 0 && after.swapped > before.swapped:
		return problem(code, advice, "the machine is swapping: %s just now", count(after.swapped-before.swapped, "page"))
	case !known:
		return unknown(code, "look at it with the system's own tools", "the system does not tell its swap")
	case used > 0:
		return note(code, advice, "%s are swapped out: what comes back stalls", mebibytes(used))
	case total == 0:
		return fine(code, "no swap")
	}
	return fine(code, "nothing is swapped out")
}
