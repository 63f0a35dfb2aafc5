//go:build unix

package proc

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPipesAndStatus(t *testing.T) {
	child := startRole(t, Command{}, "echo")
	if got := child.ExitReason(); got != "" {
		t.Errorf("a running child has ended: %s", got)
	}
	if _, err := io.WriteString(child.Stdin, "there and back"); err != nil {
		t.Fatal(err)
	}
	child.Stdin.Close()
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	// Read after the end: what the child wrote must not be lost with it.
	if got, err := io.ReadAll(child.Stdout); string(got) != "there and back" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got := child.ExitReason(); got != "exit status 0" {
		t.Errorf("reason: %s", got)
	}
	if err := child.Kill(); err != nil {
		t.Errorf("killing a child that has ended: %v", err)
	}
}

func TestStartErrors(t *testing.T) {
	for _, args := range [][]string{nil, {"/no/such/program"}} {
		if child, err := Start(Command{Args: args}); err == nil {
			t.Errorf("%q started as %d", args, child.Pid())
		}
	}
}

func TestEnvironmentAndFolder(t *testing.T) {
	dir := t.TempDir()
	child, err := Start(Command{Args: []string{"/bin/sh", "-c", `echo "$ANSWER $(pwd)"`}, Env: []string{"ANSWER=42"}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(child.Stdout)
	if string(got) != "42 "+dir+"\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
	child.Stdin.Close()
	child.Stdout.Close()
}

func TestFloodOnStderr(t *testing.T) {
	child := startRole(t, Command{}, "flood")
	if err := child.Wait(); err == nil || child.ExitReason() != "exit status 3" {
		t.Errorf("ended with %v, %s", err, child.ExitReason())
	}
	got := child.Stderr()
	if len(got) != stderrTail || !strings.HasSuffix(got, "xxthe end") {
		t.Errorf("kept %d bytes, ending in %q", len(got), got[max(0, len(got)-16):])
	}
	if size := cap(child.stderr.buf); size > 8*stderrTail {
		t.Errorf("the tail of 64 MiB holds %d bytes of memory", size)
	}
}

func TestQuitShowsStacks(t *testing.T) {
	child := startRole(t, Command{}, "sleep")
	if _, err := bufio.NewReader(child.Stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := child.Quit(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	got := Stacks(child.Stderr())
	for _, want := range []string{"SIGQUIT: quit\n", "\ngoroutine 1 [sleep]:\n", "proc.sleep main_test.go:"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, secret := range []string{os.Args[0], "/proc/main_test.go", "0x"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q in\n%s", secret, got)
		}
	}
}

func TestOwnGroup(t *testing.T) {
	for _, own := range []bool{false, true} {
		child := startRole(t, Command{OwnGroup: own}, "sleep")
		group, err := syscall.Getpgid(child.Pid())
		if err != nil || (group == child.Pid()) != own {
			t.Errorf("own group %t: child %d is in group %d, %v", own, child.Pid(), group, err)
		}
	}
}

func TestWaitByMany(t *testing.T) {
	child := startRole(t, Command{}, "sleep")
	ended := make(chan error)
	for range 3 {
		go func() { ended <- child.Wait() }()
	}
	select {
	case <-child.Done():
		t.Fatal("ended by itself")
	case <-time.After(10 * time.Millisecond):
	}
	if err := child.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := <-ended; err == nil || child.ExitReason() != "signal: killed" {
			t.Errorf("got %v, %s", err, child.ExitReason())
		}
	}
}

// What a child has started ends with its group, also after the child itself;
// of a child in our group only the child does.
func TestKillGroup(t *testing.T) {
	for name, script := range map[string]string{"waits": "sleep 60 & echo $!; wait", "has gone": "sleep 60 & echo $!"} {
		t.Run(name, func(t *testing.T) {
			child, err := Start(Command{Args: []string{"/bin/sh", "-c", script}, OwnGroup: true})
			if err != nil {
				t.Fatal(err)
			}
			defer child.Stdin.Close()
			defer child.Stdout.Close()
			var grandchild int
			if _, err := fmt.Fscan(child.Stdout, &grandchild); err != nil {
				t.Fatal(err)
			}
			if name == "has gone" {
				_ = child.Wait()
			}
			if gone(grandchild) {
				t.Fatal("nothing runs")
			}
			if err := child.KillGroup(); err != nil {
				t.Error(err)
			}
			awaitGone(t, "grandchild", grandchild)
			<-child.Done()
			if err := child.KillGroup(); err != nil {
				t.Errorf("of a group that has gone: %v", err)
			}
		})
	}
	child := startRole(t, Command{}, "sleep")
	if err := child.KillGroup(); err != nil || child.Wait() == nil {
		t.Errorf("in our group: %v, %s", err, child.ExitReason())
	}
}
