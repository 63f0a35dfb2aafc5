package clients

import (
	"strings"
	"testing"
)

func TestNeeds(t *testing.T) {
	cases := []struct {
		name string
		err  error
		says string
	}{
		{"standalone", NeedStandalone("x", Target{Mode: Standalone}), ""},
		{"cluster", NeedStandalone("x", Target{Mode: Cluster}), "no cluster support"},
		{"no number", NeedConnPerWorker("x", Target{Workers: 3}), ""},
		{"the same number", NeedConnPerWorker("x", Target{Workers: 3, Conns: 3}), ""},
		{"another number", NeedConnPerWorker("x", Target{Workers: 3, Conns: 2}), "3, not 2"},
		{"any number of a cluster", NeedOneServer("x", Target{Mode: Cluster}), ""},
		{"a number of a cluster", NeedOneServer("x", Target{Mode: Cluster, Conns: 3}), "only be asked for on one server"},
		{"a number behind Sentinel", NeedOneServer("x", Target{Mode: Sentinel, Conns: 3}), ""},
	}
	for _, c := range cases {
		switch {
		case c.says == "" && c.err != nil:
			t.Errorf("%s: %v", c.name, c.err)
		case c.says != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.says)):
			t.Errorf("%s: %v does not say %q", c.name, c.err, c.says)
		}
	}
}

func TestNegotiated(t *testing.T) {
	cases := []struct {
		asked int
		old   bool
		want  int
	}{
		{0, false, 3}, {2, false, 2}, {3, false, 3}, {0, true, 2}, {2, true, 2}, {3, true, 2},
	}
	for _, c := range cases {
		if got := (Target{RESP: c.asked, OldRESP: c.old}).Negotiated(); got != c.want {
			t.Errorf("asked for %d, old server %v: %d", c.asked, c.old, got)
		}
	}
}
