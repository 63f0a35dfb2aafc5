package results

import (
	"strconv"
	"strings"
)

// A CPUTime is what a machine's CPUs, all together, have spent so far, in ticks.
type CPUTime struct {
	Total  int64
	Idle   int64 // of it, also while waiting for a disk
	Stolen int64 // of it, by the hypervisor, while something wanted to run
}

// ParseCPUTime reads the text of /proc/stat; what is not there is zero.
func ParseCPUTime(stat string) CPUTime {
	line, _, _ := strings.Cut(stat, "\n")
	var t CPUTime
	for i, field := range strings.Fields(line) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || i > 8 { // guest time is in user time already
			continue
		}
		t.Total += n
		switch i {
		case 4, 5:
			t.Idle += n
		case 8:
			t.Stolen = n
		}
	}
	return t
}

// Since is what was spent after earlier.
func (t CPUTime) Since(earlier CPUTime) CPUTime {
	return CPUTime{Total: t.Total - earlier.Total, Idle: t.Idle - earlier.Idle, Stolen: t.Stolen - earlier.Stolen}
}

// LeastTicks is how many a time needs to tell one percent of it.
const LeastTicks = 100

// Wanted is the time in which something ran or wanted to: nothing is stolen from
// a CPU that is idle.
func (t CPUTime) Wanted() int64 { return t.Total - t.Idle }

// StolenShare is how much of the wanted time the hypervisor took away: 0.02. Of
// a time that is too short it is the least that it can have been: one tick by
// chance is no large share.
func (t CPUTime) StolenShare() float64 {
	return float64(t.Stolen) / float64(max(t.Wanted(), LeastTicks))
}
