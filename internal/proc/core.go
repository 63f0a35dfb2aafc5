package proc

import (
	"fmt"
	"os"
	"strings"
)

// Core returns the CPUs that share a physical core with cpu, itself among
// them; where the system does not tell, cpu alone.
func Core(cpu int) []int {
	path := fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu)
	siblings, err := os.ReadFile(path)
	if err != nil {
		return []int{cpu}
	}
	cpus, err := ParseCPUs(strings.TrimSpace(string(siblings)))
	if err != nil {
		return []int{cpu}
	}
	return cpus
}
