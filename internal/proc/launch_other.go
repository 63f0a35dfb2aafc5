//go:build !linux

package proc

import (
	"fmt"
	"os/exec"
	"runtime"
)

const kernelKills = false

func launch(cmd *exec.Cmd, cpus []int, exited func(error)) error {
	if len(cpus) > 0 {
		return fmt.Errorf("pin to CPUs %s: not possible on %s", FormatCPUs(cpus), runtime.GOOS)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { exited(cmd.Wait()) }()
	return nil
}

// CPUs are those that this process may use, ascending; nil where that cannot
// be known.
func CPUs() []int { return nil }

// CanPin reports whether Command.CPUs can be obeyed here.
func CanPin() bool { return false }
