package raw

import (
	"context"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
)

func openPoolAt(t *testing.T, addr string) *poolSession {
	t.Helper()
	c, s := openVariant(t, Library.Variants[1], addr, time.Minute)
	t.Cleanup(func() { _ = c.Close() })
	return s.(*poolSession)
}

func TestPoolAllocatesNothing(t *testing.T) {
	ctx := context.Background()
	get := len(appendGet(nil, "key"))
	var into clients.Reply
	for name, call := range map[string]func(*poolSession) error{
		"get": func(s *poolSession) error { return s.Get(ctx, "key", &into) },
		"acquire": func(s *poolSession) error {
			own, release, err := s.Acquire(ctx)
			if err != nil {
				return err
			}
			defer release()
			return own.Get(ctx, "key", &into)
		},
	} {
		s := openPoolAt(t, serve(t, get, "$5\r\nvalue\r\n"))
		if n := testing.AllocsPerRun(2000, func() {
			if err := call(s); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// A reply belongs to its session, whoever uses the connection next.
func TestPoolRepliesStay(t *testing.T) {
	ctx := context.Background()
	call := clients.Call{Words: []string{"LRANGE", "key", "0", "-1"}, Key: 1}
	first := openPoolAt(t, serveEcho(t))
	second := &poolSession{pool: first.pool, replies: newReplies()}
	var one, other clients.Answer
	for range 5 {
		if err := first.Do(ctx, call, &one); err != nil {
			t.Fatal(err)
		}
		if err := second.Do(ctx, clients.Call{Words: []string{"lrange", "KEY", "1", "+2"}}, &other); err != nil {
			t.Fatal(err)
		}
		for i, want := range call.Words {
			if got := one.Items[i].Text; got != want {
				t.Fatalf("word %d has become %q, was %q", i, got, want)
			}
		}
	}
}

// What nobody has asked for must not be the reply of whoever comes next.
func TestPoolDropsWhatIsStray(t *testing.T) {
	ctx := context.Background()
	s := openPoolAt(t, serve(t, len(appendGet(nil, "key")), "$5\r\nvalue\r\n$5\r\nstray\r\n"))
	var into clients.Reply
	if err := s.Get(ctx, "key", &into); err != nil || !into.Is("value") {
		t.Fatalf("got %q, %v", into.Text(), err)
	}
	if len(s.pool.idle) != 0 || len(s.pool.spare) != 1 {
		t.Error("the connection is used on")
	}
}

func TestPoolWaitEndsWithItsContext(t *testing.T) {
	s := openPoolAt(t, serve(t, len(appendGet(nil, "key")), "$5\r\nvalue\r\n"))
	_, release, err := s.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := s.Get(ctx, "key", &clients.Reply{}); clients.Classify(err) != clients.Timeout {
		t.Errorf("waited until %v", err)
	}
}
