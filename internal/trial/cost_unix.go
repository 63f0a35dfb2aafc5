//go:build unix

package trial

import (
	"syscall"
	"time"
)

// cpuTimes is what this process has used, in user and system mode.
func cpuTimes() (user, system time.Duration) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return -1, -1
	}
	return time.Duration(u.Utime.Nano()), time.Duration(u.Stime.Nano())
}
