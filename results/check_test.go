package results

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestReadRefuses(t *testing.T) {
	kind := func(change func(*Kind)) func(*Run) {
		return func(r *Run) { change(&r.Trials[0].Kinds[0]) }
	}
	tests := []struct {
		name   string
		change func(*Run)
		want   string
	}{
		{"schema", func(r *Run) { r.Header.Schema = 2 }, "line 1: schema 2 is not known; this respbench reads schema 1"},
		{"no id", func(r *Run) { r.Header.ID = "" }, "line 1: header: no id"},
		{"server twice", func(r *Run) { r.Header.Servers = append(r.Header.Servers, Server{ID: "s1"}) }, "line 1: header: two servers"},
		{"executor twice", func(r *Run) { r.Header.Executors = append(r.Header.Executors, Executor{ID: "e1"}) }, "line 1: header: two executors"},
		{"order", func(r *Run) { r.Header.Order = []int{1} }, "line 1: header: order names point 1 of 1"},
		{"ends", func(r *Run) { r.Header.Ends = make([]Ending, 2) }, "line 1: header: 2 ends of 1 points"},
		{"disturbance", func(r *Run) { r.Trials[0].Disturbances = []Disturbance{{Name: Pause, Took: -time.Second}} }, "line 2: trial 1: disturbance pause at 0s took -1s"},
		{"redirects", func(r *Run) { r.Trials[0].Redirects = map[string]int64{"moved": -1} }, `line 2: trial 1: -1 redirects of kind "moved"`},
		{"outage", func(r *Run) { r.Trials[0].Outages = []Outage{{Start: 2, End: 1}} }, "line 2: trial 1: an outage from 2ns to 1ns"},
		{"outages", func(r *Run) { r.Trials[0].Outages = []Outage{{Start: 2, End: 4}, {Start: 3, End: 5}} }, "one that ended at 4ns"},
		{"tally", func(r *Run) { r.Trials[0].Tally = &Tally{Acked: 1, Lost: 2} }, "line 2: trial 1: tally {Acked:1 Lost:2"},
		{"no library", func(r *Run) { r.Header.Skips[0].Point.Library = "" }, "line 1: header: a point without scenario or library"},
		{"server", func(r *Run) { r.Trials[1].Point.Server = "s2" }, `line 3: trial 2: server "s2" is not in the header`},
		{"executor", func(r *Run) { r.Trials[0].Executor = "e2" }, `line 2: trial 1: executor "e2"`},
		{"status", func(r *Run) { r.Trials[0].Status = "good" }, `line 2: trial 1: unknown status "good"`},
		{"round", func(r *Run) { r.Trials[1].Round = 0 }, "line 3: trial 2: round 0"},
		{"not measured", func(r *Run) { r.Trials[0].Measured = nil }, "line 2: trial 1: ok, but nothing was measured"},
		{"no window", func(r *Run) { r.Trials[0].Window = 0 }, "line 2: trial 1: window 0s"},
		{"no kinds", func(r *Run) { r.Trials[0].Kinds = nil }, "line 2: trial 1: ok, but no kind of op"},
		{"ops", func(r *Run) { r.Trials[0].Ops = 5 }, "line 2: trial 1: 5 ops of 4 attempts"},
		{"errors", func(r *Run) { r.Trials[0].Errors["reset"] = -1 }, `line 2: trial 1: -1 errors of class "reset"`},
		{"cpu", func(r *Run) { r.Trials[0].Cost.UserCPU = ptr(-time.Second) }, "line 2: trial 1: CPU time -1s"},
		{"server cpu", func(r *Run) { r.Trials[0].ServerCPU = ptr(-time.Second) }, "line 2: trial 1: server CPU -1s"},
		{"allocs", func(r *Run) { r.Trials[0].Cost.Allocs = ptr(int64(-1)) }, "line 2: trial 1: cost -1"},
		{"slices", func(r *Run) { r.Trials[0].Slices.Ops = nil }, "line 2: trial 1: slices of unequal number"},
		{"slice", func(r *Run) { r.Trials[0].Slices.Coarse[0][0] = -1 }, "line 2: trial 1: a negative count in a slice"},
		{"same kind", func(r *Run) { r.Trials[0].Kinds = append(r.Trials[0].Kinds, r.Trials[0].Kinds[0]) }, `kind "set+get" without a name of its own`},
		{"kind ops", kind(func(k *Kind) { k.Ops = -1 }), `line 2: trial 1: kind "set+get": -1 ops`},
		{"window of a kind", kind(func(k *Kind) { k.Window = -time.Second }), `kind "set+get": window -1s`},
		{"windows of kinds", kind(func(k *Kind) { k.Window = time.Hour }), "less than the windows of its kinds: 1h0m0s"},
		{"ops per sample", kind(func(k *Kind) { k.OpsPerSample = 0 }), "0 ops per sample"},
		{"negative sum", kind(func(k *Kind) { k.Service.Sum = -1 }), "service_ns: count 3, sum -1"},
		{"mean", kind(func(k *Kind) { k.Service.Sum = 30_000 }), "service_ns: mean 10000 outside 1000 to 3001"},
		{"no minimum", kind(func(k *Kind) { k.Service.Min = nil }), "service_ns: minimum and maximum"},
		{"count", kind(func(k *Kind) { k.Service.Count, k.Service.Sum = 4, 8000 }), "service_ns: histogram of 3 samples, expected 4"},
		{"empty with values", kind(func(k *Kind) { k.Failed.Count = 0 }), "failed_ns: no samples, but values of them"},
		{"not a histogram", kind(func(k *Kind) { k.Failed.HDR = "AAAA" }), "failed_ns: histogram: "},
		{"no type", func(r *Run) { r.Header.Schema = 0 }, "line 1: schema 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run := sampleRun()
			test.change(&run)
			var out bytes.Buffer
			write(t, NewWriter(&out), run)
			if _, err := Read(&out); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, expected %s", err, test.want)
			}
		})
	}
}

func TestReadRefusesOtherFiles(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "no run in it"},
		{"blank", "\n \n", "no run in it"},
		{"text", "hello\n", "line 1: not a line of results"},
		{"text without newline", "hello", "line 1: cut off within its header, or not a results file"},
		{"other json", "[1]\n", "line 1: not a line of results"},
		{"trial first", `{"type":"trial"}`, "line 1: not a results file: it does not begin with a header"},
		{"wrong type", `{"type":"header","schema":"1"}`, "line 1: header: json:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, expected %s", err, test.want)
			}
		})
	}
}
