package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long something may take on a busy machine that is a matter
// of milliseconds.
const patience = 30 * time.Second

// A process is the program while it runs, the leader of a process group as a
// shell makes it.
type process struct {
	*exec.Cmd
	dir            string // where it and all that it starts run; temporary files go to its tmp
	stdout, stderr watched
	done           chan struct{}
}

// start starts the program; a test that ends kills it.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startCommand(t, append([]string{binary}, args...)...)
}

func startCommand(t *testing.T, args ...string) *process {
	t.Helper()
	p := newProcess(t, args...)
	p.begin(t)
	return p
}

func newProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(args[0], args[1:]...), dir: t.TempDir(), done: make(chan struct{})}
	p.Dir, p.Env = p.dir, environment(t, p.dir)
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return p
}

func (p *process) begin(t *testing.T) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.done
	})
}

// await waits until stderr contains text.
func (p *process) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(p.stderr.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) || p.ended() {
			t.Fatalf("stderr without %q: %s", text, p.stderr.String())
		}
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// expect waits for the program to end with this code.
func (p *process) expect(t *testing.T, code int, within time.Duration) {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(within):
		t.Fatalf("still running after %v; stderr: %s", within, p.stderr.String())
	}
	if got := p.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d (%v), want %d; stderr: %s", got, p.ProcessState, code, p.stderr.String())
	}
}

// expectNothingLeft fails the test if a process or a temporary folder of the
// program outlives it.
func (p *process) expectNothingLeft(t *testing.T) {
	t.Helper()
	var left []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		folders, _ := filepath.Glob(filepath.Join(p.dir, "tmp", "*"))
		left = append(p.processes(""), folders...)
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("left behind: %q", left)
}

// processes are the folders under /proc of those whose name begins with name
// and that run in the program's folder or below; a zombie runs nowhere.
func (p *process) processes(name string) []string {
	var found []string
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		cwd, _ := os.Readlink(filepath.Join(folder, "cwd"))
		comm, _ := os.ReadFile(filepath.Join(folder, "comm"))
		if strings.HasPrefix(cwd, p.dir) && strings.HasPrefix(string(comm), name) {
			found = append(found, folder)
		}
	}
	return found
}

// A watched buffer can be read while the program writes.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
