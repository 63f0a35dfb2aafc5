// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// Acquire waits for a connection, of no more than were asked for, and what it
// returns uses that one alone.
func TestAcquire(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	for _, protocol := range []int{2, 3} {
		to := at(s)
		to.Conns, to.RESP = 1, protocol
		pool := sessionOf(t, openAt(t, "no-autopipe", to)).(clients.Pooler)
		first, release, err := pool.Acquire(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		id := connection(t, first)
		taken := make(chan clients.Session)
		go func() {
			second, _, _ := pool.Acquire(context.Background())
			taken <- second
		}()
		select {
		case <-taken:
			t.Fatal("two hold the only connection")
		case <-time.After(200 * time.Millisecond):
		}
		release()
		if got := connection(t, <-taken); got != id {
			t.Errorf("RESP %d: the connection was %d and is %d", protocol, id, got)
		}
	}
}

// Who would listen over a connection that others hold for as long as they
// listen is told, and the place is free when one of them ends.
func TestListenersBeyondThePool(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	to := at(s)
	to.Conns = 1
	session := sessionOf(t, openAt(t, "no-autopipe", to)).(clients.Listener)
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		ready, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- session.Listen(ctx, "channel", func() { close(ready) }, nil) }()
		<-ready
		beyond, stop := context.WithTimeout(t.Context(), time.Second)
		err := session.Listen(beyond, "channel", nil, nil)
		stop()
		if err == nil || !strings.Contains(err.Error(), "all 1 connections of the pool have listeners") {
			t.Errorf("got %v", err)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func connection(t *testing.T, s clients.Session) int64 {
	t.Helper()
	var answer clients.Answer
	if err := s.(clients.Commander).Do(context.Background(), clients.Call{Words: []string{"CLIENT", "ID"}}, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Int
}

func TestAcquireOfACluster(t *testing.T) {
	_, _, err := poolSession{shared{client: &client{mode: clients.Cluster}}}.Acquire(context.Background())
	if err == nil || !strings.Contains(err.Error(), "one slot") {
		t.Error(err)
	}
}
