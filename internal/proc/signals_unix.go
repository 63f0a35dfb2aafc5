//go:build unix

package proc

import (
	"errors"
	"os"
	"syscall"
)

// deafTo are the signals that do not end a guard. SIGPIPE is among them: the
// reader of its reports may be gone.
var deafTo = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// killGroup ends the group that p has led, of which nobody may be left.
func killGroup(p *os.Process) error {
	if err := syscall.Kill(-p.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }
