package runner

import (
	"maps"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// said is what a server says: so many commands, of them gets GETs.
func said(commands, gets, connections int64, cpu time.Duration) *server.Stats {
	return &server.Stats{
		CPU: &cpu, Commands: &commands, Connections: &connections, Others: new(int64),
		Calls: map[string]int64{"get": gets},
	}
}

func restarted(s *server.Stats) *server.Stats {
	s.Process = "another"
	return s
}

// The trial did 90 of 100 ops in its window and 10 in its warm-up, over one
// connection.
func TestJudge(t *testing.T) {
	others := said(0, 0, 5, 0)
	*others.Others = 2
	for name, test := range map[string]struct {
		before, ready, ended *server.Stats
		cpu                  time.Duration // -1: not known
		reason, note         string
	}{
		"confirmed":         {said(0, 0, 5, 0), said(10, 10, 6, 1), said(110, 110, 6, 9), 8, "", ""},
		"fewest":            {said(0, 0, 5, 0), said(10, 10, 6, 1), said(100, 100, 6, 9), 8, "", ""},
		"lost":              {said(0, 0, 5, 0), said(10, 10, 6, 1), said(99, 99, 6, 9), 8, "the server counted 99 GET, the client did 100 and tried 110", ""},
		"too many":          {said(0, 0, 5, 0), said(10, 10, 6, 1), said(111, 111, 6, 9), 8, "the server counted 111 GET", ""},
		"foreign traffic":   {said(0, 0, 5, 0), said(10, 10, 6, 1), said(500, 110, 6, 9), -1, "", ""},
		"restarted":         {said(900, 900, 5, 90), said(910, 910, 6, 91), restarted(said(50, 50, 2, 3)), -1, "", "the server was restarted during the trial"},
		"restarted, busy":   {said(0, 0, 5, 0), said(10, 10, 6, 1), restarted(said(900, 900, 70, 99)), -1, "", "the server was restarted during the trial"},
		"others connected":  {others, said(10, 10, 6, 1), said(50, 50, 6, 9), 8, "", "2 other clients were connected to the server"},
		"others came":       {said(0, 0, 5, 0), said(10, 10, 6, 1), said(50, 50, 8, 9), 8, "", "others connected to the server during the trial"},
		"no INFO":           {nil, nil, nil, -1, "", "the server did not answer INFO"},
		"no commandstats":   {said(0, 0, 5, 0), said(10, 10, 6, 1), &server.Stats{Commands: new(int64)}, -1, "", "the server does not tell commandstats"},
		"our own are apart": {said(0, 0, 5, 0), said(10, 10, 6, 1), said(111, 111, 6, 9), 8, "our own", ""},
	} {
		t.Run(name, func(t *testing.T) {
			record := &results.Trial{Status: results.OK, Measured: &results.Measured{
				Ops: 90, Attempts: 100, Kinds: []results.Kind{{Name: "get", Ops: 90, Attempts: 100, WarmOps: 10, WarmAttempts: 10}}, Conns: results.Conns{Dialled: 1},
			}}
			w := window{ctx: t.Context(), admin: adminOf(results.Standalone), before: test.before, ready: test.ready, ended: test.ended}
			if test.reason == "our own" {
				w.harness, test.reason = map[string]int64{"get": 1}, ""
			}
			w.judge(record, map[string][]string{"get": {"GET"}})
			if !strings.HasPrefix(record.Reason, test.reason) || (record.Reason == "") != (test.reason == "") || (record.Status == results.Failed) != (test.reason != "") {
				t.Errorf("%s: %q, want %q", record.Status, record.Reason, test.reason)
			}
			if record.Confirmed == nil || record.Confirmed.Note != test.note {
				t.Errorf("confirmed: %+v, want the note %q", record.Confirmed, test.note)
			}
			if (record.ServerCPU == nil) != (test.cpu < 0) || record.ServerCPU != nil && *record.ServerCPU != test.cpu {
				t.Errorf("server CPU %v, want %v", record.ServerCPU, test.cpu)
			}
		})
	}
}

func adminOf(mode string) *server.Admin {
	return server.NewAdmin(server.Remote, results.Access{Mode: mode}, server.Limits{})
}

// A client under Sentinels or in a cluster dials others than masters too. As
// many foreign connections to masters go unnoticed, and what they sent is not
// the client's fault; what is missing is.
func TestJudgeWhereOthersMayHide(t *testing.T) {
	const note = "the server counted 111 GET, the client tried 110: others may have connected during the trial"
	for name, test := range map[string]struct {
		mode, note, reason string
		gets               int64
	}{
		"one server":              {results.Standalone, "", "the server counted 111 GET, the client did 100 and tried 110", 111},
		"Sentinel":                {results.Sentinel, note, "", 111},
		"cluster":                 {results.Cluster, note, "", 111},
		"confirmed":               {results.Cluster, "", "", 110},
		"a cluster that has lost": {results.Cluster, "", "the server counted 99 GET, the client did 100 and tried 110", 99},
	} {
		t.Run(name, func(t *testing.T) {
			record := &results.Trial{Status: results.OK, Measured: &results.Measured{
				Ops: 90, Attempts: 100, Kinds: []results.Kind{{Name: "get", Ops: 90, Attempts: 100, WarmOps: 10, WarmAttempts: 10}}, Conns: results.Conns{Dialled: 3},
			}}
			w := window{ctx: t.Context(), admin: adminOf(test.mode), before: said(0, 0, 5, 0), ready: said(10, 10, 7, 1), ended: said(test.gets, test.gets, 8, 9)}
			w.judge(record, map[string][]string{"get": {"GET"}})
			if record.Confirmed.Note != test.note || record.Reason != test.reason || (record.Status == results.OK) != (test.reason == "") {
				t.Errorf("%s: %q, %q", record.Status, record.Reason, record.Confirmed.Note)
			}
		})
	}
}

// Nodes come and go: what one answered before it was first asked is not the
// trial's.
func TestRedirectsOfTrial(t *testing.T) {
	type nodes = map[string]map[string]int64
	for name, test := range map[string]struct {
		before, ended nodes
		want          map[string]int64
	}{
		"not known":          {nil, nodes{"a": {"moved": 1}}, nil},
		"none":               {nodes{"a": {"moved": 7}}, nodes{"a": {"moved": 7}}, map[string]int64{}},
		"of two nodes":       {nodes{"a": {"moved": 7}, "b": {"moved": 1, "ask": 2}}, nodes{"a": {"moved": 8}, "b": {"moved": 3, "ask": 3}}, map[string]int64{"moved": 3, "ask": 1}},
		"a node comes":       {nodes{"a": {"moved": 7}}, nodes{"a": {"moved": 9}, "b": {"moved": 5000}}, map[string]int64{"moved": 2}},
		"a node goes":        {nodes{"a": {"moved": 7}, "b": {"moved": 5000}}, nodes{"a": {"moved": 9}}, map[string]int64{"moved": 2}},
		"counts begin again": {nodes{"a": {"moved": 7}, "b": {"moved": 1}}, nodes{"a": {"moved": 3}, "b": {"moved": 2}}, map[string]int64{"moved": 1}},
	} {
		w := window{before: &server.Stats{Redirects: test.before}, ended: &server.Stats{Redirects: test.ended}}
		if got := w.redirects(); !maps.Equal(got, test.want) || (got == nil) != (test.want == nil) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func codes(list []results.Warning) string {
	var names []string
	for _, w := range list {
		names = append(names, w.Code)
	}
	return strings.Join(names, " ")
}

func TestWarnings(t *testing.T) {
	second := time.Second
	for name, test := range map[string]struct {
		change func(*results.Trial, *window)
		want   string
	}{
		"none":      {func(*results.Trial, *window) {}, ""},
		"saturated": {func(r *results.Trial, _ *window) { r.Point.Load.Workers, r.Cost.UserCPU = 100, &second }, "client-saturated"},
		"one core of two": {func(r *results.Trial, w *window) {
			r.Point.Load.Workers, r.Point.Placement.Procs, r.Cost.UserCPU, w.cpus = 100, 2, &second, 1
		}, "client-saturated"},
		"one core of two that it could use": {func(r *results.Trial, w *window) {
			r.Point.Load.Workers, r.Point.Placement.Procs, r.Cost.UserCPU, w.cpus = 100, 2, &second, 4
		}, ""},
		"one worker is not": {func(r *results.Trial, _ *window) { r.Cost.UserCPU = &second }, ""},
		"cut":               {func(r *results.Trial, _ *window) { r.Limit.MinSteps = 101 }, "fewer-ops"},
		"short":             {func(r *results.Trial, _ *window) { r.Window = 100 * time.Millisecond }, "short-trial"},
		"stolen":            {func(_ *results.Trial, w *window) { w.steal = results.CPUTime{Total: 100, Stolen: 3} }, "steal"},
		"in process":        {func(r *results.Trial, _ *window) { r.Point.Settings.Isolation = "none" }, "not-isolated"},
		"warm-up":           {func(r *results.Trial, _ *window) { r.Warm.Errors = map[string]int64{"timeout": 1} }, "warm-up-errors"},
		"others":            {func(_ *results.Trial, w *window) { *w.before.Others = 1 }, "other-clients"},
		"not of failed":     {func(r *results.Trial, _ *window) { r.Status, r.Window = results.Failed, 1 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			none := time.Duration(0)
			record := &results.Trial{Status: results.OK, Measured: &results.Measured{Attempts: 100, Ops: 100, Window: time.Second}}
			record.Point.Placement.Procs, record.Point.Load.Workers = 1, 1
			record.Cost.UserCPU, record.Cost.SystemCPU = &none, &none
			w := &window{before: said(0, 0, 0, 0)}
			test.change(record, w)
			if got := codes(w.warnings(record)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestServerWarnings(t *testing.T) {
	config := map[string]string{"save": "3600 1", "appendonly": "yes", "maxmemory": "1000", "maxmemory-policy": "allkeys-lru"}
	if got := codes(serverWarnings(results.Server{Config: config})); got != "server-persists server-persists server-evicts" {
		t.Errorf("got %q", got)
	}
	if got := codes(serverWarnings(results.Server{Config: map[string]string{"appendonly": "no", "maxmemory": "0"}})); got != "" {
		t.Errorf("got %q", got)
	}
}

// The server need not confirm what is not checked, whatever there would be to
// confirm.
func TestUncheckedIsNotConfirmed(t *testing.T) {
	for _, commands := range []map[string][]string{nil, {"get": {"GET"}}} {
		record := &results.Trial{Status: results.OK, Measured: &results.Measured{Kinds: []results.Kind{{Name: "get", Ops: 1, Attempts: 1}}}}
		w := window{ctx: t.Context(), admin: adminOf(results.Standalone), before: said(0, 0, 5, 0), ready: said(10, 10, 7, 1), ended: said(20, 20, 8, 9)}
		w.unchecked = "checks no reply"
		w.judge(record, commands)
		if record.Confirmed.Note != w.unchecked {
			t.Errorf("of %v: %+v", commands, record.Confirmed)
		}
	}
}

// Work that the program of others did outside of its window is none of its
// window. The harness has sent a GET before it was ready and one after.
func TestJudgeWindowOfForeign(t *testing.T) {
	for name, test := range map[string]struct {
		ready, ended, warmFailed int64
		foreign                  bool
		reason                   string
	}{
		"as it says":                  {11, 112, 0, true, ""},
		"some of it before":           {15, 112, 0, true, "the server counted 96 GET in its window, the client did 100 and tried 100"},
		"more than it says":           {8, 112, 0, true, "the server counted 103 GET in its window, the client did 100 and tried 100"},
		"late, of the warm-up":        {8, 112, 3, true, ""},
		"not of respbench's own":      {15, 112, 0, false, ""},
		"the whole is looked at, too": {11, 113, 0, true, "the server counted 111 GET, the client did 110 and tried 110"},
	} {
		t.Run(name, func(t *testing.T) {
			record := &results.Trial{Status: results.OK, Measured: &results.Measured{
				Kinds: []results.Kind{{Name: "get", Ops: 100, Attempts: 100, WarmOps: 10 - test.warmFailed, WarmAttempts: 10}}, Conns: results.Conns{Dialled: 1},
			}}
			w := window{ctx: t.Context(), admin: adminOf(results.Standalone), before: said(0, 0, 5, 0), ready: said(0, test.ready, 6, 1), ended: said(0, test.ended, 6, 9)}
			w.foreign, w.readied, w.harness = test.foreign, map[string]int64{"get": 1}, map[string]int64{"get": 2}
			w.judge(record, map[string][]string{"get": {"GET"}})
			if record.Reason != test.reason || (record.Status == results.OK) != (test.reason == "") {
				t.Errorf("%s: %q, want %q", record.Status, record.Reason, test.reason)
			}
		})
	}
}
