package scenarios

import (
	"cmp"
	"context"
	"maps"
	"strconv"
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/clients/raw"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/servertest"
)

// A drive is a scenario that prepares, run as a trial runs it.
type drive struct {
	scenario Scenario
	load     Load
	client   clients.Client
	steps    int64
	seed     uint64
	cluster  bool
	pace     engine.Pace
	disturb  bool

	result  *engine.Result
	metrics map[string]engine.Recording // by name
	sent    map[string]Sent
	err     error // of preparing, or of the end
	failed  error // of a step, the first
}

func (d *drive) run(t testing.TB) {
	t.Helper()
	e := engine.New(engine.Config{
		Workers: d.load.Workers, Kinds: len(d.scenario.KindsFor(d.load)), Metrics: len(d.scenario.Metrics),
		Limit: engine.Limit{Steps: d.steps}, Pace: d.pace, Classes: 1, Classify: func(error) int { return 0 },
		Warmed: func() error { return nil }, Ended: func() {},
	})
	m := d.scenario.NewMaterial(run, d.load, dataSeed, cmp.Or(d.seed, 9))
	bound, err := d.scenario.Prepare(t.Context(), Setup{
		Load: d.load, Material: m, Client: d.client, Session: d.client.Session, Sampler: e.Sampler,
		Cluster: d.cluster, Disturbed: d.disturb,
	})
	if err != nil {
		d.err = err
		return
	}
	d.result, err = e.Run(t.Context(), d.bind(t, bound, m, e))
	if err != nil {
		t.Fatal(err)
	}
	d.failed = d.result.FirstErrs[0]
	d.err = bound.End(t.Context())
	d.metrics = map[string]engine.Recording{}
	for i, r := range e.Metrics() {
		d.metrics[d.scenario.Metrics[i].Name] = r
	}
	if bound.Sent != nil {
		d.sent = bound.Sent()
	}
	if err := bound.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
}

func (d *drive) bind(t testing.TB, bound *Bound, m *Material, e *engine.Engine) (steps []engine.Step) {
	for _, w := range e.Workers() {
		session, err := d.client.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		step, err := bound.Bind(session, m.Worker(w))
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}

// onRedis is the raw client of a Redis of the test's own.
func onRedis(t *testing.T) (*servertest.Server, clients.Client) {
	t.Helper()
	server := servertest.Start(t, servertest.Options{})
	return server, openOn(t, raw.Library.Variants[0], clients.Standalone, []string{server.Addr}, 100, 0)
}

func scenario(t testing.TB, name string) Scenario {
	t.Helper()
	s, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// confirm has the server confirm all commands that are declared.
func (d *drive) confirm(t *testing.T, server *servertest.Server) {
	t.Helper()
	sent := maps.Clone(d.sent)
	if sent == nil {
		sent = map[string]Sent{}
	}
	for i, kind := range d.scenario.KindsFor(d.load) {
		for _, command := range kind.Commands {
			s := sent[command]
			sent[command] = Sent{Done: s.Done + d.result.Kinds[i].Ops, Tried: s.Tried + d.result.Kinds[i].Attempts}
		}
	}
	for command, want := range sent {
		confirm(t, server, command, want)
	}
}

// confirm has the server confirm how many commands it was sent.
func confirm(t *testing.T, server *servertest.Server, command string, want Sent) {
	t.Helper()
	var calls int64
	for line := range strings.Lines(server.Do(t, "INFO", "commandstats")) {
		if rest, ok := strings.CutPrefix(line, "cmdstat_"+strings.ToLower(command)+":calls="); ok {
			n, _, _ := strings.Cut(rest, ",")
			calls, _ = strconv.ParseInt(n, 10, 64)
		}
	}
	if calls < want.Done || calls > want.Tried {
		t.Errorf("the server counted %d %s, want from %d to %d", calls, command, want.Done, want.Tried)
	}
}

// noKeys wants nothing left on the server.
func noKeys(t *testing.T, server *servertest.Server) {
	t.Helper()
	if n := server.Do(t, "DBSIZE"); n != "0" {
		t.Errorf("%s keys are left", n)
	}
}

// A tap is a client whose sessions' commands and messages pass through
// hands of the test's.
type tap struct {
	clients.Client
	do      func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error
	message func(deliver func(string)) func(string)
}

func (m tap) Session(ctx context.Context) (clients.Session, error) {
	s, err := m.Client.Session(ctx)
	return tapped{s, m}, err
}

type tapped struct {
	clients.Session
	by tap
}

func (m tapped) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	inner := m.Session.(clients.Commander)
	if m.by.do == nil {
		return inner.Do(ctx, call, into)
	}
	return m.by.do(inner, ctx, call, into)
}

func (m tapped) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	if m.by.message != nil {
		message = m.by.message(message)
	}
	return m.Session.(clients.Listener).Listen(ctx, channel, ready, message)
}

// wantErr wants an error that has text in it, or none where that is empty.
func wantErr(t *testing.T, err error, text string) {
	t.Helper()
	if text == "" && err != nil || text != "" && (err == nil || !strings.Contains(err.Error(), text)) {
		t.Errorf("got error %v, want %q", err, text)
	}
}

// Each scenario runs on each client that has what it needs, and the server
// confirms what it was sent.
func TestReceiversOnEveryClient(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	for _, name := range []string{"queue", "queue-streams", "pubsub", "cached"} {
		s := scenario(t, name)
		load := Load{Workers: 4, Receivers: 4, DataSize: 100, Keyspace: 100, Mix: "get:90,set:10"}
		for _, library := range all.Libraries() {
			for _, v := range library.Variants {
				if v.Hidden || v.Has.Lacks(s.Needs) != "" {
					continue
				}
				t.Run(name+" "+library.Name+":"+v.Name, func(t *testing.T) {
					server.Do(t, "CONFIG", "RESETSTAT")
					d := drive{scenario: s, load: load, steps: 1000}
					sessions, conns := 4+s.Sessions(load), 0
					if library.Name == "radix" { // receivers that wait would take all four of its pool
						conns = sessions
					}
					d.client = openOn(t, v, clients.Standalone, []string{server.Addr}, sessions, conns)
					d.run(t)
					if d.err != nil || d.failed != nil {
						t.Fatalf("%v, %v", d.err, d.failed)
					}
					d.confirm(t, server)
				})
			}
		}
	}
}
