package results

import (
	"strconv"
	"strings"
)

// A CPUTime is what a machine's CPUs, all together, have spent so far, in ticks.
type CPUTime struct{ Total, Stolen int64 }

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
		if i == 8 {
			t.Stolen = n
		}
	}
	return t
}

// Since is what was spent after earlier.
func (t CPUTime) Since(earlier CPUTime) CPUTime {
	return CPUTime{Total: t.Total - earlier.Total, Stolen: t.Stolen - earlier.Stolen}
}

// StolenShare is how much of the time the hypervisor took away: 0.02.
func (t CPUTime) StolenShare() float64 {
	if t.Total <= 0 {
		return 0
	}
	return float64(t.Stolen) / float64(t.Total)
}
