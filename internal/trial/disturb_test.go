package trial

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// A script plays a client: around the fake's calls, by how long the window has
// lasted; negative in the warm-up.
type script struct {
	clients.Session
	at   func() time.Duration
	get  func(at time.Duration, key string, into *clients.Reply) (done bool, err error)
	incr func(at time.Duration, n int64) (int64, error)
}

func (s *script) Get(ctx context.Context, key string, into *clients.Reply) error {
	if s.get != nil {
		if done, err := s.get(s.at(), key, into); done {
			return err
		}
	}
	return s.Session.Get(ctx, key, into)
}

func (s *script) Incr(ctx context.Context, key string) (int64, error) {
	n, err := s.Session.(clients.Counter).Incr(ctx, key)
	if s.incr != nil {
		return s.incr(s.at(), n)
	}
	return n, err
}

type scripted struct {
	clients.Client
	session func(clients.Session) clients.Session
}

func (c scripted) Session(ctx context.Context) (clients.Session, error) {
	s, err := c.Client.Session(ctx)
	return c.session(s), err
}

// play executes a spec with a client of one scripted worker.
func play(t *testing.T, s results.Spec, change func(*script)) *results.Measured {
	t.Helper()
	var started time.Time
	at := func() time.Duration {
		if started.IsZero() {
			return -1
		}
		return time.Since(started)
	}
	library := clients.Library{Name: "script", Variants: []clients.Variant{{
		Name: "default", Has: clients.Capabilities{Count: true},
		Open: func(context.Context, clients.Target) (clients.Client, error) {
			return scripted{fake.New(nil), func(s clients.Session) clients.Session {
				played := &script{Session: s, at: at}
				change(played)
				return played
			}}, nil
		},
	}}}
	s.Point.Library, s.Point.Load.Workers = "script", 1
	hooks := quiet()
	hooks.Started = func() { started = time.Now() }
	m, err := Execute(t.Context(), []clients.Library{library}, s, results.Access{Mode: clients.Standalone}, hooks)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func disturbed(disturb string) results.Spec {
	return spec("default", func(s *results.Spec) {
		s.Point.Scenario, s.Point.Disturb = "sync", disturb
		s.Limit = results.Limit{Duration: 400 * time.Millisecond}
	})
}

// Much of the window fails: that is what is measured, to a tenth of a second.
func TestDisturbedTrial(t *testing.T) {
	t.Parallel()
	m := play(t, disturbed("kill-clients@1s"), func(s *script) {
		failures := 8 // with waits of 127 ms between them
		s.get = func(at time.Duration, _ string, _ *clients.Reply) (bool, error) {
			if at < 100*time.Millisecond || failures == 0 {
				return false, nil
			}
			failures--
			return true, errors.New("EOF")
		}
	})
	if m.Failure != "" || m.Errors["reset"] == 0 || m.Slices.Length != disturbedSlice || len(m.Slices.Ops) < 2 {
		t.Errorf("%q, errors %v, slices of %v: %v", m.Failure, m.Errors, m.Slices.Length, m.Slices.Ops)
	}
	longest := time.Duration(0)
	for _, o := range m.Outages {
		if o.Start < 0 || o.End-o.Start < results.OutageFrom || o.End > m.Window {
			t.Errorf("an outage from %v to %v of %v", o.Start, o.End, m.Window)
		}
		longest = max(longest, o.End-o.Start)
	}
	if longest < 127*time.Millisecond {
		t.Errorf("the longest outage is %v", longest)
	}
}

// Nothing succeeds for far longer than would end another trial.
func TestDisturbedTrialIsNotGivenUp(t *testing.T) {
	t.Parallel()
	s := disturbed("pause=1s@0s")
	s.Limit.Duration, s.Point.Settings.Timeout = 900*time.Millisecond, 50*time.Millisecond
	m := play(t, s, func(s *script) {
		s.get = func(at time.Duration, _ string, _ *clients.Reply) (bool, error) {
			return at >= 10*time.Millisecond, errors.New("i/o timeout")
		}
	})
	if m.Failure != "" || m.Stopped || m.Window < 300*time.Millisecond || m.Errors["timeout"] == 0 {
		t.Errorf("%q after %v, errors %v", m.Failure, m.Window, m.Errors)
	}
}

func TestDisturbedTrialCanFail(t *testing.T) {
	t.Parallel()
	s := disturbed("restart@0s")
	s.Warmup, s.Limit.Duration = results.Warmup{}, 50*time.Millisecond
	m := play(t, s, func(s *script) {
		s.get = func(time.Duration, string, *clients.Reply) (bool, error) { return true, errors.New("EOF") }
	})
	if m.Failure != "no op was done" {
		t.Errorf("got %q", m.Failure)
	}
	s.Point.Disturb = "flood@2s"
	if _, err := execute(t, s); err == nil || !strings.Contains(err.Error(), "kill-clients") {
		t.Errorf("an unknown disturbance: %v", err)
	}
}

// Whose fault a wrong reply is depends on what is done to the server.
func TestWrongRepliesOfDisturbedTrials(t *testing.T) {
	t.Parallel()
	values := gen.NewValues(4, 16)
	replies := map[string]func(key int, into *clients.Reply){
		"a miss":       func(_ int, into *clients.Reply) { into.Miss() },
		"its older":    func(key int, into *clients.Reply) { into.String(values.Trial(8).Written(key, 3)) },
		"another's":    func(key int, into *clients.Reply) { into.String(values.Trial(3).Written(key+1, 0)) },
		"a half":       func(key int, into *clients.Reply) { into.String(values.Trial(3).Written(key, 0)[:8]) },
		"no reply":     func(int, *clients.Reply) {},
		"in warm-up":   func(_ int, into *clients.Reply) { into.Miss() },
		"the loader's": func(key int, into *clients.Reply) { into.String(values.Loaded(key)) },
	}
	forgiven := map[string]map[string]bool{
		"kill-clients@1s":         {},
		"pause=500ms@1s":          {},
		"restart@1s":              {"a miss": true},
		"failover@1s":             {"a miss": true, "its older": true, "the loader's": true},
		"pause=1s@1s+failover@2s": {"a miss": true, "its older": true, "the loader's": true},
	}
	for disturb, passes := range forgiven {
		for name, reply := range replies {
			s := disturbed(disturb)
			s.Earlier, s.Limit = []uint64{8}, results.Limit{Steps: 5}
			m := play(t, s, func(s *script) {
				wrong := 2 // replies
				s.get = func(at time.Duration, key string, into *clients.Reply) (bool, error) {
					if wrong == 0 || (at < 0) != (name == "in warm-up") {
						return false, nil
					}
					wrong--
					i, _ := strconv.Atoi(key[len("respbench:ab:"):])
					reply(i, into)
					return true, nil
				}
			})
			want := "2 steps got a reply that was not what was set"
			if passes[name] {
				want = ""
			}
			if m.Failure != want || m.Errors["mismatch"]+m.Warm.Errors["mismatch"] != 2 {
				t.Errorf("%s, %s: %q, errors %v", disturb, name, m.Failure, m.Errors)
			}
		}
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		disturb string
		incr    func(calls int, n int64) (int64, error)
		want    results.Tally
		failure string
	}{
		"all is well": {"", nil, results.Tally{Acked: 200}, ""},
		"done twice":  {"", func(_ int, n int64) (int64, error) { return n + n/100, nil }, results.Tally{Acked: 200, Lost: 1, Twice: 2}, "1 increments lost, 2 done twice"},
		"disturbed":   {"restart@1s", func(_ int, n int64) (int64, error) { return n + n/100, nil }, results.Tally{Acked: 200, Lost: 1, Twice: 2}, ""},
		"failed and done": {"kill-clients@1s", func(calls int, n int64) (int64, error) {
			if calls == 50 || calls == 200 {
				return 0, errors.New("EOF")
			}
			return n, nil
		}, results.Tally{Acked: 198, Unsure: 2}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := spec("default", func(s *results.Spec) {
				s.Point.Scenario, s.Point.Disturb = "counter", test.disturb
				s.Point.Load = results.Load{}
				s.Warmup, s.Limit = results.Warmup{Steps: 20}, results.Limit{Steps: 180}
			})
			m := play(t, s, func(s *script) {
				calls, value, tries := 0, int64(0), 0
				s.incr = func(_ time.Duration, n int64) (int64, error) {
					calls++
					value = n
					if test.incr != nil {
						return test.incr(calls, n)
					}
					return n, nil
				}
				s.get = func(_ time.Duration, key string, into *clients.Reply) (bool, error) {
					if tries++; tries < 3 {
						return true, errors.New("EOF") // the connection is still broken
					}
					if key != "respbench:ab:counter:0" {
						t.Errorf("settling reads %s", key)
					}
					into.String(strconv.FormatInt(value, 10))
					return true, nil
				}
			})
			if m.Failure != test.failure || m.Ops < 178 {
				t.Errorf("%q, %d ops", m.Failure, m.Ops)
			}
			if diff := cmp.Diff(&test.want, m.Tally); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What became of increments is not known if the server has gone, and nothing
// is claimed of it. Whoever waits for the record does not wait for that server.
func TestUnknownTally(t *testing.T) {
	t.Parallel()
	for disturb, failure := range map[string]string{
		"":           "the counters could not be read at the end",
		"restart@1s": "",
	} {
		s := spec("default", func(s *results.Spec) {
			s.Point.Scenario, s.Point.Disturb, s.Point.Load = "counter", disturb, results.Load{}
			s.Point.Settings.Timeout = 100 * time.Millisecond
			s.Warmup, s.Limit = results.Warmup{}, results.Limit{Steps: 5}
		})
		gets := 0
		m := play(t, s, func(s *script) {
			s.get = func(time.Duration, string, *clients.Reply) (bool, error) {
				gets++
				return true, errors.New("connection refused")
			}
		})
		if gets == 0 || gets > settleTries || m.Failure != failure || m.Ops != 5 || m.Tally != nil {
			t.Errorf("%q: %d tries, %q, %d ops, %+v", disturb, gets, m.Failure, m.Ops, m.Tally)
		}
	}
}

// A tally is of all workers or of none.
func TestTallyOfSomeWorkers(t *testing.T) {
	for unread, known := range map[int]bool{-1: true, 0: false, 2: false} {
		x := &execution{scenario: scenarios.Scenario{Counts: true}}
		x.spec.Point.Settings.Timeout = time.Nanosecond // one try
		material := x.scenario.NewMaterial("ab", scenarios.Load{Workers: 3}, 1, 1)
		workers := engine.New(engine.Config{Workers: 3}).Workers()
		for i := range 3 {
			x.data = append(x.data, material.Worker(workers[i]))
			x.sessions = append(x.sessions, &script{
				at: func() time.Duration { return 0 },
				get: func(_ time.Duration, _ string, into *clients.Reply) (bool, error) {
					into.Miss()
					if i == unread {
						return true, errors.New("EOF")
					}
					return true, nil
				},
			})
		}
		if tally := x.settle(t.Context()); (tally != nil) != known {
			t.Errorf("of worker %d nothing could be read: %+v", unread, tally)
		}
	}
}

// A trial that is asked to end reads nothing more, and has not failed for it.
func TestTallyOfStoppedTrial(t *testing.T) {
	x := &execution{scenario: scenarios.Scenario{Counts: true}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x.data = make([]*scenarios.Data, 1)
	if tally := x.settle(ctx); tally != nil {
		t.Errorf("%+v", tally)
	}
	result := &engine.Result{Errors: make([]int64, clients.Classes)}
	result.Warm.Errors = result.Errors
	if failure := x.failed(&results.Measured{Ops: 1, Attempts: 1, Stopped: true}, result); failure != "" {
		t.Error(failure)
	}
}

func TestStoredErrorsNameNoHost(t *testing.T) {
	access := results.Access{Network: "tcp", Addrs: []string{"db.internal:6379"}, Master: "mymaster"}
	x := &execution{access: access}
	for text, want := range map[string]string{
		"MOVED 3999 node-3.cluster.local:7000":              "MOVED",
		"CLUSTERDOWN The cluster is down":                   "CLUSTERDOWN",
		"READONLY You can't write against db.internal:6379": "READONLY You can't write against <server>",
		"ERR proxy could not reach shard-a:6380":            "ERR proxy could not reach <address>",
		"ERR upstream redis-7.svc.example refused":          "ERR upstream <address> refused",
		"ERR see 10.1.2.3:6379":                             "ERR see <address>",
		"LOADING Redis is loading the dataset in memory":    "LOADING Redis is loading the dataset in memory",
		"dial tcp db.internal:6379: i/o timeout":            "dial tcp <server>: i/o timeout",
		"took 1.5s, 3 of 4.":                                "took 1.5s, 3 of 4.",
		"redis: no master mymaster known":                   "redis: no master <master> known",
	} {
		err := errors.New(text)
		if got := x.stored(clients.Classify(err), err); got != want {
			t.Errorf("%q is stored as %q, want %q", text, got, want)
		}
	}
	mismatch := &clients.Mismatch{Key: "respbench:ab:17", Want: 3, Miss: true}
	if got := x.stored(clients.Mismatched, mismatch); !strings.Contains(got, "respbench:ab:17") {
		t.Errorf("a mismatch is stored as %q", got)
	}
}
