package scenarios

import (
	"context"
	"errors"
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

const (
	run      = "ab"
	count    = 1000
	dataSeed = 5
	size     = 16
)

// bind makes the step of a lone worker over a client that knows what the
// loader wrote.
func bind(t testing.TB, s Scenario, depth int, client clients.Client) engine.Step {
	t.Helper()
	session, err := client.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	step, err := s.Bind(session, s.NewMaterial(run, loadOf(depth), dataSeed, 9).Worker(loneWorker()))
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func loadOf(depth int) Load {
	return Load{Workers: 1, Depth: depth, DataSize: size, Keyspace: count}
}

// loneWorker and workers are those of an engine that does not run.
func loneWorker() *engine.Worker { return workers(1)[0] }

func workers(n int) []*engine.Worker {
	return engine.New(engine.Config{Workers: n, Kinds: 1}).Workers()
}

// loaded is a client that knows what the loader wrote.
func loaded(s Scenario) clients.Client {
	keys, values, known := gen.NewKeys(s.Prefix(run, loadOf(1)), count), gen.NewValues(dataSeed, size), map[string]clients.Value{}
	for i := range count {
		known[keys.At(i)] = clients.Value(values.Loaded(i))
	}
	return fake.New(func(key string) (clients.Value, bool) { v, ok := known[key]; return v, ok })
}

func depthOf(s Scenario) int {
	if s.UsesLoad(Depth) {
		return 8
	}
	return 1
}

func TestEveryScenario(t *testing.T) {
	names, places := map[string]bool{}, map[int]bool{}
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			if names[s.Name] || places[s.Place] {
				t.Error("its name or place is taken twice")
			}
			names[s.Name], places[s.Place] = true, true
			if !strings.HasSuffix(s.Doc, "?") {
				t.Errorf("its doc is not the question that it answers: %q", s.Doc)
			}
			if s.Version < 1 || s.Load.Workers < 1 || len(s.KindsFor(s.Load)) == 0 {
				t.Error("version, workers and kinds must be set")
			}
			if s.Bind == nil {
				return // it needs more than SET and GET, and has tests of its own
			}
			step := bind(t, s, depthOf(s), loaded(s))
			for range 2 * count {
				kind, ops, err := step(t.Context())
				if err != nil || kind != 0 || ops != depthOf(s) {
					t.Fatalf("kind %d, %d ops, %v", kind, ops, err)
				}
			}
			if n := testing.AllocsPerRun(500, func() { _, _, _ = step(context.Background()) }); n != 0 {
				t.Errorf("%v allocations a step", n)
			}
		})
	}
}

// A reply that is not what was set must not pass, in any scenario that reads.
func TestWrongRepliesAreSeen(t *testing.T) {
	liar, err := fake.Library.Find("mismatch")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range All() {
		if s.Bind == nil {
			continue
		}
		client, err := liar.Open(t.Context(), clients.Target{Depth: depthOf(s)})
		if err != nil {
			t.Fatal(err)
		}
		_, ops, err := bind(t, s, depthOf(s), client)(t.Context())
		if s.Name == "set" || s.Counts { // these read nothing back
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
			continue
		}
		if _, ok := errors.AsType[*clients.Mismatch](err); !ok || ops != depthOf(s) {
			t.Errorf("%s: %d ops, %v", s.Name, ops, err)
		}
	}
}

// A lost SET shows: the key then holds another value.
func TestLostWriteIsSeen(t *testing.T) {
	s, err := Named("sync")
	if err != nil {
		t.Fatal(err)
	}
	client := loaded(s)
	step := bind(t, s, 1, forgetful{client})
	if _, _, err := step(t.Context()); clients.Classify(err) != clients.Mismatched {
		t.Errorf("got %v", err)
	}
}

// forgetful sessions acknowledge writes and do nothing.
type forgetful struct{ clients.Client }

func (f forgetful) Session(ctx context.Context) (clients.Session, error) {
	s, err := f.Client.Session(ctx)
	return forgetfulSession{s}, err
}

type forgetfulSession struct{ clients.Session }

func (forgetfulSession) Set(context.Context, string, clients.Value) error { return nil }

func TestPipelineIsNotEmulated(t *testing.T) {
	s, err := Named("pipelined")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bind(forgetfulSession{}, nil); err == nil || !strings.Contains(err.Error(), "explicit pipelining") {
		t.Errorf("got %v", err)
	}
}

// BenchmarkStep is what the engine and a step cost together, recording included.
func BenchmarkStep(b *testing.B) {
	s, err := Named("sync")
	if err != nil {
		b.Fatal(err)
	}
	e := engine.New(engine.Config{
		Workers: 1, Kinds: 1, Limit: engine.Limit{Steps: int64(b.N)}, Classes: 1,
		Classify: func(error) int { return 0 }, Warmed: func() error { return nil }, Ended: func() {},
	})
	step := bind(b, s, 1, fake.New(nil))
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := e.Run(b.Context(), []engine.Step{step}); err != nil {
		b.Fatal(err)
	}
}
