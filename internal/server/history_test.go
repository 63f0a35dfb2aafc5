package server

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/servertest"
)

func TestHistory(t *testing.T) { servertest.Each(t, history) }

func history(t *testing.T, program string) {
	s := servertest.Start(t, servertest.Options{Program: program, Args: []string{"--enable-debug-command", "local"}})
	a := remote(t, standaloneAccess(s.Addr))
	calm, err := a.History(t.Context())
	want := History{
		Config: map[string]string{"slowlog-log-slower-than": "10000", "latency-monitor-threshold": "0"},
		Slow:   new(int64(0)), Refused: map[string]string{},
	}
	if diff := cmp.Diff(want, calm); diff != "" || err != nil {
		t.Fatalf("%v, -want +got:\n%s", err, diff)
	}
	s.Do(t, "CONFIG", "SET", "latency-monitor-threshold", "5")
	s.Do(t, "DEBUG", "SLEEP", "0.03")
	h, err := a.History(t.Context())
	if err != nil || *h.Slow != 1 || len(h.Events) != 1 {
		t.Fatalf("%+v, %v", h, err)
	}
	if e := h.Events[0]; e.Name != "command" || e.Took < 30*time.Millisecond || e.Ago > time.Minute {
		t.Errorf("event %+v", e)
	}
	if stats, err := a.Stats(t.Context()); err != nil || stats.Saving == nil || *stats.Saving {
		t.Errorf("saving %v, %v", stats.Saving, err)
	}
}

func TestHistoryIsRefused(t *testing.T) {
	h, err := remote(t, limited(t)).History(t.Context())
	want := History{Config: map[string]string{}, Refused: map[string]string{}}
	for _, command := range []string{SlowLogLen, LatencyLatest, ConfigGet} {
		want.Refused[command] = "the server does not let this user run " + command
	}
	if diff := cmp.Diff(want, h); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestHistoryOfCluster(t *testing.T) {
	h := History{
		Slow: new(int64(2)), Events: []LatencyEvent{{Name: "fork"}},
		Config: map[string]string{"slowlog-log-slower-than": "5", "latency-monitor-threshold": "0"}, Refused: map[string]string{},
	}
	h.add(History{
		Slow: new(int64(3)), Events: []LatencyEvent{{Name: "command"}},
		Config: map[string]string{"slowlog-log-slower-than": "6", "latency-monitor-threshold": "0"}, Refused: map[string]string{LatencyLatest: "no"},
	})
	want := History{
		Slow: new(int64(5)), Events: []LatencyEvent{{Name: "fork"}, {Name: "command"}},
		Config: map[string]string{"slowlog-log-slower-than": "mixed", "latency-monitor-threshold": "0"}, Refused: map[string]string{LatencyLatest: "no"},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestOddHistory is of servers that answer in ways of their own.
func TestOddHistory(t *testing.T) {
	now := time.Unix(1000, 0)
	entry := func(fields ...any) any { return fields }
	tests := []struct {
		reply any
		want  []LatencyEvent
	}{
		{nil, nil},
		{"OK", nil},
		{[]any{"fork", int64(1)}, nil},
		{[]any{entry("fork", int64(990))}, nil},
		{[]any{entry(int64(1), int64(990), int64(7))}, nil},
		{[]any{entry("fork", "990", int64(7))}, nil},
		{[]any{entry("fork", int64(990), int64(-7))}, nil},
		{[]any{entry("fork", int64(990), int64(1)<<62)}, nil},
		{[]any{entry("fork", int64(990), int64(7), int64(9))}, []LatencyEvent{{Name: "fork", Took: 7 * time.Millisecond, Ago: 10 * time.Second}}},
		{[]any{entry("later", int64(2000), int64(7))}, []LatencyEvent{{Name: "later", Took: 7 * time.Millisecond}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, latencyEvents(tt.reply, now)); diff != "" {
			t.Errorf("%v: -want +got:\n%s", tt.reply, diff)
		}
	}
	odd := map[string]string{"": "", "CLIENT": "+OK\r\n", "CONFIG": "*0\r\n", "SLOWLOG": "+many\r\n", "LATENCY": "+none\r\n"}
	a := remote(t, fake(t, func(name string) (string, bool) {
		if reply, known := odd[name]; known {
			return reply, true
		}
		return "-ERR unknown command\r\n", true
	}))
	h, err := a.History(t.Context())
	if diff := cmp.Diff(History{Config: map[string]string{}, Refused: map[string]string{}}, h); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestAnyFlag(t *testing.T) {
	tests := []struct {
		fields info
		want   *bool
	}{
		{info{}, nil},
		{info{"a": "0"}, new(false)},
		{info{"b": "1"}, new(true)},
		{info{"a": "1", "b": "0"}, new(true)},
		{info{"a": "0", "b": "1"}, new(true)},
		{info{"a": "0", "b": "x"}, new(false)},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.fields.anyFlag("a", "b")); diff != "" {
			t.Errorf("%v: -want +got:\n%s", tt.fields, diff)
		}
	}
}
