package plan

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

// disturbedOptions are for a server that can be disturbed in any way.
func disturbedOptions(disturb ...string) Options {
	o := options()
	o.Scenarios, o.Clients, o.Duration, o.Disturb = []string{"sync"}, []string{"raw"}, 10*time.Second, disturb
	return o
}

func TestDisturb(t *testing.T) {
	o := disturbedOptions("none", "restart@4s+pause=0.5s@2s", "pause=500ms@2s+restart@4000ms", "kill-clients@1s", "none")
	o.Scenarios, o.Clients, o.DataSize = []string{"sync", "get"}, []string{"raw", "plain"}, []string{"1", "2"}
	p, err := Make(o, libraries())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, point := range p.Points {
		if point.Load.DataSize == 1 && point.Library == "raw" {
			got = append(got, point.Cell())
		}
	}
	want := []string{"sync", "sync+pause=500ms@2s+restart@4s", "sync+kill-clients@1s", "get", "get+kill-clients@1s"}
	if d := cmp.Diff(want, got); d != "" || len(p.Points) != 4*len(want) {
		t.Errorf("%d points, -want +got:\n%s", len(p.Points), d)
	}
	for _, s := range p.Skips {
		if s.Point.Cell() != "get+pause=500ms@2s+restart@4s" || s.Reason != "it reads keys that a restart loses" {
			t.Errorf("skipped: %s: %s", s.Point.Cell(), s.Reason)
		}
	}
	if len(p.Skips) != 4 || len(p.Trials) != 4*len(want)*o.Rounds {
		t.Errorf("%d skips, %d trials", len(p.Skips), len(p.Trials))
	}
	if least := time.Duration(len(p.Trials)) * o.Duration; p.Estimate(0) < least {
		t.Errorf("estimated %v for trials of %v", p.Estimate(0), least)
	}
}

func TestDisturbNeedsRoom(t *testing.T) {
	for _, test := range []struct {
		disturb  string
		least    time.Duration
		accepted time.Duration
	}{
		{"kill-clients@2s", 5 * time.Second, 5 * time.Second},
		{"pause=500ms@2s", 5500 * time.Millisecond, 6 * time.Second},
		{"pause=30s@2s,none,kill-clients@40s", 43 * time.Second, 43 * time.Second},
		{"none", 0, time.Second},
	} {
		o := disturbedOptions(strings.Split(test.disturb, ",")...)
		o.Duration = test.accepted
		if _, err := Make(o, libraries()); err != nil {
			t.Errorf("%s for %v: %v", test.disturb, o.Duration, err)
		}
		want := fmt.Sprintf("needs a --duration of at least %v: 3s past the end of its last event", test.least)
		short := []Options{o, o}
		short[0].Duration, short[1].Duration, short[1].Ops = test.least-time.Millisecond, 0, 100
		for _, o := range short {
			if _, err := Make(o, libraries()); test.least > 0 && (err == nil || !strings.HasSuffix(err.Error(), want)) {
				t.Errorf("%s for %v, %d ops: %v, want ...%s", test.disturb, o.Duration, o.Ops, err, want)
			}
		}
	}
}

func TestDisturbWrongUse(t *testing.T) {
	for _, test := range []struct {
		want, disturb string
		change        func(*Options)
	}{
		{`--disturb "sleep@2s": have kill-clients@TIME`, "sleep@2s", nil},
		{"--disturb kill-clients@999ms: must be at 1s or later", "kill-clients@999ms", nil},
		{"--disturb pause=30.001s@2s: a pause is at most 30s", "pause=30001ms@2s", nil},
		{"--disturb pause=2s@2s+restart@4s: restart@4s begins before pause=2s@2s is over", "restart@4s+pause=2s@2s", nil},
		{"--disturb restart@2s+kill-clients@2s: kill-clients@2s begins before restart@2s is over", "restart@2s+kill-clients@2s", nil},
		{"--disturb restart@2s needs a server that respbench starts; this one is remote", "restart@2s", func(o *Options) { o.Host.OwnServer = false }},
		{"--disturb failover@2s needs a server with replicas: have --url redis+sentinel:// and redis+cluster://", "failover@2s", nil},
		{"--isolate none together with --disturb", "kill-clients@2s", func(o *Options) { o.Isolation = "none" }},
	} {
		o := disturbedOptions(test.disturb)
		if test.change != nil {
			test.change(&o)
		}
		if _, err := Make(o, libraries()); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got  %v\nwant %s...", err, test.want)
		}
	}
}

// A failover needs replicas, and a variant is asked about the mode of the
// server that is there.
func TestModes(t *testing.T) {
	asked := map[string]bool{}
	libraries := []clients.Library{
		{Name: "follows", Variants: []clients.Variant{{Name: "default", Reaches: func(to clients.Target) error {
			asked[to.Mode+" "+to.Dialer.Network] = true
			return nil
		}}}},
		{Name: "stays", Variants: []clients.Variant{{Name: "default", Reaches: func(to clients.Target) error {
			if to.Mode != clients.Standalone {
				return errors.New("no " + to.Mode)
			}
			return nil
		}}}},
	}
	for _, mode := range []string{results.Sentinel, results.Cluster} {
		o := disturbedOptions("failover@2s")
		o.Clients, o.Host.OwnServer, o.Host.Mode, o.Host.Network = nil, false, mode, "tcp"
		p, err := Make(o, libraries)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Points) != 1 || len(p.Skips) != 1 || p.Skips[0].Reason != "no "+mode || !asked[mode+" tcp"] {
			t.Errorf("%s: points %v, skips %v, asked %v", mode, cells(p), p.Skips, asked)
		}
	}
}
