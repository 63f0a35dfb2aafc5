package embedded

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used so far.
func cpuTime() (user, system time.Duration) {
	process, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0, 0
	}
	var created, ended, kernel, own syscall.Filetime
	if err := syscall.GetProcessTimes(process, &created, &ended, &kernel, &own); err != nil {
		return 0, 0
	}
	return ticks(own), ticks(kernel)
}

// ticks reads a duration, which is in units of 100 ns.
func ticks(t syscall.Filetime) time.Duration {
	return time.Duration(int64(t.HighDateTime)<<32|int64(t.LowDateTime)) * 100
}
