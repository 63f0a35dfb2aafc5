package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

func reaches(clients.Target) error { return nil }

// libraries are two that can do everything, one that cannot pipeline and holds
// no chosen number of connections, and a hidden one.
func libraries() []clients.Library {
	pipe := clients.Capabilities{Pipeline: true}
	noConns := func(t clients.Target) error {
		if t.Conns > 0 {
			return errors.New("holds one connection a worker")
		}
		return nil
	}
	return []clients.Library{
		{Name: "raw", Variants: []clients.Variant{{Name: "default", Has: pipe, Reaches: reaches}}},
		{Name: "multi", Variants: []clients.Variant{
			{Name: "default", Has: pipe, Reaches: reaches}, {Name: "held", Has: pipe, Reaches: reaches},
		}},
		{Name: "plain", Variants: []clients.Variant{{Name: "default", Reaches: noConns}}},
		{Name: "fake", Variants: []clients.Variant{{Name: "default", Hidden: true, Has: pipe, Reaches: reaches}}},
	}
}

func host(cpus ...int) Host {
	return Host{
		CanPin: len(cpus) > 0, CPUs: cpus, Procs: 8, OwnServer: true,
		Core: func(cpu int) []int { return []int{cpu} },
		ParseCPUs: func(s string) ([]int, error) {
			var cpus []int
			for part := range strings.SplitSeq(s, ",") {
				var cpu int
				if _, err := fmt.Sscanf(part, "%d", &cpu); err != nil {
					return nil, fmt.Errorf("CPUs %q: not a list", s)
				}
				cpus = append(cpus, cpu)
			}
			return cpus, nil
		},
	}
}

func options() Options { return Options{Rounds: 3, Seed: 7, Host: host(0, 1)} }

func cells(p *Plan) []string {
	var names []string
	for _, point := range p.Points {
		names = append(names, strings.TrimSpace(fmt.Sprintf("%s %s w%d P%d d%d", point.Scenario, point.Client(), point.Load.Workers, point.Load.Depth, point.Load.DataSize)))
	}
	return names
}

func TestPoints(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Options)
		cells  []string
		skips  []string
	}{
		"default": {
			func(*Options) {},
			[]string{
				"sync raw w1 P0 d16", "sync multi w1 P0 d16", "sync plain w1 P0 d16",
				"pipelined raw w1 P1 d16", "pipelined multi w1 P1 d16",
				"concurrent raw w100 P0 d16", "concurrent multi w100 P0 d16", "concurrent plain w100 P0 d16",
			},
			[]string{"pipelined plain: the client does not offer explicit pipelining"},
		},
		"a list multiplies only those that use it": {
			func(o *Options) {
				o.Scenarios, o.Clients, o.Workers = []string{"sync", "concurrent", "sync"}, []string{"raw"}, []int{2, 5}
			},
			[]string{"sync raw w1 P0 d16", "concurrent raw w2 P0 d16", "concurrent raw w5 P0 d16"}, nil,
		},
		"two lists": {
			func(o *Options) {
				o.Scenarios, o.Clients, o.Depth, o.DataSize = []string{"pipelined"}, []string{"raw"}, []int{1, 8}, []string{"1", "64"}
			},
			[]string{"pipelined raw w1 P1 d1", "pipelined raw w1 P1 d64", "pipelined raw w1 P8 d1", "pipelined raw w1 P8 d64"}, nil,
		},
		"every variant, hidden ones not": {
			func(o *Options) { o.Scenarios, o.Clients = []string{"set"}, []string{"all"} },
			[]string{"set raw w1 P0 d16", "set multi w1 P0 d16", "set multi:held w1 P0 d16", "set plain w1 P0 d16"}, nil,
		},
		"all of one, in the libraries' order": {
			func(o *Options) { o.Scenarios, o.Clients = []string{"get"}, []string{"multi:*", "raw"} },
			[]string{"get raw w1 P0 d16", "get multi w1 P0 d16", "get multi:held w1 P0 d16"}, nil,
		},
		"hidden by name": {
			func(o *Options) { o.Scenarios, o.Clients = []string{"get"}, []string{"fake"} },
			[]string{"get fake w1 P0 d16"}, nil,
		},
		"connections that one cannot hold": {
			func(o *Options) {
				o.Scenarios, o.Clients, o.Conns = []string{"sync"}, []string{"raw", "plain"}, []int{4}
			},
			[]string{"sync raw w1 P0 d16"}, []string{"sync plain: holds one connection a worker"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			test.change(&o)
			p, err := Make(o, libraries())
			if err != nil {
				t.Fatal(err)
			}
			var skips []string
			for _, s := range p.Skips {
				skips = append(skips, fmt.Sprintf("%s %s: %s", s.Point.Scenario, s.Point.Client(), s.Reason))
			}
			if d := cmp.Diff(test.cells, cells(p)); d != "" {
				t.Errorf("cells (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.skips, skips); d != "" {
				t.Errorf("skips (-want +got):\n%s", d)
			}
		})
	}
}

