// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/servertest"
)

func TestConformance(t *testing.T) { clientstest.Run(t, Library) }

func BenchmarkSync(b *testing.B) { clientstest.Benchmark(b, Library) }

func TestReaches(t *testing.T) {
	cases := []struct {
		name    string
		variant int
		target  clients.Target
		says    string
	}{
		{"any number behind Sentinel", 0, clients.Target{Mode: clients.Sentinel}, ""},
		{"a power of two behind Sentinel", 0, clients.Target{Mode: clients.Sentinel, Conns: 4}, ""},
		{"another number behind Sentinel", 0, clients.Target{Mode: clients.Sentinel, Conns: 3}, "1, 2, 4"},
		{"a pool behind Sentinel", 1, clients.Target{Mode: clients.Sentinel, Conns: 3}, ""},
		{"any number of a cluster", 2, clients.Target{Mode: clients.Cluster}, ""},
		{"a number of a cluster", 2, clients.Target{Mode: clients.Cluster, Conns: 3}, "only be asked for on one server"},
		{"a pool of a cluster", 1, clients.Target{Mode: clients.Cluster, Conns: 3}, "only be asked for on one server"},
	}
	for _, c := range cases {
		err := Library.Variants[c.variant].Reaches(c.target)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
		}
	}
}

func TestOptions(t *testing.T) {
	to := clients.Target{
		Mode: clients.Sentinel, Master: "m", Username: "u", Password: "p", Procs: 8,
		Timeout: 200 * time.Millisecond, ConnectTimeout: time.Second, Dialer: clients.NewDialer("tcp", 0, nil),
	}
	o := options(to, &dialled{})
	if o.Sentinel.MasterSet != "m" || o.Sentinel.Username+o.Sentinel.Password != "" {
		t.Errorf("Sentinels that ask for nothing are told %+v", o.Sentinel)
	}
	to.SentinelAuth = true
	o = options(to, &dialled{})
	if o.Sentinel.Username != "u" || o.Sentinel.Password != "p" || o.Sentinel.Dialer.KeepAlive != 50*time.Millisecond {
		t.Errorf("Sentinels are told %+v", o.Sentinel)
	}
	if conns := multiplexed(to, &o); conns != 4 || o.PipelineMultiplex != 2 {
		t.Errorf("%d connections behind Sentinel, 2^%d", conns, o.PipelineMultiplex)
	}
	to.Mode = clients.Cluster
	o = options(to, &dialled{})
	if conns := multiplexed(to, &o); conns != 1 {
		t.Errorf("%d connections to a node of a cluster", conns)
	}
	want := map[string]string{
		"ClientSetInfo": "DisableClientSetInfo", "DisableCache": "true", "DisableRetry": "true",
		"ConnWriteTimeout": "200ms", "Dialer.Timeout": "1s", "Dialer.KeepAlive": "50ms",
		"ClusterOption.MaxMovedRedirections": "16",
	}
	if diff := cmp.Diff(want, described(to, o)); diff != "" {
		t.Error(diff)
	}
}

// A long time-out leaves the library's second alone.
func TestKeepAlive(t *testing.T) {
	if got := keepAlive(clients.Target{Timeout: 5 * time.Second}); got != valkey.DefaultTCPKeepAlive {
		t.Errorf("PINGs after %v", got)
	}
}

func TestNotACluster(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	for _, v := range Library.Variants {
		c, err := v.Open(context.Background(), clients.Target{
			Mode: clients.Cluster, Addrs: []string{s.Plain}, Timeout: time.Second, ConnectTimeout: time.Second,
			Workers: 1, Procs: 1, Dialer: clients.NewDialer("tcp", time.Second, nil),
		})
		if err == nil || !strings.Contains(err.Error(), "not part of a cluster") {
			t.Errorf("%s: %v", v.Name, err)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}

func TestNothingIsDialledAfterClose(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialer := clients.NewDialer("tcp", time.Second, nil)
	var d dialled
	before, err := d.dial(context.Background(), dialer, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d.stop()
	if _, err := d.dial(context.Background(), dialer, l.Addr().String()); err == nil || clients.Classify(err) != clients.Reset {
		t.Errorf("a closed client dials: %v", err)
	}
	d.closeForgotten()
	if _, err := before.Write([]byte("x")); err == nil {
		t.Error("a connection outlives its client")
	}
}
