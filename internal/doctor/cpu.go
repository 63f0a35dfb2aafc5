package doctor

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/results"
)

// cpufreq are the files that tell how fast a CPU may run, one folder each.
const cpufreq = "sys/devices/system/cpu/cpu[0-9]*/cpufreq/"

const hiddenCPU = "a virtual machine or container may hide it: look at the host"

// values are how many CPUs have which text in this file of cpufreq.
func (m Machine) values(file string) map[string]int {
	paths, _ := fs.Glob(m.Files, cpufreq+file)
	counts := map[string]int{}
	for _, path := range paths {
		if text, ok := m.text(path); ok {
			counts[text]++
		}
	}
	return counts
}

// governor is about who sets the clock rate. "powersave" is the lowest rate
// there is, unless the driver means a policy of the CPU's own by it.
func (m Machine) governor() results.Finding {
	const code, advice = "cpu-governor", "cpupower frequency-set -g performance, as root"
	governors := m.values("scaling_governor")
	if len(governors) == 0 {
		return unknown(code, hiddenCPU, "the system does not tell the CPU governor")
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(governors)) {
		words = append(words, fmt.Sprintf("%s (%s)", name, count(int64(governors[name]), "CPU")))
	}
	text := strings.Join(words, ", ")
	own := 0
	for driver, n := range m.values("scaling_driver") {
		if driver == "intel_pstate" || driver == "amd-pstate-epp" {
			own += n
		}
	}
	switch {
	case len(governors) == 1 && governors["performance"] > 0:
		return fine(code, "%s", text)
	case governors["powersave"] > own:
		return problem(code, advice, "%s: CPUs stay at their lowest rate", text)
	}
	return note(code, advice, "%s: the clock rate follows the load, and each trial warms it anew", text)
}

// frequency is about what else changes the clock rate: turbo, with heat and
// what neighbours do, and a limit below what the CPU can.
func (m Machine) frequency() results.Finding {
	const code = "cpu-frequency"
	capped, known := m.capped()
	turbo, told := m.turbo()
	switch {
	case capped > 0:
		return note(code, "raise scaling_max_freq, and look at power and heat", "%s may not reach the rate that the hardware has", count(capped, "CPU"))
	case turbo:
		return note(code, "turn it off in the firmware or under /sys/devices/system/cpu (intel_pstate/no_turbo, cpufreq/boost)",
			"turbo is on: the clock rate depends on heat and on what other cores do")
	case told:
		return fine(code, "turbo is off")
	case known:
		return fine(code, "no limit below the hardware's, and no turbo is told of")
	}
	return unknown(code, hiddenCPU, "the system tells neither turbo nor frequency limits")
}

// capped is how many CPUs are held below the hardware's highest rate.
func (m Machine) capped() (n int64, known bool) {
	paths, _ := fs.Glob(m.Files, cpufreq+"scaling_max_freq")
	for _, file := range paths {
		limit, ok := m.number(file)
		most, known2 := m.number(path.Dir(file) + "/cpuinfo_max_freq")
		if ok && known2 {
			known = true
			if limit < most {
				n++
			}
		}
	}
	return n, known
}

func (m Machine) turbo() (on, told bool) {
	if off, ok := m.number("sys/devices/system/cpu/intel_pstate/no_turbo"); ok {
		return off == 0, true
	}
	boost, ok := m.number("sys/devices/system/cpu/cpufreq/boost")
	return boost != 0, ok
}

// Shares of the machine's CPUs that were wanted over the last minute. Above one
// each, there was always somebody waiting.
const (
	noteLoad    = 0.3
	problemLoad = 1.0
)

func (m Machine) load() results.Finding {
	const code, advice = "load", "stop what else runs here, or wait until it has ended"
	text, _ := m.text("proc/loadavg")
	word, _, _ := strings.Cut(text, " ")
	minute, err := strconv.ParseFloat(word, 64)
	if err != nil || minute < 0 {
		return unknown(code, "look at it with the system's own tools", "the system does not tell its load")
	}
	cpus := cmp.Or(m.allCPUs(), m.CPUs)
	described := fmt.Sprintf("%.2f over the last minute, on %s", minute, count(int64(cpus), "CPU"))
	switch share := minute / float64(cpus); {
	case share > problemLoad:
		return problem(code, advice, "%s: more is running than fits", described)
	case share > noteLoad:
		return note(code, advice, "%s: something else is running, or has been", described)
	}
	return fine(code, "%s", described)
}

// allCPUs are the machine's, of which we may be allowed some only; 0: not told.
func (m Machine) allCPUs() (n int) {
	stat, _ := m.text("proc/stat")
	for line := range strings.Lines(stat) {
		if rest, ok := strings.CutPrefix(line, "cpu"); ok && rest[0] != ' ' {
			n++
		}
	}
	return n
}
