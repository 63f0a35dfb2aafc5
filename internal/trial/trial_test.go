package trial

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var libraries = []clients.Library{fake.Library}

func spec(variant string, change func(*results.Spec)) results.Spec {
	s := results.Spec{
		Protocol: results.Protocol, Run: "ab", Seed: 3, DataSeed: 4,
		Point: results.Point{
			Scenario: "concurrent", Version: 1, Library: "fake", Variant: variant,
			Load:      results.Load{Workers: 3, DataSize: 16, Keyspace: 100},
			Placement: results.Placement{Procs: runtime.GOMAXPROCS(0)},
			Settings:  results.Settings{Context: "background", Heap: 8 << 20, Timeout: time.Second, ConnectTimeout: time.Second},
		},
		Limit: results.Limit{Steps: 5000}, Warmup: results.Warmup{Steps: 70},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func execute(t *testing.T, s results.Spec) (*results.Measured, error) {
	t.Helper()
	return Execute(t.Context(), libraries, s, results.Access{Mode: clients.Standalone}, quiet())
}

func quiet() Hooks {
	return Hooks{Ready: func() error { return nil }, Started: func() {}, Ended: func() {}, Beat: func(results.Event) {}}
}

func TestRecord(t *testing.T) {
	m, err := execute(t, spec("default", nil))
	if err != nil {
		t.Fatal(err)
	}
	if m.Failure != "" || m.Stopped || m.Ops != 5000 || m.Attempts != 5000 || m.Warm.Ops != 70 || m.Window <= 0 || m.FirstReply <= 0 {
		t.Errorf("%+v", m)
	}
	k := m.Kinds[0]
	if k.Name != "set+get" || k.Sample != "set+get" || k.OpsPerSample != 1 || k.Service.Count != 5000 || k.Failed.Count != 0 {
		t.Errorf("%+v", k)
	}
	var ops, coarse int64
	for i, n := range m.Slices.Ops {
		ops += n
		for _, c := range m.Slices.Coarse[i] {
			coarse += c
		}
	}
	if ops != 5000 || coarse != 5000 {
		t.Errorf("slices hold %d ops, %d by size", ops, coarse)
	}
	if c := m.Cost; c.Allocs == nil || c.GCs == nil || c.UserCPU == nil || c.GOGC != 100 || c.Ballast <= 0 {
		t.Errorf("cost %+v", c)
	}
}

// A flush is one sample of several ops.
func TestFlushes(t *testing.T) {
	m, err := execute(t, spec("default", func(s *results.Spec) {
		s.Point.Scenario, s.Point.Load.Depth, s.Limit.Steps = "concurrent-pipelined", 8, 10
	}))
	if err != nil {
		t.Fatal(err)
	}
	k := m.Kinds[0]
	if m.Ops != 80 || k.Service.Count != 10 || k.Sample != "flush of 8" || k.OpsPerSample != 8 || m.Slices.Ops[0] != 80 {
		t.Errorf("%d ops, %+v, slices %v", m.Ops, k, m.Slices.Ops)
	}
}

func TestFailures(t *testing.T) {
	for name, test := range map[string]struct {
		variant string
		change  func(*results.Spec)
		failure string
		class   string
	}{
		"mismatch": {"mismatch", func(s *results.Spec) { s.Limit.Steps = 5 }, "5 steps got a reply that was not what was set", "mismatch"},
		"errors":   {"error", func(s *results.Spec) { s.Limit.Steps = 5 }, "5 of 5 ops failed, more than 1%", "other"},
		"nothing succeeds": {"error", func(s *results.Spec) {
			s.Limit, s.Warmup = results.Limit{Duration: time.Minute}, results.Warmup{}
			s.Point.Settings.Timeout = 50 * time.Millisecond
		}, "nothing succeeded for 100ms", "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := spec(test.variant, test.change)
			s.Warmup = results.Warmup{}
			m, err := execute(t, s)
			if err != nil {
				t.Fatal(err)
			}
			if m.Failure != test.failure || m.Errors[test.class] == 0 || m.FirstErrs[test.class] == "" || m.Ops != 0 || m.Stopped {
				t.Errorf("%q, %v, %v, %d ops", m.Failure, m.Errors, m.FirstErrs, m.Ops)
			}
			if m.Kinds[0].Failed.Count == 0 || m.Kinds[0].Service.Count != 0 {
				t.Errorf("failed steps are among the served ones: %+v", m.Kinds[0])
			}
		})
	}
}

func TestStoppedEarly(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	s := spec("default", func(s *results.Spec) { s.Limit = results.Limit{Duration: time.Hour} })
	m, err := Execute(ctx, libraries, s, results.Access{Mode: clients.Standalone}, quiet())
	if err != nil || !m.Stopped || m.Ops == 0 || m.Failure != "" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestCannotRun(t *testing.T) {
	for want, change := range map[string]func(*results.Spec){
		`unknown scenario "x"`:              func(s *results.Spec) { s.Point.Scenario = "x" },
		"scenario concurrent has version 1": func(s *results.Spec) { s.Point.Version = 9 },
		`unknown client "x"`:                func(s *results.Spec) { s.Point.Library = "x" },
		`unknown variant "x" of fake`:       func(s *results.Spec) { s.Point.Variant = "x" },
	} {
		if _, err := execute(t, spec("default", change)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s...", err, want)
		}
	}
}

// talk plays the owner of an executor: it writes lines, and answers ready.
func talk(t *testing.T, lines ...string) (events []results.Event, err error) {
	t.Helper()
	orders, stdin := io.Pipe()
	stdout, out := io.Pipe()
	served := make(chan error, 1)
	go func() {
		served <- Serve(orders, out, libraries, func() { t.Error("abandoned") })
		out.Close()
	}()
	go func() {
		for _, line := range lines {
			_, _ = io.WriteString(stdin, line+"\n")
		}
	}()
	for in := bufio.NewScanner(stdout); in.Scan(); {
		var e results.Event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", in.Text(), err)
		}
		events = append(events, e)
		if e.Event == results.EventReady {
			_, _ = io.WriteString(stdin, `{"go":true}`+"\n")
		}
		if e.Event == results.EventRecord || e.Event == results.EventError {
			stdin.Close()
		}
	}
	return events, <-served
}

func line(t *testing.T, o results.Order) string {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServe(t *testing.T) {
	s := spec("default", nil)
	events, err := talk(t, line(t, results.Order{Spec: &s}), line(t, results.Order{Access: &results.Access{Mode: clients.Standalone}}))
	if err != nil {
		t.Fatal(err)
	}
	var course []string
	for _, e := range events {
		if e.Event != results.EventBeat {
			course = append(course, e.Event)
		}
	}
	if got := strings.Join(course, " "); got != "ready started ended record" {
		t.Errorf("the course was %q", got)
	}
	if last := events[len(events)-1]; last.Record == nil || last.Record.Ops != 5000 {
		t.Errorf("%+v", last)
	}
}

func TestServeRefuses(t *testing.T) {
	other := spec("default", func(s *results.Spec) { s.Protocol = 2 })
	good := spec("default", nil)
	for name, test := range map[string]struct{ first, second, want string }{
		"another protocol": {line(t, results.Order{Spec: &other}), "", "protocol 2, this executor speaks 1"},
		"an unknown field": {`{"spec":{"protocol":1,"mode":"new"}}`, "", `unknown field "mode"`},
		"not JSON":         {"hello", "", "expected a spec"},
		"no spec":          {`{"go":true}`, "", "expected a spec"},
		"no access":        {line(t, results.Order{Spec: &good}), `{"go":true}`, "expected an access"},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := talk(t, test.first, test.second)
			if err == nil || len(events) != 1 || events[0].Event != results.EventError || !strings.Contains(events[0].Error, test.want) {
				t.Errorf("%+v, %v", events, err)
			}
		})
	}
}

