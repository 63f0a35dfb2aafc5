package scenarios

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/raw"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/servertest"
)

// A rig is a scenario that is ready for a trial on a real server, whose steps
// the test makes.
type rig struct {
	*Bound
	server *servertest.Server
	engine *engine.Engine // has not run
	kinds  []Kind
	steps  []engine.Step
	done   []int // ops, by kind
	tried  []int
}

// newRig has sessions pass through wrap: those of workers, not the scenario's own.
func newRig(t *testing.T, name string, load Load, wrap func(clients.Session) clients.Session) *rig {
	t.Helper()
	return newRigOn(t, servertest.Start(t, servertest.Options{}), name, load, wrap)
}

func newRigOn(t *testing.T, server *servertest.Server, name string, load Load, wrap func(clients.Session) clients.Session) *rig {
	t.Helper()
	return newRigOf(t, server, openRaw(t, server), name, load, wrap)
}

func newRigOf(t *testing.T, server *servertest.Server, client clients.Client, name string, load Load, wrap func(clients.Session) clients.Session) *rig {
	t.Helper()
	s, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{server: server, kinds: s.KindsFor(load)}
	r.done, r.tried = make([]int, len(r.kinds)), make([]int, len(r.kinds))
	session := func(ctx context.Context) (clients.Session, error) {
		session, err := client.Session(ctx)
		if err == nil {
			t.Cleanup(func() { _ = session.Close() })
		}
		return session, err
	}
	e := engine.New(engine.Config{
		Workers: load.Workers, Kinds: len(r.kinds), Metrics: len(s.Metrics), Limit: engine.Limit{Steps: int64(100 * load.Workers)},
		Classify: func(error) int { return 0 }, Classes: 1, Warmed: func() error { return nil }, Ended: func() {},
	})
	r.engine = e
	material := s.NewMaterial(run, load, dataSeed, 9)
	r.server.Do(t, "CONFIG", "RESETSTAT")
	setup := Setup{Load: load, Material: material, Client: client, Session: session, Sampler: e.Sampler}
	if r.Bound, err = s.Prepare(t.Context(), setup); err != nil {
		t.Fatal(err)
	}
	for _, w := range e.Workers() {
		session, err := session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		step, err := r.Bind(wrap(session), material.Worker(w))
		if err != nil {
			t.Fatal(err)
		}
		r.steps = append(r.steps, step)
	}
	return r
}

func asItIs(s clients.Session) clients.Session { return s }

