package results

import (
	"runtime"
	"strings"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"
)

// ThisMachine tells what this machine is, without a host or user name. What
// the system does not tell stays empty.
func ThisMachine() Machine {
	m := Machine{Arch: runtime.GOARCH, OS: runtime.GOOS, Cores: runtime.NumCPU()}
	if infos, err := cpu.Info(); err == nil && len(infos) > 0 {
		m.CPU = strings.TrimSpace(infos[0].ModelName)
	}
	// runtime.NumCPU is what we may use; the machine may have more.
	if cores, err := cpu.Counts(true); err == nil && cores > 0 {
		m.Cores = cores
	}
	if info, err := host.Info(); err == nil {
		m.Kernel = info.KernelVersion
		m.Platform = strings.TrimSpace(info.Platform + " " + info.PlatformVersion)
		m.Virtual = strings.Trim(info.VirtualizationSystem+"/"+info.VirtualizationRole, "/")
	}
	if memory, err := mem.VirtualMemory(); err == nil {
		m.MemoryBytes = memory.Total
	}
	return m
}
