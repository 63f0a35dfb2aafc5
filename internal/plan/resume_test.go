package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// ranUntil is what the file holds of a run whose trials came to these ends, in
// their order.
func ranUntil(t *testing.T, o Options, statuses ...results.Status) (results.Run, *Plan) {
	t.Helper()
	p, err := Make(o, libraries())
	if err != nil {
		t.Fatal(err)
	}
	run := results.Run{Header: results.Header{
		ID: "ab", Seed: p.Seed, Rounds: p.Rounds, Points: p.Points, Skips: p.Skips, Order: p.Order(), Ends: p.Ends(),
	}}
	for i, status := range statuses {
		planned := p.Trials[i]
		run.Trials = append(run.Trials, results.Trial{
			Point: p.Points[planned.Point], Round: planned.Round, Order: i + 1, Seed: planned.Seed, Status: status,
		})
	}
	return run, p
}

func resumeOptions() Options {
	o := options()
	o.Scenarios, o.Clients = []string{"sync", "pipelined", "get"}, []string{"raw", "multi:*", "plain"}
	o.Depth, o.DataSize, o.Warmup = []int{1, 4}, []string{"16", "64"}, "100ms"
	return o
}

func notGiven(string) bool { return false }

// What is owed is as it was planned: place, round, point, seed and limits.
func TestResume(t *testing.T) {
	run, whole := ranUntil(t, resumeOptions(), results.OK, results.Failed, results.Interrupted, results.OK, results.NotRun)
	p, err := Resume(run, Options{Host: host(0, 1)}, notGiven, libraries())
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(whole.Trials[2:3], whole.Trials[4:])
	if d := cmp.Diff(want, p.Trials); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if p.DataSeed != whole.DataSeed || p.Rounds != whole.Rounds || !slices.EqualFunc(p.Datasets, whole.Datasets, func(a, b Dataset) bool {
		return a.Prefix("") == b.Prefix("") && a.Count == b.Count && a.DataSize == b.DataSize && a.Bytes == b.Bytes
	}) {
		t.Error("the data are not those of the run")
	}
	if d := cmp.Diff(whole.Ends(), p.Ends()); d != "" {
		t.Error(d)
	}
	run, _ = ranUntil(t, resumeOptions(), slices.Repeat([]results.Status{results.OK}, len(whole.Trials))...)
	if p, err := Resume(run, Options{Host: host(0, 1)}, notGiven, libraries()); err != nil || len(p.Trials) != 0 {
		t.Errorf("of a whole run is owed %v, %v", p, err)
	}
}

// Flags that were given for the run may be given again.
func TestResumeAskedTheSame(t *testing.T) {
	o := resumeOptions()
	o.Ops, o.MaxTime, o.Pin, o.GOMAXPROCS, o.Workers = 400, time.Minute, "same", 2, []int{3}
	o.Keyspace, o.Conns = []int{90}, []int{4}
	run, _ := ranUntil(t, o)
	if _, err := Resume(run, o, func(string) bool { return true }, libraries()); err != nil {
		t.Error(err)
	}
	o = disturbedOptions("kill-clients@2000ms", "none")
	run, _ = ranUntil(t, o)
	if _, err := Resume(run, o, func(flag string) bool { return flag == "disturb" || flag == "duration" }, libraries()); err != nil {
		t.Error(err)
	}
}