// The end of stdin stops a trial under way.
func TestServeStopsWithItsOwner(t *testing.T) {
	orders, stdin := io.Pipe()
	s := spec("default", func(s *results.Spec) { s.Limit = results.Limit{Duration: time.Hour} })
	go func() {
		for _, o := range []results.Order{{Spec: &s}, {Access: &results.Access{Mode: clients.Standalone}}, {Go: true}} {
			_, _ = io.WriteString(stdin, line(t, o)+"\n")
		}
		time.Sleep(100 * time.Millisecond)
		stdin.Close()
	}()
	var out strings.Builder
	if err := Serve(orders, &out, libraries, func() { t.Error("abandoned") }); err != nil || !strings.Contains(out.String(), `"stopped":true`) {
		t.Errorf("%v: %s", err, out.String())
	}
}

// A client that lies in its first replies only.
type liesAtFirst struct{ clients.Client }

type lyingSession struct {
	clients.Session
	lies int
}

func (l liesAtFirst) Session(ctx context.Context) (clients.Session, error) {
	s, err := l.Client.Session(ctx)
	return &lyingSession{s, 3}, err
}

func (s *lyingSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	if s.lies--; s.lies >= 0 {
		into.String("a lie")
		return nil
	}
	return s.Session.Get(ctx, key, into)
}

// A wrong reply fails the trial in the warm-up, too.
func TestMismatchInTheWarmup(t *testing.T) {
	liar := clients.Library{Name: "liar", Variants: []clients.Variant{{
		Name: "default", Open: func(context.Context, clients.Target) (clients.Client, error) { return liesAtFirst{fake.New(nil)}, nil },
	}}}
	s := spec("default", func(s *results.Spec) {
		s.Point.Library, s.Point.Scenario, s.Point.Load.Workers = "liar", "sync", 1
	})
	m, err := Execute(t.Context(), []clients.Library{liar}, s, results.Access{}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if m.Failure != "3 steps got a reply that was not what was set" || len(m.Errors) != 0 || m.Warm.Errors["mismatch"] != 3 {
		t.Errorf("%q, errors %v, of the warm-up %v", m.Failure, m.Errors, m.Warm.Errors)
	}
}

// What is spent before the clock starts is not in the cost.
func TestCostIsOfTheWindow(t *testing.T) {
	const objects = 200_000
	hooks := quiet()
	hooks.Ready = func() error {
		var list []*[64]byte
		for range objects {
			list = append(list, new([64]byte))
		}
		runtime.KeepAlive(list)
		for began := time.Now(); time.Since(began) < 300*time.Millisecond; {
			runtime.Gosched()
		}
		return nil
	}
	m, err := Execute(t.Context(), libraries, spec("default", nil), results.Access{}, hooks)
	if err != nil {
		t.Fatal(err)
	}
	if *m.Cost.Allocs > objects/2 || *m.Cost.UserCPU+*m.Cost.SystemCPU > 250*time.Millisecond {
		t.Errorf("%d allocations, %v of CPU in %v", *m.Cost.Allocs, *m.Cost.UserCPU+*m.Cost.SystemCPU, m.Window)
	}
	if m.FirstReply > 250*time.Millisecond {
		t.Errorf("the first reply came after %v", m.FirstReply)
	}
}
