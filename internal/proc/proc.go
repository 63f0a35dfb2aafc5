// Package proc starts programs that die with us, on the CPUs they are given.
//
// A child of Start is told by the kernel when we die (Linux), or sees the end
// of its standard input (everywhere). A child of StartGuarded is a program that
// looks at neither, such as a Redis server: it runs under a guard, a small
// process of our own that holds our pipe, stops the program and removes its
// folder when the pipe ends, however we ended.
package proc

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// pipeGrace is how long after a child's end its standard error is still read:
// a process that inherited it may hold it open.
const pipeGrace = 500 * time.Millisecond

// A Command is what to start and how.
type Command struct {
	Args     []string // the first is the executable
	Env      []string // nil: ours
	Dir      string   // empty: ours
	CPUs     []int    // it may run on; empty: on those that we may
	OwnGroup bool     // a process group of its own, which a terminal's Ctrl-C does not reach
}

// A Child is a started command. It is waited for in the background, so it
// never stays behind as a zombie.
type Child struct {
	Stdin  io.WriteCloser // the caller closes both
	Stdout io.ReadCloser

	cmd     *exec.Cmd
	group   bool // it has a process group of its own
	stderr  *tail
	drained chan struct{} // all of standard error has been read
	done    chan struct{}
	err     error // what waiting returned; to be read after done
}

// Start starts a child that is killed when this process ends (Linux; elsewhere
// the end of its standard input has to be enough).
func Start(c Command) (*Child, error) { return start(c, diesWithUs) }

// A bond says what the kernel does to a child when we end.
type bond bool

const (
	diesWithUs bond = true
	outlivesUs bond = false // it sees the end of its standard input, and has to tidy up
)

func start(c Command, b bond) (*Child, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("start: no command")
	}
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Env, cmd.Dir = c.Env, c.Dir
	cmd.SysProcAttr = attributes(c.OwnGroup, b)
	child := &Child{cmd: cmd, group: c.OwnGroup, stderr: &tail{limit: stderrTail}, drained: make(chan struct{}), done: make(chan struct{})}
	if err := child.start(c.CPUs); err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			err = path.Err // the path is nobody else's business
		}
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Args[0]), err)
	}
	return child, nil
}

func (c *Child) start(cpus []int) error {
	stderr, theirs, err := c.openPipes()
	if err != nil {
		return err
	}
	err = launch(c.cmd, cpus, func(err error) {
		c.drain(stderr)
		c.err = err
		close(c.done)
	})
	for _, end := range theirs {
		_ = end.Close()
	}
	if err != nil {
		return errors.Join(err, c.Stdin.Close(), c.Stdout.Close(), stderr.Close())
	}
	go func() {
		_, _ = io.Copy(c.stderr, stderr)
		close(c.drained)
	}()
	return nil
}

// openPipes makes the pipes itself: those of os/exec are closed as soon as the
// child has been waited for, with what nobody has read yet. It returns our end
// of standard error and the child's ends of all.
func (c *Child) openPipes() (stderr *os.File, theirs []*os.File, err error) {
	var stdin, stdout, input, output, complaints *os.File
	input, stdin, err = os.Pipe()
	if err == nil {
		stdout, output, err = os.Pipe()
	}
	if err == nil {
		stderr, complaints, err = os.Pipe()
	}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = input, output, complaints
	c.Stdin, c.Stdout = stdin, stdout
	return stderr, []*os.File{input, output, complaints}, err
}

// drain waits until all of standard error has been read, but not for ever, and
// closes it.
func (c *Child) drain(stderr *os.File) {
	select {
	case <-c.drained:
	case <-time.After(pipeGrace):
	}
	_ = stderr.Close()
}

// Pid is the child's process id.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Done is closed when the child has ended and been waited for.
func (c *Child) Done() <-chan struct{} { return c.done }

// Wait returns when the child has ended: nil if with status 0. Any number of
// callers may wait.
func (c *Child) Wait() error {
	<-c.done
	return c.err
}

// ExitReason says how the child ended ("exit status 1", "signal: killed"); it
// is empty while the child runs.
func (c *Child) ExitReason() string {
	select {
	case <-c.done:
		return c.cmd.ProcessState.String()
	default:
		return ""
	}
}

// CPUTime is what the child has used from its start to its end, for which it
// waits.
func (c *Child) CPUTime() (user, system time.Duration) {
	<-c.done
	return c.cmd.ProcessState.UserTime(), c.cmd.ProcessState.SystemTime()
}

// Stderr is the end of what the child has written to standard error so far, at
// most 256 KiB.
func (c *Child) Stderr() string { return c.stderr.String() }

// Kill ends the child at once.
func (c *Child) Kill() error { return ignoreDone(c.cmd.Process.Kill()) }

// KillGroup ends the child and, if it has a process group of its own, what is
// left of that, also after the child's own end (Unix; elsewhere the child alone).
func (c *Child) KillGroup() error {
	if !c.group {
		return c.Kill()
	}
	return errors.Join(killGroup(c.cmd.Process), c.Kill())
}

// Quit makes a Go child write the stacks of its goroutines to standard error
// and end. On systems without SIGQUIT it kills.
func (c *Child) Quit() error { return ignoreDone(quit(c.cmd.Process)) }

func ignoreDone(err error) error {
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
