package scenarios

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func TestWebCommandsAreConfirmed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "web", Load{Workers: 3, DataSize: 100}, asItIs)
	r.run(t, 40*len(webCycle)) // so that the list is trimmed
	r.confirm(t)
	for kind, want := range []int{createPaste: 120, fetchPaste: 840, listPastes: 240} {
		if r.done[kind] != want {
			t.Errorf("%d ops of %s, want %d", r.done[kind], r.kinds[kind].Name, want)
		}
	}
	if n := r.server.Do(t, "ZCARD", "respbench:ab:web:9:newest"); n != "100" {
		t.Errorf("the list has %s pastes, want the newest 100", n)
	}
	if n := r.server.Do(t, "TTL", "respbench:ab:web:9:{1}:1"); n != "600" && n != "599" && !strings.HasPrefix(n, "59") {
		t.Errorf("a paste expires in %s s", n)
	}
	r.finish(t)
}

func TestWebRemovesManyPastes(t *testing.T) {
	t.Parallel()
	r := newRig(t, "web", Load{Workers: 1, DataSize: 20}, asItIs)
	r.run(t, 140*len(webCycle))
	if n := r.server.Do(t, "DBSIZE"); n != "141" {
		t.Errorf("%s keys, want 140 pastes and a list", n)
	}
	r.finish(t)
}

func TestWrongRepliesToWebAreSeen(t *testing.T) {
	t.Parallel()
	testLies(t, "web")
}

// Users work at the same time; whatever the order, no list is wrong.
func TestWebUsersTogether(t *testing.T) {
	t.Parallel()
	r := newRig(t, "web", Load{Workers: 6, DataSize: 5000}, asItIs)
	var users sync.WaitGroup
	for _, step := range r.steps {
		users.Go(func() {
			for range 15 * len(webCycle) {
				if kind, _, err := step(t.Context()); err != nil {
					t.Errorf("%s: %v", r.kinds[kind].Name, err)
				}
			}
		})
	}
	users.Wait()
	r.finish(t)
}

// The time in Redis is that of every request, and a part of it.
func TestWebSamplesItsShare(t *testing.T) {
	t.Parallel()
	r := newRig(t, "web", Load{Workers: 2, DataSize: 20_000}, asItIs)
	result, err := r.engine.Run(t.Context(), r.steps)
	if err != nil {
		t.Fatal(err)
	}
	var requests, took int64
	for _, k := range result.Kinds {
		requests += k.Ops
		took += k.Service.Sum
	}
	if share := result.Metrics[0]; requests != 200 || share.Count != requests || share.Min <= 0 || share.Sum >= took {
		t.Errorf("%d requests took %d ns; of %d samples %d ns are of Redis", requests, took, share.Count, share.Sum)
	}
	r.finish(t)
}

// An error of the server comes to the user as its own words, and is no mismatch.
func TestWebErrors(t *testing.T) {
	t.Parallel()
	failing := ""
	r := newRig(t, "web", Load{Workers: 1, DataSize: 20}, func(s clients.Session) clients.Session {
		return &wiretap{
			Session: s, after: func(clients.Call, *clients.Answer) error { return nil },
			before: func(call clients.Call) error {
				if call.Words[0] == failing {
					return errors.New("READONLY the server is a replica")
				}
				return nil
			},
		}
	})
	for _, failing = range []string{"SET", "ZADD", "GET", "ZRANGE"} {
		failures := 0
		for range 2 * len(webCycle) {
			if _, err := r.step(t.Context(), 0); err != nil {
				failures++
				if class := clients.Classify(err); class != clients.ReadOnly {
					t.Errorf("%s failed: %v, of class %v", failing, err, class)
				}
			}
		}
		if failures == 0 {
			t.Errorf("%s: no failure was seen", failing)
		}
	}
	failing = ""
	r.run(t, 2*len(webCycle))
	r.confirm(t)
	r.finish(t)
}

// Listener, connections and goroutines are gone when the trial is.
func TestWebLeavesNothing(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	before := goleak.IgnoreCurrent()
	r := newRigOn(t, server, "web", Load{Workers: 2, DataSize: 20}, asItIs)
	r.run(t, len(webCycle))
	r.finish(t)
	goleak.VerifyNone(t, before)
	if _, _, err := r.steps[0](t.Context()); clients.Classify(err) != clients.Refused {
		t.Errorf("the service still answers: %v", err)
	}
}

// A paste that is not there is a 404, and what is no paste, too.
func TestWebMisses(t *testing.T) {
	t.Parallel()
	r := newRig(t, "web", Load{Workers: 1, DataSize: 20}, asItIs)
	r.run(t, 1)
	r.server.Do(t, "UNLINK", "respbench:ab:web:9:{1}:1")
	_, err := r.step(t.Context(), 0)
	if mismatch, ok := errors.AsType[*clients.Mismatch](err); !ok || !mismatch.Miss {
		t.Errorf("a paste that was lost: %v", err)
	}
	r.finish(t)
}

