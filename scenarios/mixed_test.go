package scenarios

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/rueidis"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/servertest"
)

// load writes what the loader writes for a scenario.
func load(t *testing.T, server *servertest.Server, s Scenario, l Load) {
	t.Helper()
	keys, values, words := gen.NewKeys(s.Prefix(run, l), l.Keyspace), l.values(dataSeed), []string{"MSET"}
	for i := range l.Keyspace {
		words = append(words, keys.At(i), values.Loaded(i))
	}
	server.Do(t, words...)
}

// loadedRig is a rig whose key space was loaded.
func loadedRig(t *testing.T, name string, l Load, wrap func(clients.Session) clients.Session) *rig {
	t.Helper()
	s, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(l); err != nil {
		t.Fatal(err)
	}
	server := servertest.Start(t, servertest.Options{})
	load(t, server, s, l)
	return newRigOn(t, server, name, l, wrap)
}

// together makes 100 steps for each worker, all workers at once, and wants
// them to succeed.
func (r *rig) together(t *testing.T) *engine.Result {
	t.Helper()
	result, err := r.engine.Run(t.Context(), r.steps)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range result.Kinds {
		r.done[i], r.tried[i] = int(k.Ops), int(k.Attempts)
		if k.Ops != k.Attempts {
			t.Errorf("%s: %d ops of %d tried: %v", r.kinds[i].Name, k.Ops, k.Attempts, result.FirstErrs)
		}
	}
	return result
}

// leaves closes the scenario, and wants so many keys to be left.
func (r *rig) leaves(t *testing.T, keys int) {
	t.Helper()
	if r.Close != nil {
		if err := r.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := r.server.Do(t, "DBSIZE"); n != strconv.Itoa(keys) {
		t.Errorf("%s keys are left, want the %d that were loaded", n, keys)
	}
}

func mixedLoad(mix string) Load {
	return Load{Workers: 20, DataSize: size, Keyspace: count, Keys: "zipf:0.99", Mix: mix}
}

func TestMixed(t *testing.T) {
	for name, change := range map[string]func(*Load){
		"the default":   func(*Load) {},
		"every kind":    func(l *Load) { l.Mix = "get:25,set:25,insert:25,rmw:25" },
		"in order":      func(l *Load) { l.Mix, l.Keys = "get:50,set:50", "" },
		"hotspot":       func(l *Load) { l.Mix, l.Keys = "get:50,set:50", "hotspot:90/10" },
		"sizes":         func(l *Load) { l.Mix, l.Sizes, l.DataSize = "get:40,rmw:30,set:30", "1-100", 100 },
		"latest of all": func(l *Load) { l.Mix, l.Keys = "get:25,set:25,insert:25,rmw:25", "latest" },
		"few keys":      func(l *Load) { l.Mix, l.Keys, l.Keyspace = "get:50,insert:50", "latest", 7 },
		"one byte":      func(l *Load) { l.Mix, l.DataSize = "get:50,set:50", 1 },
		"ycsb-a":        func(l *Load) { l.Mix, l.Keys = mixPresets["ycsb-a"].Mix, mixPresets["ycsb-a"].Keys },
		"ycsb-d":        func(l *Load) { l.Mix, l.Keys = mixPresets["ycsb-d"].Mix, mixPresets["ycsb-d"].Keys },
		"ycsb-f":        func(l *Load) { l.Mix, l.Keys = mixPresets["ycsb-f"].Mix, mixPresets["ycsb-f"].Keys },
	} {
		t.Run(name, func(t *testing.T) {
			l := mixedLoad("get:95,set:5")
			change(&l)
			r := loadedRig(t, "mixed", l, asItIs)
			result := r.together(t)
			r.confirm(t)
			r.leaves(t, l.Keyspace)
			mix, _ := ParseMix(l.Mix)
			for i, k := range result.Kinds {
				if k.Reads.Misses != 0 || r.kinds[i].Reads != (k.Reads.Hits > 0) {
					t.Errorf("%s: reads %+v", r.kinds[i].Name, k.Reads)
				}
				share := float64(mix.parts[i].percent) / 100
				if got, sigma := float64(k.Ops)/2000, math.Sqrt(share*(1-share)/2000); math.Abs(got-share) > 4*sigma {
					t.Errorf("%s: a share of %v, want %v", r.kinds[i].Name, got, share)
				}
			}
		})
	}
}

func TestMissesOfMixed(t *testing.T) {
	l := mixedLoad("get:100")
	l.Misses = 0.25
	r := loadedRig(t, "mixed", l, asItIs)
	reads := r.together(t).Kinds[0].Reads
	if share := float64(reads.Misses) / 2000; math.Abs(share-0.25) > 0.04 || reads.Unintended != 0 || reads.Hits+reads.Misses != 2000 {
		t.Errorf("reads %+v, want a quarter of 2,000 to miss", reads)
	}
}

// What is declared of a kind is what each library sends.
func TestSharedKeysOnEveryClient(t *testing.T) {
	loads := map[string]Load{
		"mixed":   mixedLoad("get:25,set:25,insert:25,rmw:25"),
		"command": linesLoad(t, "GET {key}", "SET {key} {value}", "MGET {key} {key}", "HSET {key} f{rand 9} {value}", "HGETALL {key}", "ZADD {key} {rand 9} m", "ECHO ''"),
	}
	eachClient(t, clients.Standalone, func(t *testing.T, v clients.Variant) {
		for name, l := range loads {
			s, _ := Named(name)
			server := servertest.Start(t, servertest.Options{})
			load(t, server, s, l)
			r := newRigOf(t, server, openOn(t, v, clients.Standalone, []string{server.Addr}, l.Workers, 0), name, l, asItIs)
			r.together(t)
			confirmDeclared(t, r)
			r.leaves(t, count)
		}
	})
}

// Keys of the scenarios' own are in all slots, and removed from all of them.
func TestSharedKeysOnACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts six servers")
	}
	servers := servertest.StartCluster(t)
	for name, l := range map[string]Load{
		"mixed":   {Workers: 10, Mix: "insert:100"},
		"command": {Workers: 10, Lines: "1 HSET {key} f {value}"},
	} {
		c := contest{scenario: name, load: l, cluster: true}
		c.client = openOn(t, rueidis.Library.Variants[0], clients.Cluster, servers.Addrs[:1], 11, 0)
		c.run(t, 1000)
		c.ops(t, 1000)
		for _, master := range servers.Masters(t) {
			if n, unlinks := master.Do(t, "DBSIZE"), serverCounts(t, master)["UNLINK"]; n != "0" || unlinks == 0 {
				t.Errorf("%s: %s keys are left of %d on one of the masters", name, n, unlinks)
			}
		}
	}
}

