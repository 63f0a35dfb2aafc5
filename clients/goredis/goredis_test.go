package goredis

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
		{"a number behind Sentinel", 0, clients.Target{Mode: clients.Sentinel, Conns: 3}, ""},
		{"one batch behind Sentinel", 1, clients.Target{Mode: clients.Sentinel, Conns: 1}, ""},
		{"batches behind Sentinel", 1, clients.Target{Mode: clients.Sentinel, Conns: 3}, "one batch at a time"},
		{"any number of a cluster", 1, clients.Target{Mode: clients.Cluster}, ""},
		{"a number of a cluster", 0, clients.Target{Mode: clients.Cluster, Conns: 3}, "only be asked for on one server"},
		{"batches of a cluster", 1, clients.Target{Mode: clients.Cluster, Conns: 3}, "only be asked for on one server"},
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

func some(mode string) clients.Target {
	return clients.Target{
		Mode: mode, Addrs: []string{"a:1", "b:2"}, Master: "m", Username: "u", Password: "p", DB: 3, Procs: 4, Depth: 1,
		Timeout: 200 * time.Millisecond, ConnectTimeout: time.Second, Dialer: clients.NewDialer("tcp", 0, nil),
	}
}

func TestBehindSentinel(t *testing.T) {
	to := some(clients.Sentinel)
	if f := failover(to, options(to)); f.SentinelUsername+f.SentinelPassword != "" {
		t.Errorf("Sentinels that ask for nothing are told %q", f.SentinelUsername)
	}
	to.SentinelAuth = true
	f := failover(to, options(to))
	if f.SentinelUsername != "u" || f.SentinelPassword != "p" || f.MasterName != "m" || f.DB != 3 || f.PoolSize != 40 {
		t.Errorf("%+v", f)
	}
	want := map[string]string{
		"PoolSize": "40", "DialerRetries": "1", "DisableIdentity": "true", "MaxRetries": "-1",
		"ReadTimeout": "200ms", "WriteTimeout": "200ms", "PoolTimeout": "250ms", "DialTimeout": "1s",
	}
	if diff := cmp.Diff(want, described(to, options(to))); diff != "" {
		t.Error(diff)
	}
}

func TestOfACluster(t *testing.T) {
	to := some(clients.Cluster)
	o := options(to)
	if conns := pooled(to, o); conns != 5*4+10 {
		t.Errorf("%d connections to each master", conns)
	}
	if shards := autoPipeline(to).NumShards; shards != 4 {
		t.Errorf("the queue has %d shards", shards)
	}
	c := clustered(to, o)
	c.Addrs[0] = "other"
	if to.Addrs[0] != "a:1" {
		t.Error("the library gets the target's own addresses")
	}
	if described(to, o)["MaxRedirects"] != "1" || c.MaxRedirects != 1 || c.ReadOnly {
		t.Errorf("%+v", c)
	}
}

// Long time-outs leave the library's second of waiting for the pool alone.
func TestPoolTimeout(t *testing.T) {
	if got := poolTimeout(clients.Target{Timeout: 5 * time.Second}); got != 6*time.Second {
		t.Errorf("waits %v", got)
	}
}

func TestNotACluster(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	for _, v := range Library.Variants {
		to := some(clients.Cluster)
		to.Addrs, to.Username, to.Password = []string{s.Plain}, "", ""
		c, err := v.Open(context.Background(), to)
		if err == nil || !strings.Contains(err.Error(), "cluster support disabled") {
			t.Errorf("%s: %v", v.Name, err)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}