func TestWebRoutes(t *testing.T) {
	t.Parallel()
	b := &pastebin{pool: make(chan *pasteStore)}
	mux := b.handler().(*http.ServeMux)
	for _, test := range []struct{ method, path, pattern string }{
		{"POST", "/pastes", "POST /pastes"}, {"GET", "/pastes/12", "GET /pastes/{id}"}, {"GET", "/", "GET /{$}"}, {"GET", "/else", ""},
	} {
		request, err := http.NewRequestWithContext(t.Context(), test.method, test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, pattern := mux.Handler(request); pattern != test.pattern {
			t.Errorf("%s %s is served by %q, want %q", test.method, test.path, pattern, test.pattern)
		}
	}
}

func TestCheckPastes(t *testing.T) {
	t.Parallel()
	const ten = "30\n28\n27\n26\n25\n24\n23\n22\n21\n20\n"
	for _, test := range []struct {
		name, text           string
		own, least, greatest int64
		wrong                string
	}{
		{"the newest is one's own", ten, 30, 10, 30, ""},
		{"one's own is among them", ten, 25, 10, 31, ""},
		{"all are newer", ten, 19, 10, 31, ""},
		{"few", "2\n1\n", 2, 2, 2, ""},
		{"more than are known of", "3\n2\n1\n", 2, 1, 3, ""},
		{"one's own is not there", ten, 29, 10, 31, "no 29"},
		{"one's own would be the newest", ten, 31, 10, 31, "no 31"},
		{"few without one's own", "3\n2\n", 1, 2, 3, "no 1"},
		{"too few", "2\n", 2, 2, 2, "1 pastes"},
		{"too many", ten + "19\n", 30, 10, 30, "11 pastes"},
		{"none", "", 1, 1, 1, "0 pastes"},
		{"one twice", "3\n3\n1\n", 1, 3, 3, "after 3"},
		{"the wrong way", "1\n2\n3\n", 1, 3, 3, "after 1"},
		{"a number that was not given", "4\n2\n1\n", 2, 3, 3, "after 4"},
		{"no number", "x\n", 1, 1, 3, "after 4"},
		{"none of a paste", "1\n0\n", 1, 1, 3, "after 1"},
	} {
		err := checkPastes(test.text, test.own, test.least, test.greatest)
		if (err != nil) != (test.wrong != "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s: %v, want %q", test.name, err, test.wrong)
		}
	}
}

func TestCheckWeb(t *testing.T) {
	t.Parallel()
	s, err := Named("web")
	if err != nil {
		t.Fatal(err)
	}
	for rate, ok := range map[float64]bool{0: true, 0.5: false, 0.7: true, 1000: true} {
		if err := s.Check(Load{Workers: 10, Rate: rate}); (err == nil) != ok {
			t.Errorf("a rate of %g: %v", rate, err)
		}
	}
	if slices.Contains(s.Uses, Keyspace) {
		t.Error("web has no keyspace")
	}
}

// A paste is read into as much as it is long.
func TestWebCreatesWithoutBuffers(t *testing.T) {
	const size, most = 100, 4 << 10 // bytes; those of io.Copy alone would be 32 KiB
	var requests [100]*http.Request
	for i := range requests {
		requests[i] = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/pastes", strings.NewReader(strings.Repeat("x", size)))
		requests[i].Body = struct{ io.ReadCloser }{requests[i].Body} // which writes itself nowhere, like a server's
	}
	b, store := &pastebin{calls: t.Context(), largest: size, names: func(int64) string { return "key" }}, &pasteStore{do: okSession{}, tx: announced{}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, request := range requests {
		if status, text, err := b.create(store, request); status != http.StatusCreated || err != nil {
			t.Fatalf("%d %s, %v", status, text, err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(len(requests)); each > most {
		t.Errorf("%d bytes a request", each)
	}
}

// An announced paste is in the list, and pushes none out.
type announced struct{}

func (announced) Transact(_ context.Context, _ []clients.Call, into []clients.Answer) error {
	into[0].SetInt(1)
	into[1].SetInt(0)
	return nil
}

func TestWebWantsPastesOfALength(t *testing.T) {
	t.Parallel()
	b := &pastebin{largest: 3}
	for _, test := range []struct {
		body   string
		length int64
		status int
		failed bool
	}{
		{"abcd", 4, http.StatusRequestEntityTooLarge, false},
		{"abc", -1, http.StatusLengthRequired, false},
		{"ab", 3, 0, true},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/pastes", strings.NewReader(test.body))
		request.ContentLength = test.length
		status, _, err := b.create(&pasteStore{}, request)
		if status != test.status || (err != nil) != test.failed || b.last.Load() != 0 {
			t.Errorf("%q of length %d: %d, %v", test.body, test.length, status, err)
		}
	}
}
