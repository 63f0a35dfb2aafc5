package runner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// The server's count is held to what the kinds sent, warm-up included, and to
// what follows from no op; a program that tells of the warm-up only as a whole
// is believed, too.
func TestExpected(t *testing.T) {
	perOp := map[string][]string{"rmw": {"GET", "SET"}, "get": {"get"}, "twice": {"HGETALL", "HGETALL"}}
	for name, test := range map[string]struct {
		measured results.Measured
		want     []results.CommandCount
		sent     int64
	}{
		"kinds": {
			results.Measured{Kinds: []results.Kind{
				{Name: "rmw", Ops: 10, Attempts: 11, WarmOps: 2, WarmAttempts: 3},
				{Name: "get", Ops: 5, Attempts: 5, WarmOps: 1, WarmAttempts: 1},
			}},
			[]results.CommandCount{{Command: "GET", Done: 18, Attempts: 20}, {Command: "SET", Done: 12, Attempts: 14}}, 27,
		},
		"a command twice an op": {
			results.Measured{Kinds: []results.Kind{{Name: "twice", Ops: 4, Attempts: 5}}},
			[]results.CommandCount{{Command: "HGETALL", Done: 8, Attempts: 10}}, 10,
		},
		"an older program": {
			results.Measured{Kinds: []results.Kind{{Name: "get", Ops: 90, Attempts: 100}}, Warm: results.Warm{Ops: 10, Attempts: 12}},
			[]results.CommandCount{{Command: "GET", Done: 100, Attempts: 112}}, 100,
		},
		"of no op": {
			results.Measured{
				Kinds: []results.Kind{{Name: "get", Ops: 1, Attempts: 1}},
				Sent:  map[string]results.Sent{"MSET": {Done: 7, Tried: 9, Warm: 4}, "get": {Tried: 3}},
			},
			[]results.CommandCount{{Command: "GET", Done: 1, Attempts: 4}, {Command: "MSET", Done: 7, Attempts: 9}}, 9,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, sent := expected(&test.measured, perOp)
			if diff := cmp.Diff(test.want, got); diff != "" || sent != test.sent {
				t.Errorf("%d sent, want %d: %s", sent, test.sent, diff)
			}
		})
	}
}

// What failed in the warm-up may be counted in the window.
func TestWindowOf(t *testing.T) {
	m := &results.Measured{
		Warm:  results.Warm{Ops: 5, Attempts: 6},
		Kinds: []results.Kind{{Name: "get", Ops: 90, Attempts: 100, WarmOps: 8, WarmAttempts: 10}},
		Sent:  map[string]results.Sent{"MSET": {Done: 7, Tried: 9, Warm: 4}, "DEL": {Done: 4, Tried: 4, Warm: 4}},
	}
	got, _ := expected(windowOf(m), map[string][]string{"get": {"GET"}})
	want := []results.CommandCount{{Command: "DEL"}, {Command: "GET", Done: 90, Attempts: 102}, {Command: "MSET", Done: 3, Attempts: 7}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
