package driver

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

func TestLibraries(t *testing.T) {
	has := clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true}
	want := []clients.Library{
		{Name: "redis-py", Module: "redis", Variants: []clients.Variant{
			{Name: "default", Doc: "as its users have it", Has: has}, {Name: "one", Shares: true, Has: has}, {Name: "uvloop", Has: has},
		}},
		{Name: "other", Module: "absent", Variants: []clients.Variant{{Name: "default", Has: has}}},
	}
	ignored := cmpopts.IgnoreFields(clients.Variant{}, "Reaches", "Open")
	if diff := cmp.Diff(want, testDriver().Libraries(), ignored); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestExecutor(t *testing.T) {
	want := results.Executor{
		ID: "e2", Tool: "python driver", Runtime: "CPython 3.11.2", Libraries: map[string]string{"redis": "4.3.4"},
		Modules: map[string]string{"redis-py": "redis", "other": "absent"},
	}
	if diff := cmp.Diff(want, testDriver().Executor("e2")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What is stored of a driver names no place.
func TestExecutorNamesNoPlace(t *testing.T) {
	for told, want := range map[string]string{
		"Py at /home/alice/x 10.1.2.3:6379 db.internal": "Py at x <address> <address>",
		"CPython 3.11.2": "CPython 3.11.2", "Node v20.20.2": "Node v20.20.2", "go1.26.0": "go1.26.0",
		"OpenJDK 64-Bit Server VM 21.0.2+13-LTS": "OpenJDK 64-Bit Server VM 21.0.2+13-LTS",
	} {
		d := testDriver()
		d.About.Runtime = told
		if got := d.Executor("e2").Runtime; got != want {
			t.Errorf("%q: got %q, expected %q", told, got, want)
		}
	}
}

type where struct {
	network, mode string
	tls           bool
}

var lacking = []struct {
	name  string
	edit  func(*results.Point, *where)
	want  string
	trial bool // also of a program that speaks as trials do
}{
	{"nothing", func(*results.Point, *where) {}, "", true},
	{"conns", func(p *results.Point, _ *where) { p.Load.Conns = 9 }, "", true},
	{"RESP 3", func(p *results.Point, _ *where) { p.Settings.RESP = 3 }, "", true},
	{"tls", func(_ *results.Point, w *where) { w.tls = true }, "", true},
	{"no client", func(p *results.Point, _ *where) { p.Library = "x" }, "the driver python has no client x; have redis-py, other", true},
	{"no variant", func(p *results.Point, _ *where) { p.Variant = "x" }, "redis-py has no variant x; have default, one, uvloop", true},
	{"missing", func(p *results.Point, _ *where) { p.Variant = "uvloop" }, "needs the package uvloop: apt-get install python3-uvloop", true},
	{"no scenario", func(p *results.Point, _ *where) { p.Scenario = "web" }, "the driver python has no scenario web; have concurrent, pipelined, sync", true},
	{"version", func(p *results.Point, _ *where) { p.Scenario = "concurrent" }, "the driver python has version 2 of concurrent, not 1", true},
	{"isolation", func(p *results.Point, _ *where) { p.Settings.Isolation = "none" }, "a driver needs a process of its own", true},
	{"mode", func(_ *results.Point, w *where) { w.mode = "cluster" }, "a driver is for a standalone server, not for cluster", false},
	{"unix", func(_ *results.Point, w *where) { w.network = "unix" }, "the driver python does not connect by unix; have tcp, tls", false},
	{"RESP", func(p *results.Point, _ *where) { p.Library, p.Settings.RESP = "other", 3 }, "other does not speak RESP 3", false},
	{"context", func(p *results.Point, _ *where) { p.Settings.Context = "cancel" }, "a driver has no contexts", false},
	{"disturb", func(p *results.Point, _ *where) { p.Disturb = "restart@2s" }, "trials of a driver are not disturbed", false},
	{"most conns", func(p *results.Point, _ *where) { p.Variant, p.Load.Conns = "one", 2 }, "redis-py:one holds at most 1 of the 2 connections that were asked for", false},
	{"rate", func(p *results.Point, _ *where) { p.Load.Rate = 1 }, "a driver has no open loop", false},
	{"sizes", func(p *results.Point, _ *where) { p.Load.Sizes = "1-2" }, "a driver has no values of several sizes", false},
	{"keys", func(p *results.Point, _ *where) { p.Load.Keys = "uniform" }, "a driver has no keys at random", false},
	{"mix", func(p *results.Point, _ *where) { p.Load.Mix = "get:1" }, "a driver has no mix", false},
	{"misses", func(p *results.Point, _ *where) { p.Load.Misses = 0.1 }, "a driver has no misses", false},
	{"batches", func(p *results.Point, _ *where) { p.Load.BatchWait = time.Second }, "a driver has no batches", false},
	{"receivers", func(p *results.Point, _ *where) { p.Load.Receivers = 1 }, "a driver has no receivers", false},
	{"commands", func(p *results.Point, _ *where) { p.Load.Lines = "PING" }, "a driver has no commands of one's own", false},
}

func TestLacks(t *testing.T) {
	for _, test := range lacking {
		p, w := testPoint(), where{"tcp", "standalone", false}
		test.edit(&p, &w)
		d := testDriver()
		if got := d.Lacks(p, w.network, w.mode, w.tls); got != test.want {
			t.Errorf("%s: got %q, expected %q", test.name, got, test.want)
		}
		d.About.Speaks = SpeaksTrial
		want := test.want
		if !test.trial {
			want = ""
		}
		if got := d.Lacks(p, w.network, w.mode, w.tls); got != want {
			t.Errorf("%s: a trial's own program lacks %q, expected %q", test.name, got, want)
		}
	}
}

// What a driver's spec means is defined for four scenarios.
func TestOtherScenariosAreLacking(t *testing.T) {
	d, p := testDriver(), testPoint()
	d.About.Scenarios["get"], p.Scenario = 1, "get"
	if got := d.Lacks(p, "tcp", "standalone", false); got != "the driver python has no scenario get; have concurrent, pipelined, sync" {
		t.Error(got)
	}
	d.About.Speaks = SpeaksTrial
	if got := d.Lacks(p, "tcp", "standalone", false); got != "" {
		t.Error(got)
	}
}

// What is stored of a reason names no place.
func TestMissingNamesNoPlace(t *testing.T) {
	d := testDriver()
	d.About.Clients[0].Variants[0].Missing = "no /home/me/lib/redis.py at 10.1.2.3:80"
	if got := d.Lacks(testPoint(), "tcp", "standalone", false); strings.Contains(got, "home") || strings.Contains(got, "10.1") {
		t.Error(got)
	}
}
