package redigo

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func openVariant(t *testing.T, name, addr string) (clients.Client, clients.Session) {
	t.Helper()
	v, err := Library.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := v.Open(t.Context(), clients.Target{
		Mode: clients.Standalone, Addrs: []string{addr}, Timeout: time.Minute, Workers: 1,
		Dialer: clients.NewDialer("tcp", time.Minute, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s, err := c.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// A trial closes the sessions of receivers that still wait.
func TestCloseBesideACall(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	_, s := openVariant(t, "conn", server.Addr)
	ended := make(chan error, 1)
	go func() {
		var answer clients.Answer
		ended <- s.(clients.Commander).Do(context.Background(), clients.Call{Words: []string{"BLPOP", "nothing", "60"}, Key: 1, Blocks: true}, &answer)
	}()
	time.Sleep(50 * time.Millisecond) // a call that has not begun yet must fail, too
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; clients.Classify(err) != clients.Reset {
		t.Errorf("the call: %v", err)
	}
	if err := s.Set(t.Context(), "key", "v"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

// Close beside calls that dial leaves no connection open.
func TestCloseWhileItDials(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	for range 20 {
		_, s := openVariant(t, "conn", server.Addr)
		_ = (*s.(*connSession).under.Load()).Close()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for range 3 {
				_ = s.Set(context.Background(), "key", "v")
			}
		}()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-ended
		if err := s.Set(t.Context(), "key", "v"); clients.Classify(err) != clients.Reset {
			t.Errorf("after Close: %v", err)
		}
	}
	servertest.Eventually(t, 10*time.Second, "no connections", func() error {
		if n := len(server.Clients(t)); n > 0 {
			return errors.New("some are open")
		}
		return nil
	})
}

// What Acquire costs is what the library's Get and Close do.
func TestAcquireAllocatesNothingOfOurs(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	c, s := openVariant(t, "default", server.Addr)
	pool := c.(*poolClient).pool
	alone := testing.AllocsPerRun(1000, func() { _ = pool.Get().Close() })
	pooler := s.(clients.Pooler)
	ours := testing.AllocsPerRun(1000, func() {
		_, release, err := pooler.Acquire(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		release()
	})
	if ours != alone || alone == 0 {
		t.Errorf("%v allocations, Get and Close alone have %v", ours, alone)
	}
}
