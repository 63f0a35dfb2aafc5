package proc

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// kernelKills says that a child dies with its parent without either's doing.
const kernelKills = true

func attributes(ownGroup bool, b bond) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: ownGroup}
	if b == diesWithUs {
		attr.Pdeathsig = syscall.SIGKILL
	}
	return attr
}

// launch starts cmd and calls exited with what waiting for it returned. Both
// happen on one thread that belongs to the child as long as it lives: the
// kernel's parent-death signal fires when the thread ends that forked, and
// affinity is a thread's, inherited over the fork.
func launch(cmd *exec.Cmd, cpus []int, exited func(error)) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		restored, err := startOn(cpus, cmd.Start)
		started <- err
		if err == nil {
			exited(cmd.Wait())
		}
		if restored { // else the thread ends with this goroutine
			runtime.UnlockOSThread()
		}
	}()
	return <-started
}

// startOn calls start while this thread may run on cpus only.
func startOn(cpus []int, start func() error) (restored bool, err error) {
	if len(cpus) == 0 {
		return true, start()
	}
	var before, during unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return true, fmt.Errorf("read CPU affinity: %w", err)
	}
	for _, cpu := range cpus {
		if !before.IsSet(cpu) {
			return true, fmt.Errorf("pin to CPUs %s: may use %s only", FormatCPUs(cpus), FormatCPUs(list(&before)))
		}
		during.Set(cpu)
	}
	if err := unix.SchedSetaffinity(0, &during); err != nil {
		return true, fmt.Errorf("pin to CPUs %s: %w", FormatCPUs(cpus), err)
	}
	err = start()
	return unix.SchedSetaffinity(0, &before) == nil, err
}

// CPUs are those that this process may use, ascending; nil where that cannot
// be known.
func CPUs() []int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil
	}
	return list(&set)
}

func list(set *unix.CPUSet) []int {
	cpus := make([]int, 0, set.Count())
	for cpu := 0; len(cpus) < set.Count(); cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// CanPin reports whether Command.CPUs can be obeyed here.
func CanPin() bool { return CPUs() != nil }