// Every round has every point once, rounds are interleaved, each has an order
// of its own, and the seed decides it.
func TestOrder(t *testing.T) {
	o := options()
	o.Rounds = 6
	p, err := Make(o, libraries())
	if err != nil {
		t.Fatal(err)
	}
	orders := map[string]bool{}
	for round := range o.Rounds {
		var order []int
		for _, trial := range p.Trials[round*len(p.Points) : (round+1)*len(p.Points)] {
			if trial.Round != round+1 {
				t.Fatalf("trial of round %d among those of round %d", trial.Round, round+1)
			}
			order = append(order, trial.Point)
		}
		orders[fmt.Sprint(order)] = true
		slices.Sort(order)
		for i, point := range order {
			if i != point {
				t.Fatalf("round %d has points %v", round+1, order)
			}
		}
	}
	if len(orders) < 5 {
		t.Errorf("only %d different orders in %d rounds", len(orders), o.Rounds)
	}
	again, _ := Make(o, libraries())
	if !slices.Equal(p.Order(), again.Order()) {
		t.Error("the same seed gave another order")
	}
	o.Seed++
	other, _ := Make(o, libraries())
	if slices.Equal(p.Order(), other.Order()) {
		t.Error("another seed gave the same order")
	}
}

func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Options)
		limit  results.Limit
		warmup results.Warmup
	}{
		"default": {func(*Options) {},
			results.Limit{MinSteps: 1250, MinTime: time.Second, MaxTime: 10 * time.Second},
			results.Warmup{Time: 300 * time.Millisecond, MinSteps: 20}},
		"exact": {func(o *Options) { o.Ops = 3200 },
			results.Limit{Steps: 200}, results.Warmup{Time: 300 * time.Millisecond, MinSteps: 20}},
		"exact, bounded": {func(o *Options) { o.Ops, o.MaxTime, o.Warmup = 16, time.Minute, "0" },
			results.Limit{Steps: 1, MaxTime: time.Minute}, results.Warmup{}},
		"duration": {func(o *Options) { o.Duration = 30 * time.Second },
			results.Limit{Duration: 30 * time.Second}, results.Warmup{Time: 3 * time.Second, MinSteps: 20}},
		"warm-up by time": {func(o *Options) { o.Warmup = "50ms" },
			results.Limit{MinSteps: 1250, MinTime: time.Second, MaxTime: 10 * time.Second}, results.Warmup{Time: 50 * time.Millisecond}},
		"warm-up by steps": {func(o *Options) { o.Warmup = "77" },
			results.Limit{MinSteps: 1250, MinTime: time.Second, MaxTime: 10 * time.Second}, results.Warmup{Steps: 77}},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Scenarios, o.Clients, o.Depth = []string{"pipelined"}, []string{"raw"}, []int{16}
			test.change(&o)
			p, err := Make(o, libraries())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.limit, p.Trials[0].Limit) + cmp.Diff(test.warmup, p.Trials[0].Warmup); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWrongUse(t *testing.T) {
	for _, test := range []struct {
		want   string
		change func(*Options)
	}{
		{`unknown client "redis-go"; have raw, multi, plain, all`, func(o *Options) { o.Clients = []string{"redis-go"} }},
		{`unknown variant "x" of multi; have default, held`, func(o *Options) { o.Clients = []string{"multi:x"} }},
		{`unknown scenario "sink"; have sync, pipelined, concurrent, concurrent-pipelined, get, set`, func(o *Options) { o.Scenarios = []string{"sink"} }},
		{"--ops and --duration together", func(o *Options) { o.Ops, o.Duration = 1, time.Second }},
		{"--ops -1: must be at least 1", func(o *Options) { o.Ops = -1 }},
		{"--max-time 1s is shorter than --duration 2s", func(o *Options) { o.Duration, o.MaxTime = 2*time.Second, time.Second }},
		{"--ops 100 is not a multiple of --depth 16", func(o *Options) { o.Ops, o.Depth = 100, []int{16} }},
		{"--depth is not used by sync; it is used by pipelined, concurrent-pipelined", func(o *Options) { o.Scenarios, o.Depth = []string{"sync"}, []int{2} }},
		{"--workers is not used by sync", func(o *Options) { o.Scenarios, o.Workers = []string{"sync"}, []int{2} }},
		{"--workers 0: must be at least 1", func(o *Options) { o.Workers = []int{5, 0} }},
		{"--data-size 0: a value has at least 1 byte", func(o *Options) { o.DataSize = []string{"0"} }},
		{"--data-size 1073741824: a value has at most 536870912 bytes", func(o *Options) { o.DataSize = []string{"1073741824"} }},
		{"--keyspace 10 is less than the 100 workers of concurrent", func(o *Options) { o.Keyspace = []int{10} }},
		{"--keyspace 100000000 with --data-size 16 needs more than half of the 8192 MiB", func(o *Options) { o.Keyspace = []int{100_000_000} }},
		{"--workers 1000000000 needs more than half", func(o *Options) { o.Workers = []int{1_000_000_000} }},
		{"--heap 5000000000 is more than half", func(o *Options) { o.Heap = 5_000_000_000 }},
		{`--warmup "soon": have a time (500ms) or a number of steps (1000, 0)`, func(o *Options) { o.Warmup = "soon" }},
		{`--context "none": have background, deadline, cancel`, func(o *Options) { o.Context = "none" }},
		{`--isolate "vm": have process, none`, func(o *Options) { o.Isolation = "vm" }},
		{"--resp 4: have 2, 3", func(o *Options) { o.RESP = 4 }},
		{"--timeout and --connect-timeout: must be at least 1ms", func(o *Options) { o.Timeout = 1 }},
		{"nothing to measure: plain with pipelined is skipped", func(o *Options) { o.Clients, o.Scenarios = []string{"plain"}, []string{"pipelined"} }},
		{`--pin "both": have auto, split, same, none, client=CPUS,server=CPUS`, func(o *Options) { o.Pin = "both" }},
	} {
		o := options()
		test.change(&o)
		if _, err := Make(o, libraries()); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got  %v\nwant %s...", err, test.want)
		}
	}
}

