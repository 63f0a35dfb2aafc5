package runner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// The test binary plays executors: which one is in this variable.
const playing = "RESPBENCH_TEST_EXECUTOR"

func TestMain(m *testing.M) {
	if role := os.Getenv(playing); role != "" {
		executors[role]()
		return
	}
	goleak.VerifyTestMain(m)
}

func say(lines ...string) {
	for _, line := range lines {
		fmt.Fprintln(os.Stdout, line)
	}
}

// untilTold reads orders until one says go, or until stdin ends.
func untilTold() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if o, err := results.ReadOrder(in.Bytes()); err != nil || o.Go {
			return
		}
	}
}

func beatOn() {
	for n := 1; ; n++ {
		say(fmt.Sprintf(`{"event":"beat","attempts":%d}`, n))
		time.Sleep(20 * time.Millisecond)
	}
}

const (
	beat   = `{"event":"beat","attempts":1}`
	ready  = `{"event":"ready"}`
	record = `{"event":"record","record":{"protocol":1,"ops":7,"attempts":7}}`
)

var executors = map[string]func(){
	"good":    func() { say(beat, ready); untilTold(); say(`{"event":"started"}`, `{"event":"ended"}`, record) },
	"refuses": func() { say(`{"event":"error","error":"no such thing","class":"other"}`); os.Exit(1) },
	"panics":  func() { say(ready); panic("/home/me/secret") },
	"leaves":  func() { say(beat) },
	"garbage": func() { say("this is not JSON", record) },
	"silent":  func() { select {} },
	"stands still": func() {
		for {
			say(beat)
			time.Sleep(20 * time.Millisecond)
		}
	},
	"overstays": func() {
		say(ready, `{"event":"started"}`)
		beatOn()
	},
	"floods": func() {
		for line := strings.Repeat("x", 1<<20); ; {
			fmt.Fprint(os.Stdout, line) // never ends the line
		}
	},
	"beats on": func() { beatOn() },
	"beats on when ready": func() {
		say(ready)
		beatOn()
	},
	"beats on after the end": func() {
		say(ready, `{"event":"started"}`, `{"event":"ended"}`)
		beatOn()
	},
	"deaf":  func() { say(ready); select {} },
	"stops": func() { untilTold(); untilTold(); say(record) },
	"stays": func() { say(ready); untilTold(); say(record); select {} },
}

const (
	patience = 700 * time.Millisecond
	overstay = 400 * time.Millisecond
)

func play(ctx context.Context, t *testing.T, role string, b Bracket) (*results.Measured, error) {
	t.Helper()
	own := Executor{Command: []string{os.Args[0]}}
	return playAs(ctx, t, own, role, b, Bounds{Patience: patience, Window: overstay})
}

func playAs(ctx context.Context, t *testing.T, e Executor, role string, b Bracket, limits Bounds) (*results.Measured, error) {
	t.Helper()
	if b.Beat == nil {
		b.Beat = func(results.Event) {}
	}
	none := func() {}
	if b.Ready == nil {
		b.Ready = none
	}
	if b.Started == nil {
		b.Started = none
	}
	if b.Ended == nil {
		b.Ended = none
	}
	spec := results.Spec{Protocol: results.Protocol}
	access := results.Access{Network: "tcp", Addrs: []string{"10.1.2.3:6379"}, Username: "readonly", Password: "hunter22/x"}
	return RunTrial(ctx, e, command(role), spec, access, b, limits)
}

// command has all but what is started.
func command(role string) proc.Command {
	return proc.Command{Env: append(os.Environ(), playing+"="+role, "GORACE=atexit_sleep_ms=0")}
}

func TestGoodExecutor(t *testing.T) {
	var course []string
	note := func(what string) func() { return func() { course = append(course, what) } }
	m, err := play(t.Context(), t, "good", Bracket{
		Ready: note("ready"), Started: note("started"), Ended: note("ended"), Beat: func(results.Event) { course = append(course, "beat") },
	})
	if err != nil || m.Ops != 7 {
		t.Fatalf("%+v, %v", m, err)
	}
	if got := strings.Join(course, " "); got != "beat ready started ended" {
		t.Errorf("the course was %q", got)
	}
}

// Whatever an executor does, the trial ends with a reason.
func TestBadExecutors(t *testing.T) {
	for role, want := range map[string]string{
		"refuses":      "no such thing",
		"panics":       "child_test.go",
		"leaves":       "without a record",
		"garbage":      "wrote something that is not an event",
		"silent":       "no progress for 700ms; its stacks: SIGQUIT",
		"stands still": "no progress for 700ms; its stacks: SIGQUIT",
		"overstays":    "a call has not returned 400ms after the start; its stacks: SIGQUIT",
		"floods":       "", // the reason depends on how fast it is
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			m, err := play(t.Context(), t, role, Bracket{})
			if m != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("got %+v, %v; want %q", m, err, want)
			}
			if strings.Contains(err.Error(), "/home/me") {
				t.Errorf("the reason holds a path: %v", err)
			}
		})
	}
}

func TestInterruptedExecutors(t *testing.T) {
	for role, isKept := range map[string]bool{"stops": true, "deaf": false} {
		t.Run(role, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			began := time.Now()
			m, err := play(ctx, t, role, Bracket{})
			if isKept != (m != nil) || !isKept && !errors.Is(err, context.Canceled) {
				t.Errorf("got %+v, %v", m, err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// An executor that has given its record but does not end is ended.
func TestExecutorThatStays(t *testing.T) {
	if m, err := play(t.Context(), t, "stays", Bracket{}); err != nil || m.Ops != 7 {
		t.Errorf("got %+v, %v", m, err)
	}
}