// A key that was loaded and is not there is counted, and is no error.
func TestUnintendedMissesOfMixed(t *testing.T) {
	r := loadedRig(t, "mixed", mixedLoad("get:50,rmw:50"), asItIs)
	r.server.Do(t, "FLUSHALL")
	for i, k := range r.together(t).Kinds {
		if k.Reads.Unintended == 0 || k.Reads.Misses != k.Reads.Unintended || k.Reads.Hits+k.Reads.Misses != k.Ops {
			t.Errorf("%s: reads %+v", r.kinds[i].Name, k.Reads)
		}
	}
}

// A watched session tells which keys it was asked for, and may fail.
type watched struct {
	clients.Session
	got  map[string]int
	fail func(key string) error
}

var watchedLock sync.Mutex

func (w watched) Get(ctx context.Context, key string, into *clients.Reply) error {
	watchedLock.Lock()
	w.got[key]++
	watchedLock.Unlock()
	return w.Session.Get(ctx, key, into)
}

func (w watched) Set(ctx context.Context, key string, v clients.Value) error {
	if w.fail != nil {
		if err := w.fail(key); err != nil {
			return err
		}
	}
	return w.Session.Set(ctx, key, v)
}

func isInserted(key string) bool { return strings.Contains(key, ":new:") }

// Reads of the latest are mostly of what was inserted, by all workers.
func TestLatestReadsInserts(t *testing.T) {
	got := map[string]int{}
	r := loadedRig(t, "mixed", func() Load { l := mixedLoad("get:50,insert:50"); l.Keys = "latest"; return l }(),
		func(s clients.Session) clients.Session { return watched{Session: s, got: got} })
	reads := r.together(t).Kinds[0].Reads
	inserted := 0
	for key, n := range got {
		if isInserted(key) {
			inserted += n
		}
	}
	if inserted < 500 || reads.Misses > 0 {
		t.Errorf("%d of 1,000 reads were of inserted keys, reads %+v", inserted, reads)
	}
}

