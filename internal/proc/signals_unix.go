//go:build unix

package proc

import (
	"os"
	"syscall"
)

// deafTo are the signals that do not end a guard. SIGPIPE is among them: the
// reader of its reports may be gone.
var deafTo = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }
