package scenarios

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// A tardy client is a server and a cache in front of it, which forgets what was
// written a while after the write.
type tardy struct {
	clients.Client
	after time.Duration

	mu     sync.Mutex
	held   map[string]string // by the server
	cached map[string]string
	writes map[string]time.Time // to cached keys: the cache does not know of them yet
	off    bool
	offAt  int // sets; 0: never
	sets   int64
	lie    string // what a cached read gets instead of what was written
	old    bool   // a get past the cache gets what the cache has
	gone   string // the key is never there
}

func newTardy(after time.Duration) *tardy {
	return &tardy{after: after, held: map[string]string{}, cached: map[string]string{}, writes: map[string]time.Time{}}
}

func (c *tardy) Session(context.Context) (clients.Session, error) { return tardySession{c}, nil }

func (c *tardy) CacheStats() clients.CacheStats {
	return clients.CacheStats{Invalidations: 7, Entries: int64(len(c.cached)), Bytes: -1}
}

type tardySession struct{ *tardy }

func (tardySession) Close() error { return nil }

func (s tardySession) Set(_ context.Context, key string, v clients.Value) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[key] = string(v)
	if _, ok := s.cached[key]; ok && s.writes[key].IsZero() {
		s.writes[key] = time.Now()
	}
	s.sets++
	s.off = s.off || s.offAt > 0 && s.sets > int64(s.offAt)
	return nil
}

func (s tardySession) Pipeline(ctx context.Context, commands []clients.Command) error {
	for _, c := range commands {
		_ = s.Set(ctx, c.Key, c.Value)
	}
	return nil
}

func (s tardySession) Get(_ context.Context, key string, into *clients.Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.cached[key]; ok && s.old {
		into.String(old)
		return nil
	}
	s.answer(key, into)
	return nil
}

func (s tardySession) answer(key string, into *clients.Reply) {
	if v, ok := s.held[key]; ok && key != s.gone {
		into.String(v)
	} else {
		into.Miss()
	}
}

func (s tardySession) GetCached(_ context.Context, key string, into *clients.Reply) (hit bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.writes[key]; !at.IsZero() && time.Since(at) >= s.after {
		delete(s.cached, key)
		delete(s.writes, key)
	}
	if s.lie != "" {
		into.String(s.lie)
		return true, nil
	}
	if v, ok := s.cached[key]; ok && !s.off {
		into.String(v)
		return true, nil
	}
	s.answer(key, into)
	if !into.IsMiss() {
		s.cached[key] = into.Text()
	}
	return false, nil
}

func cachedDrive(t *testing.T, client clients.Client, mix string) *drive {
	return &drive{
		scenario: scenario(t, "cached"), client: client, steps: 20_000,
		load: Load{Workers: 4, DataSize: 16, Keyspace: 100, Keys: "zipf:0.99", Mix: mix},
	}
}

func TestCachedMetrics(t *testing.T) {
	for name, test := range map[string]struct {
		after time.Duration
		mix   string
		kinds int
		stale bool
	}{
		"never written":      {time.Millisecond, "get:100", 2, false},
		"forgets at once":    {0, "get:90,set:10", 3, false},
		"forgets in a while": {30 * time.Millisecond, "get:90,set:10", 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := cachedDrive(t, newTardy(test.after), test.mix)
			d.run(t)
			if d.err != nil || d.failed != nil {
				t.Fatalf("%v, %v", d.err, d.failed)
			}
			kinds := d.result.Kinds
			if gets := kinds[cachedGet].Ops - kinds[directGet].Ops; len(kinds) != test.kinds || gets > 0 || gets < -4 {
				t.Errorf("%d kinds; %d cached gets more than gets", len(kinds), gets)
			}
			if hits := d.metrics["cache hits"]; hits.Count == 0 || hits.Max > 100 || hits.Sum == 0 {
				t.Errorf("%d samples of the hit ratio, at most %d %%", hits.Count, hits.Max)
			}
			age := d.metrics["staleness"]
			if (age.Count > 0) != test.stale || age.Max >= int64(time.Second) {
				t.Errorf("%d stale reads, up to %d ns", age.Count, age.Max)
			}
			if got := d.metrics["invalidations"]; got.Count != 1 || got.Max != 7 || d.metrics["cache memory"].Count != 0 {
				t.Errorf("%d numbers of invalidations, of memory %d", got.Count, d.metrics["cache memory"].Count)
			}
		})
	}
}