// An insert that was not acknowledged is never read.
func TestFailedInsertsAreNotRead(t *testing.T) {
	got, refuse := map[string]int{}, errors.New("refused")
	l := mixedLoad("get:50,insert:50")
	l.Keys = "latest"
	r := loadedRig(t, "mixed", l, func(s clients.Session) clients.Session {
		return watched{Session: s, got: got, fail: func(string) error { return refuse }}
	})
	for range 50 {
		for w := range r.steps {
			if _, err := r.step(t.Context(), w); err != nil && !errors.Is(err, refuse) {
				t.Fatal(err)
			}
		}
	}
	for key := range got {
		if isInserted(key) {
			t.Errorf("%s was read", key)
		}
	}
	if r.done[1] != 0 || r.tried[1] == 0 {
		t.Errorf("%d of %d inserts succeeded", r.done[1], r.tried[1])
	}
}

// A client with no other commands than SET and GET leaves what was inserted.
func TestMixedNeedsSetAndGetAlone(t *testing.T) {
	l := mixedLoad("get:25,set:25,insert:25,rmw:25")
	l.Workers = 1 // whose part is the whole key space: no insert is written anew
	r := loadedRig(t, "mixed", l, func(s clients.Session) clients.Session {
		return struct{ clients.Session }{s}
	})
	inserts := int(r.together(t).Kinds[2].Ops)
	r.leaves(t, count+inserts)
}

func TestWrongRepliesToMixedAreSeen(t *testing.T) {
	s, _ := Named("mixed")
	for _, mix := range []string{"get:100", "rmw:100"} {
		for name, l := range map[string]Load{
			"values": mixedLoad(mix),
			"misses": {Workers: 1, DataSize: size, Keyspace: count, Mix: mix, Misses: 1},
		} {
			if name == "misses" && mix != "get:100" {
				continue
			}
			step := prepared(t, s, l, replying{reply: "something of 16 b"})
			if _, _, err := step(t.Context()); clients.Classify(err) != clients.Mismatched {
				t.Errorf("%s, %s: %v", mix, name, err)
			}
		}
	}
}

// prepared makes the step of a lone worker.
func prepared(t testing.TB, s Scenario, l Load, session clients.Session) engine.Step {
	t.Helper()
	l.Workers = 1
	m := s.NewMaterial(run, l, dataSeed, 9)
	b, err := s.Prepare(t.Context(), Setup{Load: l, Material: m})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Config{Workers: 1, Kinds: len(s.KindsFor(l))})
	step, err := b.Bind(session, m.Worker(e.Workers()[0]))
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func TestMixedAllocatesNothing(t *testing.T) {
	s, _ := Named("mixed")
	for _, keys := range []string{"zipf:0.99", "latest"} {
		l := mixedLoad("get:25,set:25,insert:25,rmw:25")
		l.Keys, l.Misses, l.Workers = keys, 0.1, 1
		step := prepared(t, s, l, newMemory(t, s, l))
		if n := testing.AllocsPerRun(5000, func() {
			if _, _, err := step(context.Background()); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a step", keys, n)
		}
	}
}

// A memory is a session that knows what the loader wrote, and all it was sent.
type memory struct {
	clients.Session
	values map[string]clients.Value
}

func newMemory(t testing.TB, s Scenario, l Load) memory {
	t.Helper()
	m, keys, values := memory{values: make(map[string]clients.Value, 4*l.Keyspace)}, gen.NewKeys(s.Prefix(run, l), l.Keyspace), l.values(dataSeed)
	for i := range l.Keyspace {
		m.values[keys.At(i)] = clients.Value(values.Loaded(i))
	}
	return m
}

func (m memory) Set(_ context.Context, key string, v clients.Value) error {
	m.values[key] = v
	return nil
}

func (m memory) Get(_ context.Context, key string, into *clients.Reply) error {
	if v, ok := m.values[key]; ok {
		into.String(string(v))
	} else {
		into.Miss()
	}
	return nil
}

func BenchmarkMixed(b *testing.B) {
	s, _ := Named("mixed")
	step := prepared(b, s, mixedLoad("get:50,set:50"), newMemory(b, s, mixedLoad("get:50,set:50")))
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = step(context.Background())
	}
}