func TestReasonsOfNothing(t *testing.T) {
	p := &Plan{}
	for i, reason := range []string{"one", "two", "one", "three", "four", "five"} {
		p.Skips = append(p.Skips, results.Skip{
			Point: results.Point{Library: fmt.Sprint("c", i), Variant: "default", Scenario: "get"}, Reason: reason,
		})
	}
	const want = "nothing to measure: c0 with get is skipped: one; c1 with get is skipped: two; c3 with get is skipped: three; and 2 more"
	if err := p.checkAny(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestKeyspace(t *testing.T) {
	for _, test := range []struct{ size, workers, want int }{
		{16, 1, 100_000}, {2684, 1, 100_000}, {1 << 20, 1, 256}, {1 << 28, 100, 100}, {16, 200_000, 200_000},
	} {
		if got := keyspace(results.Load{DataSize: test.size, Workers: test.workers}); got != test.want {
			t.Errorf("values of %d bytes, %d workers: %d keys, want %d", test.size, test.workers, got, test.want)
		}
	}
}

// Keys that only the loader writes are apart from the others, and by size.
func TestDatasets(t *testing.T) {
	o := options()
	o.Scenarios, o.Clients, o.DataSize = []string{"sync", "get", "concurrent"}, []string{"raw"}, []string{"16", "64"}
	p, err := Make(o, libraries())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, d := range p.Datasets {
		got[d.Prefix("ab")] = fmt.Sprintf("%d x %d", d.Count, d.DataSize)
	}
	want := map[string]string{
		"respbench:ab:":          "100000 x 16",
		"respbench:ab:loaded16:": "100000 x 16",
		"respbench:ab:loaded64:": "100000 x 64",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if keys, bytes := p.Keys(); keys != 300_000 || bytes != 100_000*(164+116+164) {
		t.Errorf("%d keys, %d bytes", keys, bytes)
	}
}

// Room is asked for as if every key held the largest value written to it.
func TestFullest(t *testing.T) {
	loads := []results.Load{{Keyspace: 1000, DataSize: 16}, {Keyspace: 10, DataSize: 5000}, {Keyspace: 500, DataSize: 64}, {Keyspace: 10, DataSize: 5000}}
	if got, want := fullest(loads), int64(10*5100+490*164+500*116); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}
