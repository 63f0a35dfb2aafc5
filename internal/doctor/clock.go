package doctor

import (
	"fmt"
	"slices"
	"time"

	"respbench.dev/respbench/results"
)

// Bounds of what looking at the clock may cost, once a step; steps take some
// ten microseconds. And of how fine it must be for those.
const (
	noteReading       = 200 * time.Nanosecond
	problemReading    = time.Microsecond
	noteResolution    = time.Microsecond
	problemResolution = 10 * time.Microsecond
)

// slowSources are clocks that the kernel has to be asked for each time.
var slowSources = []string{"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"}

func (m Machine) clockFinding(c Clock) results.Finding {
	const code, advice = "clock", "choose tsc or the hypervisor's own in /sys/devices/system/clocksource, if it is offered"
	source, ok := m.text("sys/devices/system/clocksource/clocksource0/current_clocksource")
	if !ok {
		source = "clock source not told"
	}
	text := fmt.Sprintf("%s: a reading takes %s, the smallest step is %s", source, short(c.Reading), short(c.Resolution))
	switch {
	case c.Resolution <= 0:
		return unknown(code, "", "the clock could not be measured")
	case c.Reading > problemReading || c.Resolution > problemResolution:
		return problem(code, advice, "%s", text)
	case c.Reading > noteReading || c.Resolution > noteResolution || slices.Contains(slowSources, source):
		return note(code, advice, "%s", text)
	}
	return fine(code, "%s", text)
}

// Bounds of how late a sleep of a millisecond may end in the median. One that
// ends late among some tens tells of nothing.
const (
	problemLag = time.Millisecond // late by what was asked
	noteLag    = 500 * time.Microsecond
)

// timerFinding is about what libraries' delays and an open loop rest on.
func timerFinding(c Clock) results.Finding {
	const code, advice = "timers", "stop what else runs here; --rate and --batch-delay suffer most"
	text := fmt.Sprintf("a sleep of 1ms ends %s late (p50), %s (longest of %d)", short(c.LagP50), short(c.Longest), c.Sleeps)
	switch {
	case c.Resolution <= 0:
		return unknown(code, "", "timers could not be measured")
	case c.LagP50 > problemLag:
		return problem(code, advice, "%s", text)
	case c.LagP50 > noteLag:
		return note(code, advice, "%s", text)
	}
	return fine(code, "%s", text)
}
