package clientstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/faultproxy"
	"respbench.dev/respbench/internal/servertest"
)

// checkServerErrors provokes answers that no library can hide.
func checkServerErrors(t *testing.T, s subject) {
	admin := s.server.admin
	cases := []struct {
		name            string
		provoke, settle string // words between spaces
		want            clients.Class
	}{
		{"wrong type", "RPUSH victim element", "DEL victim", clients.Other},
		{"out of memory", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", clients.OOM},
		{"read only", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", clients.ReadOnly},
		{"not permitted", "ACL SETUSER default -get", "ACL SETUSER default +get", clients.Permission},
	}
	session := s.alone(t, Target(s.server.addr, 1))
	for _, c := range cases {
		mustSetGet(t, session, "server errors", text(c.name))
		admin.Do(t, "DEL", "victim")
		admin.Do(t, strings.Fields(c.provoke)...)
		err := getSet(session, "victim")
		admin.Do(t, strings.Fields(c.settle)...)
		if err == nil {
			t.Errorf("%s: no error", c.name)
		} else if got := clients.Classify(err); got != c.want {
			t.Errorf("%s: %v is %v", c.name, err, got)
		}
		mustSetGet(t, session, "server errors", text("after "+c.name))
	}
}

func getSet(s clients.Session, key string) error {
	var reply clients.Reply
	if err := s.Get(context.Background(), key, &reply); err != nil {
		return err
	}
	return s.Set(context.Background(), key, text("v"))
}

func checkBrokenConnection(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	to := Target(p.Addr, 1)
	session := s.alone(t, to)
	mustSetGet(t, session, "broken", text("before"))
	for range 3 {
		dials := to.Dialer.Dials()
		p.Cut()
		servertest.Eventually(t, limit, "set+get over new connections", func() error {
			return setGetMany(session, "broken")
		})
		if to.Dialer.Dials() == dials {
			t.Fatal("works without a new connection")
		}
	}
}

// setGetMany uses all connections over which a client spreads its calls.
func setGetMany(s clients.Session, key string) error {
	for i := range 40 {
		if err := SetGet(context.Background(), s, key, text(fmt.Sprint(i))); err != nil {
			return err
		}
	}
	return nil
}

// mostDials is how often one call may dial without retrying: go-redis tries
// the pool of its pipelines and then its other pool.
const mostDials = 2

// checkHiddenRetries takes the server away: one call is one attempt, so that
// neither its latency nor the count of errors is made up.
func checkHiddenRetries(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	to := Target(p.Addr, 1)
	session := s.alone(t, to)
	mustSetGet(t, session, "retries", text("before"))
	p.Refuse()
	p.Cut()
	for range 3 {
		dials := to.Dialer.Dials()
		err := ends(t, func() error { return session.Get(context.Background(), "retries", &clients.Reply{}) })
		if err == nil {
			t.Fatal("no error without a server")
		}
		if tried := to.Dialer.Dials() - dials; tried > mostDials {
			t.Fatalf("dialled %d times for one call", tried)
		}
	}
}

// checkSilentServer has no replies come: the call must end by its time-out.
func checkSilentServer(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	to := Target(p.Addr, 1)
	to.Timeout = short
	session := s.alone(t, to)
	mustSetGet(t, session, "silent", text("before"))

	p.Down.Set(faultproxy.Fault{Hold: true})
	begin := time.Now()
	err := ends(t, func() error { return SetGet(context.Background(), session, "silent", text("lost")) })
	if err == nil {
		t.Fatal("a silent server is no error")
	}
	if got := clients.Classify(err); got != clients.Timeout {
		t.Errorf("%v is %v", err, got)
	}
	if took := time.Since(begin); took < to.Timeout {
		t.Errorf("gave up after %v", took)
	}
	p.Down.Clear()
	servertest.Eventually(t, limit, "set+get after a time-out", func() error {
		return setGetMany(session, "silent")
	})
}

// ends returns what call returns, if it does so within the limit.
func ends(t *testing.T, call func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		t.Fatalf("blocked for more than %v", limit)
		return nil
	}
}

// firstUse is the first error on the way from opening a client to a reply.
func (s subject) firstUse(t *testing.T, to clients.Target) error {
	t.Helper()
	return ends(t, func() error {
		ctx := context.Background()
		c, err := s.variant.Open(ctx, to)
		if err != nil {
			return err
		}
		defer c.Close()
		session, err := c.Session(ctx)
		if err != nil {
			return err
		}
		defer session.Close()
		return SetGet(ctx, session, "first use", text("v"))
	})
}

func checkSilentFromTheStart(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	p.Down.Set(faultproxy.Fault{Hold: true})
	to := Target(p.Addr, 1)
	to.Timeout, to.ConnectTimeout = short, short
	switch err := s.firstUse(t, to); {
	case err == nil:
		t.Error("no error")
	case clients.Classify(err) != clients.Timeout:
		t.Errorf("%v is %v", err, clients.Classify(err))
	}
}

func checkClosedPort(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	p.Refuse()
	to := Target(p.Addr, 1)
	switch err := s.firstUse(t, to); {
	case err == nil:
		t.Error("no error")
	case clients.Classify(err) != clients.Refused:
		t.Errorf("%v is %v", err, clients.Classify(err))
	case to.Dialer.Dials() > mostDials:
		t.Errorf("dialled %d times for one call", to.Dialer.Dials())
	}
}

// checkCloseWhileBlocked closes the client under a call: either that or the
// time-out must end the call.
func checkCloseWhileBlocked(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	to := Target(p.Addr, 1)
	to.Timeout = time.Second
	c, err := s.variant.Open(context.Background(), to)
	if err != nil {
		t.Fatal(err)
	}
	session := Session(t, c)
	mustSetGet(t, session, "blocked", text("before"))

	p.Down.Set(faultproxy.Fault{Hold: true})
	blocked := make(chan error, 1)
	go func() { blocked <- SetGet(context.Background(), session, "blocked", text("lost")) }()
	time.Sleep(50 * time.Millisecond) // a call that is not sent yet must end as well
	_ = ends(t, c.Close)
	if err := ends(t, func() error { return <-blocked }); err == nil {
		t.Error("the call succeeded without a reply")
	} else if _, ok := errors.AsType[*clients.Mismatch](err); ok {
		t.Error(err)
	}
}
