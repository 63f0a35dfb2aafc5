package proc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

// stopGrace is how long a guarded program has to end after it was asked to.
const stopGrace = time.Second

// What a guard reports, a line each: the program's process id or why there is
// none, and how it ended.
const (
	saysPid   = "pid"
	saysError = "error"
	saysExit  = "exit"
)

// Guard is the body of the hidden verb "guard FOLDER -- PROGRAM ARGS...". It
// makes the folder, runs the program, reports on stdout, and waits for the end of stdin, which
// comes when its owner closes it or dies, in whatever way. Then it stops the
// program, removes the folder and returns the exit status. A terminal's and a
// supervisor's signals do not end it: its owner decides.
//
// The program's standard output and error are those of the guard's standard
// error.
func Guard(stdin io.Reader, stdout io.Writer, args []string) int {
	// Caught, not ignored: the program would inherit ignored ones.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, deafTo...)
	defer signal.Stop(caught)

	dir, program, err := guardArguments(args)
	if err == nil {
		err = makeFolder(dir)
	}
	if err == nil {
		err = guard(stdin, stdout, program)
		err = errors.Join(err, RemoveFolder(dir))
	}
	if err != nil {
		fmt.Fprintln(stdout, saysError, err)
		return 1
	}
	return 0
}

func guardArguments(args []string) (dir string, program []string, err error) {
	if len(args) < 3 || args[1] != "--" {
		return "", nil, errors.New("guard: want FOLDER -- PROGRAM ARGS")
	}
	return args[0], args[2:], nil
}

func guard(stdin io.Reader, stdout io.Writer, program []string) error {
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.SysProcAttr = attributes(false, diesWithUs)
	exited := make(chan struct{})
	if err := launch(cmd, nil, func(error) { close(exited) }); err != nil {
		return err
	}
	fmt.Fprintln(stdout, saysPid, cmd.Process.Pid)

	released := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		close(released)
	}()
	select {
	case <-exited:
		_ = os.Stderr.Close() // the owner now sees the end of the program's output
		fmt.Fprintln(stdout, saysExit, cmd.ProcessState)
		<-released
	case <-released:
		stop(cmd.Process, exited)
	}
	return nil
}

// stop asks a process to end, and ends it if it does not.
func stop(p *os.Process, exited <-chan struct{}) {
	_ = terminate(p)
	select {
	case <-exited:
	case <-time.After(stopGrace):
		_ = p.Kill()
		<-exited
	}
}
