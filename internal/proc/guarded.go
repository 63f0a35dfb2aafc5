package proc

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	guardStart = 10 * time.Second          // a guard has to report its program's start
	guardStop  = stopGrace + 2*time.Second // and to end after its release
)

// A Guarded is a program that runs under a guard.
type Guarded struct {
	guard  *Child
	dir    string
	pid    int
	exited chan struct{}
	reason string // how the program ended; to be read after exited
	close  func() error
}

// StartGuarded runs c under a guard, both in a process group of their own and
// on the CPUs of c. The arguments guard start one, up to its verb: the folder
// dir, a FolderPath that the guard makes, and the program are added. The folder
// is removed by the guard, by Close, or, after an error, here.
func StartGuarded(guard []string, dir string, c Command) (*Guarded, error) {
	child, err := startGuard(guard, dir, c)
	if err != nil {
		return nil, errors.Join(err, RemoveFolder(dir))
	}
	g := &Guarded{guard: child, dir: dir, exited: make(chan struct{})}
	g.close = sync.OnceValue(g.release)
	reports := bufio.NewScanner(child.Stdout)
	if err := g.awaitStart(reports); err != nil {
		close(g.exited)
		return nil, errors.Join(err, g.Close())
	}
	go g.watch(reports)
	return g, nil
}

func startGuard(guard []string, dir string, c Command) (*Child, error) {
	if len(guard) == 0 {
		return nil, errors.New("start a guarded program: no guard")
	}
	c.Args = slices.Concat(guard, []string{dir, "--"}, c.Args)
	c.OwnGroup = true
	return start(c, outlivesUs)
}

// awaitStart reads the guard's first report.
func (g *Guarded) awaitStart(reports *bufio.Scanner) error {
	tooLong := time.AfterFunc(guardStart, func() { _ = g.guard.Kill() })
	defer tooLong.Stop()
	reports.Scan()
	what, rest, _ := strings.Cut(reports.Text(), " ")
	switch pid, err := strconv.Atoi(rest); {
	case what == saysPid && err == nil:
		g.pid = pid
		return nil
	case what == saysError:
		return errors.New(rest)
	default:
		return fmt.Errorf("guard did not start its program, but said %q%s", reports.Text(), g.guard.Stderr())
	}
}

// watch reads how the program ended, or sees the guard end before that: then
// the program has nobody to wait for it.
func (g *Guarded) watch(reports *bufio.Scanner) {
	defer close(g.exited)
	reports.Scan()
	what, rest, _ := strings.Cut(reports.Text(), " ")
	if what == saysExit {
		g.awaitOutput()
		g.reason = rest
		return
	}
	if g.guard.Wait() == nil {
		g.reason = "stopped by its guard"
		return
	}
	g.reason = "its guard ended: " + g.guard.ExitReason()
	if kernelKills {
		return
	}
	if p, err := os.FindProcess(g.pid); err == nil {
		_ = p.Kill()
	}
}

// awaitOutput waits for the end of the output of a program that has ended,
// unless another process holds it open.
func (g *Guarded) awaitOutput() {
	select {
	case <-g.guard.drained:
	case <-time.After(pipeGrace):
	}
}

// Pid is the program's process id, not the guard's.
func (g *Guarded) Pid() int { return g.pid }

// Exited is closed when the program has ended.
func (g *Guarded) Exited() <-chan struct{} { return g.exited }

// ExitReason says how the program ended; it is empty while the program runs.
func (g *Guarded) ExitReason() string {
	select {
	case <-g.exited:
		return g.reason
	default:
		return ""
	}
}

// Output is the end of what the program has written to standard output and
// error so far.
func (g *Guarded) Output() string { return g.guard.Stderr() }

// Close stops the program and removes its folder. It may be called again.
func (g *Guarded) Close() error { return g.close() }

func (g *Guarded) release() error {
	_ = g.guard.Stdin.Close()
	select {
	case <-g.guard.Done():
	case <-time.After(guardStop):
		_ = g.guard.Kill()
		<-g.guard.Done()
	}
	<-g.exited
	_ = g.guard.Stdout.Close()
	return RemoveFolder(g.dir) // the guard has, unless it was killed
}
