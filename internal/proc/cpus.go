package proc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxCPU is the highest CPU number that the kernel's plain affinity call takes.
const maxCPU = 1023

// ParseCPUs reads a list such as "0-3,5". The result is ascending and without
// repetitions.
func ParseCPUs(list string) ([]int, error) {
	var cpus []int
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, errFrom := strconv.ParseUint(first, 10, 16)
		to, errTo := strconv.ParseUint(last, 10, 16)
		if errFrom != nil || errTo != nil || from > to || to > maxCPU {
			return nil, fmt.Errorf("CPUs %q: want a list such as 0-3,5, of numbers up to %d", list, maxCPU)
		}
		for cpu := from; cpu <= to; cpu++ {
			cpus = append(cpus, int(cpu))
		}
	}
	slices.Sort(cpus)
	return slices.Compact(cpus), nil
}

// FormatCPUs writes ascending CPU numbers as ParseCPUs reads them.
func FormatCPUs(cpus []int) string {
	var text strings.Builder
	for i := 0; i < len(cpus); {
		last := i
		for last+1 < len(cpus) && cpus[last+1] == cpus[last]+1 {
			last++
		}
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(strconv.Itoa(cpus[i]))
		if last > i {
			text.WriteString("-" + strconv.Itoa(cpus[last]))
		}
		i = last + 1
	}
	return text.String()
}
