package server

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// client is one connection to addr, named by its id.
type client struct{ *redis.Client }

func dialled(t *testing.T, o *redis.Options) client {
	t.Helper()
	o.PoolSize, o.Protocol = 1, 2
	c := client{redis.NewClient(o)}
	t.Cleanup(func() { c.Close() })
	return c
}

// id dials again if the connection was closed.
func (c client) id(t *testing.T) int64 {
	t.Helper()
	var id int64
	servertest.Eventually(t, 5*time.Second, "CLIENT ID", func() (err error) {
		id, err = c.ClientID(t.Context()).Result()
		return err
	})
	return id
}

// disturbs kills connections of a client under test, and nobody else's, and
// makes a pause, at the master at addr.
func disturbs(t *testing.T, access results.Access, addr string) {
	ctx := t.Context()
	a := remote(t, access)
	if err := a.CanDisturb(ctx, []string{results.KillClients, results.Pause}); err != nil {
		t.Fatal(err)
	}
	dialer := clients.NewDialer("tcp", time.Second, nil)
	ours := dialled(t, &redis.Options{Addr: addr, Dialer: func(ctx context.Context, _, addr string) (net.Conn, error) { return dialer.Dial(ctx, addr) }})
	others := dialled(t, &redis.Options{Addr: addr}) // which has come after ours, from the same host
	young, foreign := ours.id(t), others.id(t)
	if killed, err := a.KillClients(ctx, dialer.Ends()); killed != 1 || err != nil {
		t.Errorf("killed %d, %v", killed, err)
	}
	if others.id(t) != foreign {
		t.Error("somebody else's connection was closed")
	}
	if ours.id(t) == young {
		t.Error("the client's connection lives")
	}
	elsewhere := map[string]string{}
	for near := range dialer.Ends() {
		elsewhere[near] = "192.0.2.1:6379" // the same port, towards another server
	}
	if killed, err := a.KillClients(ctx, elsewhere); killed != 0 || err != nil {
		t.Errorf("killed %d of connections to another server, %v", killed, err)
	}
	pauses(t, a, others)
}

func pauses(t *testing.T, a *Admin, c client) {
	began := time.Now()
	if err := a.Pause(t.Context(), 400*time.Millisecond); err != nil {
		t.Error(err)
	}
	c.id(t)
	if took := time.Since(began); took < 300*time.Millisecond || took > 5*time.Second {
		t.Errorf("paused for %v", took)
	}
}

// failsOver fails over twice.
func failsOver(t *testing.T, access results.Access, masters func() []*servertest.Server) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	a := remote(t, access)
	if err := a.CanDisturb(ctx, []string{results.Failover}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := map[string]bool{}
		for _, s := range masters() {
			before[s.Addr] = true
		}
		if err := a.Failover(ctx); err != nil {
			t.Fatal(err)
		}
		if err := a.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		fresh := 0
		for _, s := range masters() {
			if !before[s.Addr] {
				fresh++
			}
		}
		if fresh != 1 || len(masters()) != len(before) {
			t.Errorf("%d new masters", fresh)
		}
	}
	if err := a.SetAlive(ctx, "respbench:x:alive", time.Minute); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestDisturbStandalone(t *testing.T) {
	s := start(t, "")
	disturbs(t, s.Access, s.Access.Addrs[0])
	if err := remote(t, s.Access).Settle(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCannotDisturb(t *testing.T) {
	open := start(t, "").Access
	renamed := start(t, `--rename-command CLIENT ""`).Access
	withoutList := open
	command(t, open, "ACL", "SETUSER", "some", "on", ">SECRET", "~*", "+@all", "-client|list", "-client|pause")
	withoutList.Username, withoutList.Password = "some", "SECRET"
	tests := []struct {
		disturbance string
		access      results.Access
		words       string
	}{
		{results.KillClients, renamed, "does not know the command CLIENT KILL: kill-clients needs it"},
		{results.Pause, renamed, "does not know the command CLIENT PAUSE: pause needs it"},
		{results.KillClients, withoutList, "does not let this user run CLIENT LIST: kill-clients needs it"},
		{results.Pause, withoutList, "does not let this user run CLIENT PAUSE: pause needs it"},
		{results.KillClients, results.Access{Mode: results.Standalone, Network: "unix", Addrs: []string{"/tmp/none"}}, "does not tell apart the connections of a unix socket"},
		{results.Restart, open, "is not ours to restart"},
		{results.Failover, open, "is neither under Sentinels nor a cluster"},
	}
	for _, tt := range tests {
		wantProblem(t, remote(t, tt.access).CanDisturb(t.Context(), []string{tt.disturbance}), "cannot-disturb", tt.words)
	}
	if err := remote(t, open).CanDisturb(t.Context(), []string{"flood"}); err == nil {
		t.Error("an unknown disturbance is accepted")
	}
}