// The probe tells how long an old value was served, where no worker reads at
// all, to the time between two of its reads.
func TestProbe(t *testing.T) {
	for _, after := range []time.Duration{0, 20 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			client, s := newTardy(after), scenario(t, "cached")
			load := Load{Workers: 2, DataSize: 16, Keyspace: 20, Mix: "get:50,set:50"}
			e := engine.New(engine.Config{Workers: 2, Kinds: 3, Metrics: len(s.Metrics)})
			b, err := s.Prepare(t.Context(), Setup{
				Load: load, Material: s.NewMaterial(run, load, dataSeed, 9), Client: client, Session: client.Session, Sampler: e.Sampler,
			})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(300 * time.Millisecond)
			if err := b.End(t.Context()); err != nil {
				t.Fatal(err)
			}
			got, sent := e.Metrics()[window], b.Sent()["SET"]
			if got.Count < 5 || got.Max > int64(after) || got.Min < int64(after-pollEvery) {
				t.Errorf("after %v: %d windows from %d to %d ns", after, got.Count, got.Min, got.Max)
			}
			if sent.Done != client.sets || sent.Tried != client.sets || sent.Done < got.Count+20 {
				t.Errorf("%d SETs, told are %+v", client.sets, sent)
			}
		})
	}
}

func TestCachedFaults(t *testing.T) {
	for name, test := range map[string]struct {
		change      func(*tardy)
		end, failed string
	}{
		"off from the start":           {func(c *tardy) { c.off = true }, "the client-side cache is off", ""},
		"turned off":                   {func(c *tardy) { c.offAt = 300 }, "the client-side cache is off", ""},
		"nobody wrote that":            {func(c *tardy) { c.lie = "0123456789abcdef" }, "values that nobody wrote", "has other content than was set"},
		"past the cache, an old value": {func(c *tardy) { c.old, c.after = true, time.Hour }, "", "has an older value of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			client := newTardy(0)
			test.change(client)
			d := cachedDrive(t, client, "get:90,set:10")
			if test.failed != "" {
				d.steps = 300 // a worker waits after each failure
			}
			d.run(t)
			wantErr(t, d.err, test.end)
			wantErr(t, d.failed, test.failed)
		})
	}
}

// A key that is not there is counted, and is no wrong reply.
func TestCachedMisses(t *testing.T) {
	client := newTardy(0)
	d := cachedDrive(t, client, "get:100")
	m := d.scenario.NewMaterial(run, d.load, dataSeed, 9)
	client.gone = m.keys.At(0)
	d.run(t)
	if d.err != nil || d.failed != nil {
		t.Fatalf("%v, %v", d.err, d.failed)
	}
	for _, k := range d.result.Kinds {
		if r := k.Reads; r.Misses == 0 || r.Misses != r.Unintended || r.Hits+r.Misses != k.Ops {
			t.Errorf("%+v of %d ops", r, k.Ops)
		}
	}
}

func TestCachedLoads(t *testing.T) {
	for mix, want := range map[string]string{
		"get:100": "", "get:50,set:50": "", "set:100": "reads nothing", "get:50,rmw:50": "has rmw; cached has get and set",
		"get:50": "add up to 50", "get": "percentage",
	} {
		wantErr(t, checkCached(Load{Workers: 2, Keyspace: 3, Mix: mix}), want)
	}
	wantErr(t, checkCached(Load{Workers: 3, Keyspace: 3, Mix: "get:100"}), "3 keys are too few for 3 workers")
}
