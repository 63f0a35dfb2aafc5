//go:build unix

package proc

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// An owned is what a started owner says of its children.
type owned struct {
	owner                 *exec.Cmd
	stdout                *bufio.Reader
	child, guard, guarded int
	dir                   string
}

func startOwner(t *testing.T) owned {
	t.Helper()
	o := owned{owner: exec.Command(os.Args[0], "owner")}
	o.owner.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := o.owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.owner.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = o.owner.Process.Kill()
		_ = o.owner.Wait()
		awaitGone(t, "guard", o.guard)
		_ = os.RemoveAll(o.dir)
	})
	o.stdout = bufio.NewReader(stdout)
	line, err := o.stdout.ReadString('\n')
	if _, scanErr := fmt.Sscan(line, &o.child, &o.guard, &o.guarded, &o.dir); scanErr != nil {
		t.Fatalf("owner said %q: %v, %v", line, err, scanErr)
	}
	return o
}

func TestKilledOwner(t *testing.T) {
	o := startOwner(t)
	if gone(o.guarded) || gone(o.guard) {
		t.Fatal("nothing runs")
	}
	if err := o.owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, "guarded program", o.guarded)
	awaitGone(t, "guard", o.guard)
	awaitNoFolder(t, o.dir)
	if runtime.GOOS == "linux" {
		awaitGone(t, "child", o.child)
	}
}

func TestInterruptOfTheOwnersGroup(t *testing.T) {
	o := startOwner(t)
	if err := syscall.Kill(-o.owner.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if line, err := o.stdout.ReadString('\n'); line != "interrupted\n" {
		t.Fatalf("owner said %q, %v", line, err)
	}
	awaitGone(t, "child in the owner's group", o.child)
	if gone(o.guarded) || gone(o.guard) {
		t.Error("the interrupt reached the guarded program")
	}
}

func TestGuardIsDeaf(t *testing.T) {
	g, _ := startGuarded(t, "sleep")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if err := syscall.Kill(g.guard.Pid(), sig); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Close(); err != nil || g.ExitReason() != "stopped by its guard" {
		t.Errorf("after three signals: %v, %s", err, g.ExitReason())
	}
}

func TestKilledGuard(t *testing.T) {
	g, dir := startGuarded(t, "sleep")
	if err := g.guard.Kill(); err != nil {
		t.Fatal(err)
	}
	<-g.Exited()
	awaitGone(t, "guarded program", g.Pid())
	if got := g.ExitReason(); got != "its guard ended: signal: killed" {
		t.Error(got)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	awaitNoFolder(t, dir)
}

func TestCloseStops(t *testing.T) {
	for _, role := range []string{"sleep", "stubborn"} {
		t.Run(role, func(t *testing.T) {
			g, dir := startGuarded(t, role)
			await(t, "program's output", func() bool { return g.Output() == "ready\n" })
			if err := g.Close(); err != nil {
				t.Error(err)
			}
			if got := g.ExitReason(); got != "stopped by its guard" {
				t.Error(got)
			}
			if !gone(g.Pid()) || !gone(g.guard.Pid()) {
				t.Error("something still runs after Close")
			}
			awaitNoFolder(t, dir)
		})
	}
}

func TestProgramEndsByItself(t *testing.T) {
	g, dir := startGuarded(t, "flood")
	<-g.Exited()
	if got := g.ExitReason(); got != "exit status 3" {
		t.Error(got)
	}
	if got := g.Output(); !strings.HasSuffix(got, "the end") {
		t.Errorf("output ends in %q", got[max(0, len(got)-16):])
	}
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("the folder must stay until Close: %v", err)
	}
}

func TestStartGuardedErrors(t *testing.T) {
	self := os.Args[0]
	tests := []struct {
		name    string
		guard   []string
		program string
		want    string
	}{
		{"no guard", nil, self, "no guard"},
		{"missing guard", []string{"/no/such/guard"}, self, "start guard"},
		{"missing program", []string{self, "guard"}, "/no/such/program", "/no/such/program"},
		{"no guard at all", []string{self, "cpus"}, self, "did not start its program, but said"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := FolderPath()
			_, err := StartGuarded(tt.guard, dir, Command{Args: []string{tt.program}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			awaitNoFolder(t, dir)
		})
	}
}

func TestGuardTouchesNoOtherFolder(t *testing.T) {
	own := FolderPath()
	if err := makeFolder(own); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(own)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(own, link); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	for _, dir := range []string{"", "/", ".", "/.", other, link, filepath.Base(own)} {
		if err := RemoveFolder(dir); err == nil {
			t.Errorf("removed %q", dir)
		}
		if code := Guard(strings.NewReader(""), io.Discard, []string{dir, "--", "true"}); code != 1 {
			t.Errorf("guard of %q: status %d", dir, code)
		}
	}
	for _, dir := range []string{own, other} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
	if code := Guard(strings.NewReader(""), io.Discard, []string{own, "true"}); code != 1 {
		t.Errorf("guard without --: status %d", code)
	}
}
