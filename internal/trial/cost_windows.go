package trial

import (
	"syscall"
	"time"
)

// cpuTimes is what this process has used, in user and kernel mode.
func cpuTimes() (user, system time.Duration) {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		return -1, -1
	}
	var created, exited, kernel, inUser syscall.Filetime
	if err := syscall.GetProcessTimes(self, &created, &exited, &kernel, &inUser); err != nil {
		return -1, -1
	}
	return hundredNS(inUser), hundredNS(kernel)
}

func hundredNS(f syscall.Filetime) time.Duration {
	return time.Duration(int64(f.HighDateTime)<<32|int64(f.LowDateTime)) * 100
}