func TestResumeAskedOtherwise(t *testing.T) {
	for _, test := range []struct {
		flag, was, now string
		change         func(*Options)
	}{
		{"rounds", "3", "7", func(o *Options) { o.Rounds = 7 }},
		{"seed", "7", "8", func(o *Options) { o.Seed = 8 }},
		{"clients", "multi,multi:held,plain,raw", "raw", func(o *Options) { o.Clients = []string{"raw"} }},
		{"scenarios", "get,pipelined,sync", "get", func(o *Options) { o.Scenarios = []string{"get"} }},
		{"depth", "1,4", "1,8", func(o *Options) { o.Depth = []int{8, 1} }},
		{"data-size", "16,64", "16", func(o *Options) { o.DataSize = []string{"16"} }},
		{"keyspace", "100000", "50", func(o *Options) { o.Keyspace = []int{50} }},
		{"conns", "0", "4", func(o *Options) { o.Conns = []int{4} }},
		{"ops", "0", "100", func(o *Options) { o.Ops = 100 }},
		{"duration", "0s", "2s", func(o *Options) { o.Duration = 2 * time.Second }},
		{"max-time", "10s", "20s", func(o *Options) { o.MaxTime = 20 * time.Second }},
		{"warmup", "100ms", "5 steps", func(o *Options) { o.Warmup = "5" }},
		{"context", "background", "cancel", func(o *Options) { o.Context = "cancel" }},
		{"resp", "0", "2", func(o *Options) { o.RESP = 2 }},
		{"heap", "0", "1", func(o *Options) { o.Heap = 1 }},
		{"timeout", "5s", "1s", func(o *Options) { o.Timeout = time.Second }},
		{"connect-timeout", "5s", "1s", func(o *Options) { o.ConnectTimeout = time.Second }},
		{"isolate", "process", "none", func(o *Options) { o.Isolation = "none" }},
		{"gomaxprocs", "1", "2", func(o *Options) { o.GOMAXPROCS = 2 }},
		{"pin", "split (client on [1], server on [0])", "same (client on [0], server on [0])", func(o *Options) { o.Pin = "same" }},
		{"disturb", "none", "kill-clients@2s", func(o *Options) { o.Disturb = []string{"kill-clients@2s"} }},
	} {
		run, _ := ranUntil(t, resumeOptions())
		o := Options{Host: host(0, 1)}
		test.change(&o)
		_, err := Resume(run, o, func(flag string) bool { return flag == test.flag }, libraries())
		want := "the plan changed: " + test.flag + " " + test.was + ", now " + test.now
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestResumeRefuses(t *testing.T) {
	for _, test := range []struct {
		want   string
		change func(*results.Run, *Options)
	}{
		{"the placement changed: the run used CPU 1, this process may use [0 2]", func(_ *results.Run, o *Options) { o.Host = host(0, 2) }},
		{"the placement changed: the run used CPU 1, this process may use []", func(_ *results.Run, o *Options) { o.Host = host() }},
		{"the file does not say all that was planned", func(r *results.Run, _ *Options) { r.Header.Ends = nil }},
		{"the file does not say all that was planned", func(r *results.Run, _ *Options) { r.Header.Rounds = 1 << 40 }},
		{"the plan changed: seed 6 gives another order of trials now", func(r *results.Run, _ *Options) { r.Header.Seed = 6 }},
		{"the plan changed: version of sync 9, now 1", func(r *results.Run, _ *Options) { r.Header.Points[0].Version = 9 }},
		{`unknown scenario "sink"`, func(r *results.Run, _ *Options) { r.Header.Points[0].Scenario = "sink" }},
		{`unknown client "other"`, func(r *results.Run, _ *Options) { r.Header.Points[0].Library = "other" }},
		{`unknown variant "x" of raw`, func(r *results.Run, _ *Options) { r.Header.Points[0].Variant = "x" }},
		{"trial 1 is not the one that the plan has there", func(r *results.Run, _ *Options) { r.Trials[0].Seed++ }},
		{"trial 2 is not the one that the plan has there", func(r *results.Run, _ *Options) { r.Trials[1].Round++ }},
		{"trial 1 is not the one that the plan has there", func(r *results.Run, _ *Options) { r.Trials[0].Point.Load.Workers++ }},
		{"trial 0 of ", func(r *results.Run, _ *Options) { r.Trials[0].Order = 0 }},
		{"trial 99999 of ", func(r *results.Run, _ *Options) { r.Trials[0].Order = 99999 }},
	} {
		run, _ := ranUntil(t, resumeOptions(), results.OK, results.OK)
		o := Options{Host: host(0, 1)}
		test.change(&run, &o)
		if _, err := Resume(run, o, notGiven, libraries()); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got  %v\nwant %s...", err, test.want)
		}
	}
}