func openRaw(t *testing.T, server *servertest.Server) clients.Client {
	t.Helper()
	client, err := raw.Library.Variants[0].Open(t.Context(), clients.Target{
		Mode: clients.Standalone, Addrs: []string{server.Addr}, Timeout: 10 * time.Second, Workers: 8,
		Dialer: clients.NewDialer("tcp", 10*time.Second, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// step makes one of a worker and counts it.
func (r *rig) step(ctx context.Context, worker int) (kind int, err error) {
	kind, ops, err := r.steps[worker](ctx)
	r.tried[kind] += ops
	if err == nil {
		r.done[kind] += ops
	}
	return kind, err
}

// run makes so many steps of each worker, all of which must succeed.
func (r *rig) run(t *testing.T, steps int) {
	t.Helper()
	for range steps {
		for worker := range r.steps {
			if kind, err := r.step(t.Context(), worker); err != nil {
				t.Fatalf("%s: %v", r.kinds[kind].Name, err)
			}
		}
	}
}

// confirm holds the server's counts to those that the scenario declares.
func (r *rig) confirm(t *testing.T) {
	t.Helper()
	done, tried := map[string]int{}, map[string]int{}
	for i, kind := range r.kinds {
		for _, command := range kind.Commands {
			done[command] += r.done[i]
			tried[command] += r.tried[i]
		}
	}
	if r.Sent != nil {
		for command, n := range r.Sent() {
			if n.Done != n.Tried && slices.Equal(r.done, r.tried) {
				t.Errorf("%s: %+v, but nothing failed", command, n)
			}
			done[command] += int(n.Done)
			tried[command] += int(n.Tried)
		}
	}
	counts := serverCounts(t, r.server)
	for _, command := range slices.Sorted(maps.Keys(tried)) {
		if n := counts[command]; n < done[command] || n > tried[command] {
			t.Errorf("the server counted %d %s, want from %d to %d", n, command, done[command], tried[command])
		}
		delete(counts, command)
	}
	for _, handshake := range []string{"HELLO", "CLIENT|SETINFO", "CONFIG|RESETSTAT", "DBSIZE", "INFO", "PING"} {
		delete(counts, handshake)
	}
	if len(counts) > 0 {
		t.Errorf("the server counted what nobody has declared: %v", counts)
	}
}

func serverCounts(t *testing.T, server *servertest.Server) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for line := range strings.Lines(server.Do(t, "INFO", "commandstats")) {
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if !ok {
			continue
		}
		calls, _, _ := strings.Cut(rest, ",")
		n, err := strconv.Atoi(calls)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		counts[strings.ToUpper(name)] = n
	}
	return counts
}

// finish closes, and wants all keys to be gone.
func (r *rig) finish(t *testing.T) {
	t.Helper()
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := r.server.Do(t, "DBSIZE"); n != "0" {
		t.Errorf("%s keys are left behind", n)
	}
}

// A wiretap is a session between scenario and server.
type wiretap struct {
	clients.Session
	before func(call clients.Call) error // what it returns, it answers
	after  func(call clients.Call, answer *clients.Answer) error
}

func (m *wiretap) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if err := m.before(call); err != nil {
		return err
	}
	if err := m.Session.(clients.Commander).Do(ctx, call, into); err != nil {
		return err
	}
	return m.after(call, into)
}

func (m *wiretap) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	for i := range calls {
		if err := m.before(calls[i]); err != nil {
			return err
		}
	}
	if err := m.Session.(clients.Transactor).Transact(ctx, calls, into); err != nil {
		return err
	}
	for i := range calls {
		if err := m.after(calls[i], &into[i]); err != nil {
			return err
		}
	}
	return nil
}

// lies are ways to answer wrongly; they tell whether they could.
var lies = map[string]func(a *clients.Answer) bool{
	"another number": func(a *clients.Answer) bool {
		if a.Shape != clients.Int {
			return false
		}
		a.Int += 7
		return true
	},
	"a number for something else": func(a *clients.Answer) bool {
		if a.Shape != clients.Text && a.Shape != clients.List {
			return false
		}
		a.SetInt(1)
		return true
	},
	"another text": func(a *clients.Answer) bool {
		if a.Shape == clients.List && len(a.Items) > 0 {
			a = &a.Items[len(a.Items)-1]
		}
		if a.Shape != clients.Text || a.Text == "" {
			return false
		}
		a.Text = a.Text[:len(a.Text)-1] + "\x00"
		return true
	},
	"nothing": func(a *clients.Answer) bool {
		a.Reset()
		return true
	},
	"null": func(a *clients.Answer) bool {
		a.SetNull()
		return true
	},
	"fewer": func(a *clients.Answer) bool {
		if a.Shape != clients.List || len(a.Items) == 0 {
			return false
		}
		a.Items = a.Items[:len(a.Items)-1]
		return true
	},
	"one twice": func(a *clients.Answer) bool {
		if a.Shape != clients.List || len(a.Items) < 2 {
			return false
		}
		a.Items[0] = a.Items[1]
		return true
	},
	"none": func(a *clients.Answer) bool {
		if a.Shape != clients.List || len(a.Items) == 0 {
			return false
		}
		a.SetList()
		return true
	},
}

// testLies has each reply of each command be a lie of each sort once, which must
// be seen at once; afterwards all is well again.
func testLies(t *testing.T, name string) {
	t.Helper()
	var command, lie string
	var told bool
	r := newRig(t, name, Load{Workers: 1, DataSize: 20}, func(s clients.Session) clients.Session {
		return &wiretap{
			Session: s, before: func(clients.Call) error { return nil },
			after: func(call clients.Call, a *clients.Answer) error {
				if call.Words[0] == command && !told {
					told = lies[lie](a)
				}
				return nil
			},
		}
	})
	const enough = 200 // steps, so that all kinds are among them
	r.run(t, enough)
	for _, of := range declared(r.kinds) {
		ways := 0
		for _, way := range slices.Sorted(maps.Keys(lies)) {
			command, lie, told = of, way, false
			for range enough {
				if _, err := r.step(t.Context(), 0); told {
					ways++
					if clients.Classify(err) != clients.Mismatched {
						t.Errorf("%s answered with %s: %v", of, way, err)
					}
					break
				} else if err != nil {
					t.Errorf("%s, nothing to lie about yet: %v", of, err)
				}
			}
			command = ""
			r.run(t, 2)
		}
		if ways < 3 {
			t.Errorf("only %d lies were told about %s", ways, of)
		}
	}
	r.run(t, enough)
	r.finish(t)
}

// declared are the commands whose replies a session hands over.
func declared(kinds []Kind) []string {
	var commands []string
	for _, k := range kinds {
		commands = append(commands, k.Commands...)
	}
	slices.Sort(commands)
	return slices.DeleteFunc(slices.Compact(commands), func(c string) bool { return c == "MULTI" || c == "EXEC" })
}
