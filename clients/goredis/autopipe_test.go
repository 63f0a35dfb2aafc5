package goredis

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func TestReachesDuplex(t *testing.T) {
	const within, beyond = 32_768, 32_769 // pairs
	cases := []struct {
		name   string
		target clients.Target
		says   string
	}{
		{"streams", clients.Target{Mode: clients.Standalone, Conns: 4}, ""},
		{"streams behind Sentinel", clients.Target{Mode: clients.Sentinel, Conns: 4}, ""},
		{"a pipeline in one stream", clients.Target{Mode: clients.Standalone, Conns: 1, Depth: within}, ""},
		{"a pipeline too long", clients.Target{Mode: clients.Standalone, Conns: 1, Depth: beyond}, "cannot hold 1"},
		{"pipelines over streams", clients.Target{Mode: clients.Standalone, Conns: 4, Depth: 1}, "cannot hold 4"},
		{"transactions", clients.Target{Mode: clients.Standalone, Conns: 1, Transacts: true}, "cannot hold 1"},
		{"any number", clients.Target{Mode: clients.Standalone, Depth: 1, Transacts: true}, ""},
		{"any number of a cluster", clients.Target{Mode: clients.Cluster, Depth: 1}, ""},
		{"a number of a cluster", clients.Target{Mode: clients.Cluster, Conns: 1, Depth: 1}, "only be asked for on one server"},
	}
	for _, c := range cases {
		err := named("autopipe-duplex").Reaches(c.target)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
		}
	}
}

// The library says nothing where it falls back to batches.
func TestIsDuplex(t *testing.T) {
	for _, conns := range []int{0, 1, 4} {
		for _, mode := range []string{clients.Standalone, clients.Sentinel} {
			to := some(mode)
			to.Conns, to.Depth = conns, 0
			c := openAt(t, "autopipe-duplex", to) // dials nothing yet
			queue := c.(*client).commands.(*redis.AutoPipeliner).Config()
			if !queue.FullDuplex || c.Resolved().Options["AutoPipelineOptions.FullDuplex"] != "true" {
				t.Errorf("%s, %d connections: %+v", mode, conns, queue)
			}
		}
	}
	to := some(clients.Cluster)
	cluster := redis.NewClusterClient(clustered(to, options(to)))
	defer cluster.Close()
	queue, err := cluster.AutoPipelineWithOptions(duplex(to))
	if err != nil || !queue.Config().FullDuplex {
		t.Errorf("of a cluster: %v", err)
	}
}

// As many connections are used as are declared, by pipelines and transactions, too.
func TestStreams(t *testing.T) {
	cases := []struct {
		target clients.Target
		want   int // declared
	}{
		{clients.Target{}, 1},
		{clients.Target{Depth: 1}, 1},
		{clients.Target{Depth: 1, Conns: 1}, 1},
		{clients.Target{Conns: 4}, 4},
		{clients.Target{Depth: 1, Transacts: true}, 20},
	}
	for _, c := range cases {
		s := servertest.Start(t, servertest.Options{})
		to := at(s)
		to.Procs, to.Depth, to.Conns, to.Transacts = 1, c.target.Depth, c.target.Conns, c.target.Transacts
		client := openAt(t, "autopipe-duplex", to)
		if declared := client.Resolved().Conns; declared != c.want {
			t.Errorf("%+v: declares %d connections, want %d", c.target, declared, c.want)
		}
		useAll(t, client, to)
		used := len(s.Clients(t))
		if used > c.want || c.want == to.Conns && used != c.want {
			t.Errorf("%+v: %d connections, declared %d", c.target, used, c.want)
		}
	}
}

func useAll(t *testing.T, c clients.Client, to clients.Target) {
	t.Helper()
	const workers, steps = 32, 20
	var all sync.WaitGroup
	for worker := range workers {
		session := sessionOf(t, c)
		all.Go(func() {
			for i := range steps {
				if err := useOnce(session, to, fmt.Sprint("key ", worker, " ", i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func useOnce(s clients.Session, to clients.Target, key string) error {
	ctx := context.Background()
	if err := s.Set(ctx, key, "v"); err != nil {
		return err
	}
	if to.Depth > 0 {
		if err := s.(clients.Pipeliner).Pipeline(ctx, []clients.Command{{Key: key, IsGet: true}, {Key: key + "'", Value: "v"}}); err != nil {
			return err
		}
	}
	if !to.Transacts {
		return nil
	}
	get := clients.Call{Words: []string{"GET", key}, Key: 1}
	return s.(clients.Transactor).Transact(ctx, []clients.Call{get}, make([]clients.Answer, 1))
}
