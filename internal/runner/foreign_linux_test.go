package runner

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/results"
)

// foreign is a program of others that speaks as our own trials do.
func foreign(args ...string) Executor {
	return Executor{Driver: &driver.Driver{Args: args, About: driver.Description{Speaks: driver.SpeaksTrial}}}
}

func shell(script string) Executor { return foreign("/bin/sh", "-c", script) }

// What the program of others has started ends with it, however it ends, also if
// it has its output.
func TestForeignGroupEnds(t *testing.T) {
	const started, record = "sleep 60 & echo $! >PID; ", `echo '{"event":"record","record":{"stopped":true}}'; `
	for name, test := range map[string]struct {
		script, want string
		interrupted  bool
	}{
		"it waits":            {started + "wait", "no progress for 700ms", false},
		"it is asked to stop": {started + "trap '' TERM; cat >/dev/null; wait", "context canceled", true},
		"it has ended":        {started + "echo no such >&2; exit 3", "the process of the trial ended (exit status 3): no such", false},
		"it has its record":   {started + record + "exit 0", "", false},
		"it stays":            {started + record + "wait", "", false},
		// It is in no group of ours, and holds the output.
		"it has fled, waits":    {"setsid sleep 5 & wait", "no progress for 700ms", false},
		"it has fled, recorded": {"setsid sleep 5 & " + record, "", false},
		"it has fled, ended":    {"setsid sleep 5 & exit 3", "the process of the trial ended (exit status 3)", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.interrupted {
				time.AfterFunc(100*time.Millisecond, cancel)
			}
			pid, began := filepath.Join(t.TempDir(), "pid"), time.Now()
			_, err := playAs(ctx, t, shell(strings.ReplaceAll(test.script, "PID", pid)), "", Bracket{}, Bounds{Patience: patience})
			if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
			if strings.Contains(test.script, "PID") {
				expectGone(t, pid)
			}
		})
	}
}

func expectGone(t *testing.T, file string) {
	t.Helper()
	pid, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	process := filepath.Join("/proc", strings.TrimSpace(string(pid)), "cmdline")
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if line, _ := os.ReadFile(process); len(line) == 0 { // gone, or not waited for yet
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("what it has started still runs")
		}
	}
}

// One that does not read its orders is as bounded, and as interruptible.
func TestForeignThatDoesNotRead(t *testing.T) {
	for want, after := range map[string]time.Duration{"no progress for 700ms": time.Minute, "context canceled": 100 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		defer cancel()
		e := shell("exec sleep 60")
		access := results.Access{Password: strings.Repeat("x", 128<<10)}
		ignored := Bracket{Ready: func() {}, Started: func() {}, Ended: func() {}, Beat: func(results.Event) {}}
		began := time.Now()
		_, err := RunTrial(ctx, e, command(""), results.Spec{}, access, ignored, Bounds{Patience: patience})
		if err == nil || err.Error() != want || time.Since(began) > 10*time.Second {
			t.Errorf("after %v: %v, want %s", time.Since(began), err, want)
		}
	}
}

// Beats alone keep no program of others alive.
func TestForeignThatBeatsOn(t *testing.T) {
	for role, want := range map[string]string{
		"beats on":               "not ready 300ms after it was started",
		"beats on when ready":    "not started 400ms after it was told to",
		"overstays":              "a call has not returned 500ms after the start",
		"beats on after the end": "no record 400ms after the end",
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			limits := Bounds{Patience: 20 * time.Second, Warm: 300 * time.Millisecond, Edges: 400 * time.Millisecond, Window: 500 * time.Millisecond}
			if _, err := playAs(t.Context(), t, foreign(os.Args[0]), role, Bracket{}, limits); err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// Its last words are redacted before they are cut.
func TestForeignLastWords(t *testing.T) {
	words := strings.Repeat("x", 190) + " with hunter22/x at /home/me/x 10.1.2.3:6379"
	_, err := playAs(t.Context(), t, shell("echo '"+words+"' >&2; exit 3"), "", Bracket{}, Bounds{Patience: patience})
	if want := "the process of the trial ended (exit status 3): " + strings.Repeat("x", 190) + " with <sec"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err = playAs(t.Context(), t, shell("exit 3"), "", Bracket{}, Bounds{Patience: patience}); errors.Is(err, context.Canceled) ||
		err.Error() != "the process of the trial ended (exit status 3) without a record" {
		t.Errorf("got %v", err)
	}
}
