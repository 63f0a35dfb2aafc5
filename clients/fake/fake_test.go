package fake

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"respbench.dev/respbench/clients"
)

var ctx = context.Background()

func text(s string) clients.Value { return clients.ValueOf([]byte(s)) }

// open returns a session of a variant, at a Target that names no server and
// has no dialer: a dial would panic.
func open(t *testing.T, variant string, depth int) clients.Session {
	t.Helper()
	for _, v := range Library.Variants {
		if v.Name == variant {
			c, err := v.Open(ctx, clients.Target{Depth: depth})
			if err != nil {
				t.Fatal(err)
			}
			return newSession(t, c)
		}
	}
	t.Fatalf("no variant %q", variant)
	return nil
}

func newSession(t *testing.T, c clients.Client) clients.Session {
	t.Helper()
	s, err := c.Session(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func setGet(s clients.Session, key, value string) error {
	if err := s.Set(ctx, key, text(value)); err != nil {
		return err
	}
	var reply clients.Reply
	if err := s.Get(ctx, key, &reply); err != nil {
		return err
	}
	return reply.Check(key, text(value))
}

func TestVariantsAreHiddenAndDocumented(t *testing.T) {
	for _, v := range Library.Variants {
		if !v.Hidden || v.Doc == "" || v.Has != clients.CapabilitiesOf(open(t, v.Name, 1)) {
			t.Errorf("%+v", v)
		}
	}
}

func TestAnswersWhatWasSetLast(t *testing.T) {
	s := open(t, "default", 1)
	for round := range 3 {
		for key := range 50 {
			if err := setGet(s, fmt.Sprint(key), fmt.Sprint(round, key)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var reply clients.Reply
	if err := s.Get(ctx, "7", &reply); err != nil || !reply.Is(text("2 7")) {
		t.Errorf("an older key is %v, %v", reply, err)
	}
	if err := s.Get(ctx, "never set", &reply); err != nil || !reply.IsMiss() {
		t.Errorf("an unknown key is %v, %v", reply, err)
	}
}

func TestLoad(t *testing.T) {
	s := newSession(t, New(func(key string) (clients.Value, bool) { return text("loaded"), key == "k" }))
	var reply clients.Reply
	if _ = s.Get(ctx, "k", &reply); !reply.Is(text("loaded")) {
		t.Errorf("a loaded key is %v", reply)
	}
	if _ = s.Get(ctx, "other", &reply); !reply.IsMiss() {
		t.Errorf("a key that is not loaded is %v", reply)
	}
	if err := setGet(s, "k", "set"); err != nil {
		t.Error(err)
	}
}

// All SETs before all GETs need as many keys as the flush has.
func TestRemembersAFlush(t *testing.T) {
	const depth = 500
	p := open(t, "default", depth).(clients.Pipeliner)
	commands := make([]clients.Command, 2*depth)
	for i := range depth {
		key := fmt.Sprint(i)
		commands[i] = clients.Command{Key: key, Value: text(key)}
		commands[depth+i] = clients.Command{Key: key, IsGet: true}
	}
	if err := p.Pipeline(ctx, commands); err != nil {
		t.Fatal(err)
	}
	for i := range depth {
		if err := commands[depth+i].Reply.Check(commands[i].Key, commands[i].Value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAllocatesNothing(t *testing.T) {
	s := open(t, "default", 1)
	value := text("value")
	var reply clients.Reply
	var answer clients.Answer
	commands := []clients.Command{{Key: "k", Value: value}, {Key: "k", IsGet: true}}
	if n := testing.AllocsPerRun(100, func() {
		_ = s.Set(ctx, "k", value)
		_ = s.Get(ctx, "k", &reply)
		_ = s.(clients.Pipeliner).Pipeline(ctx, commands)
		_, _ = s.(clients.Counter).Incr(ctx, "k")
		_ = s.(clients.Commander).Do(ctx, clients.Call{}, &answer)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCounts(t *testing.T) {
	s := open(t, "default", 1).(clients.Counter)
	for want := range int64(3) {
		if got, err := s.Incr(ctx, "k"); err != nil || got != want+1 {
			t.Errorf("counted %d, %v; want %d", got, err, want+1)
		}
	}
	if got, err := s.Incr(ctx, "other"); err != nil || got != 1 {
		t.Errorf("another key began with %d, %v", got, err)
	}
	if _, err := open(t, "error", 1).(clients.Counter).Incr(ctx, "k"); !errors.Is(err, ErrFake) {
		t.Errorf("answered %v", err)
	}
}

func TestError(t *testing.T) {
	s := open(t, "error", 1)
	commands := []clients.Command{{Key: "k", IsGet: true}}
	for _, err := range []error{
		s.Set(ctx, "k", text("v")),
		s.Get(ctx, "k", &clients.Reply{}),
		s.(clients.Pipeliner).Pipeline(ctx, commands),
	} {
		if !errors.Is(err, ErrFake) {
			t.Errorf("answered %v", err)
		}
	}
}

func TestCommands(t *testing.T) {
	s := open(t, "default", 1)
	var one clients.Answer
	both := make([]clients.Answer, 2)
	err := errors.Join(s.(clients.Commander).Do(ctx, clients.Call{}, &one), s.(clients.Transactor).Transact(ctx, nil, both))
	for _, a := range append(both, one) {
		if err != nil || a.Shape != clients.Text || a.Text != "OK" {
			t.Errorf("answered %+v, %v", a, err)
		}
	}
	s = open(t, "error", 1)
	for _, err := range []error{s.(clients.Commander).Do(ctx, clients.Call{}, &one), s.(clients.Transactor).Transact(ctx, nil, both)} {
		if !errors.Is(err, ErrFake) {
			t.Errorf("answered %v", err)
		}
	}
}

func TestListensUntilItIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := open(t, "default", 1).(clients.Listener).Listen(ctx, "channel", cancel, nil); err != nil || ctx.Err() == nil {
		t.Errorf("ended before its context, or with %v", err)
	}
}

// An acquired session is like the one it is acquired through.
func TestAcquire(t *testing.T) {
	for name, ok := range map[string]bool{"default": true, "error": false, "mismatch": false} {
		s, release, err := open(t, name, 1).(clients.Pooler).Acquire(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := setGet(s, "k", "v"); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
		release()
	}
}

func TestMismatch(t *testing.T) {
	s := open(t, "mismatch", 1)
	if err := setGet(s, "k", "v"); err == nil || clients.Classify(err) != clients.Mismatched {
		t.Errorf("answered %v", err)
	}
	commands := []clients.Command{{Key: "k", Value: text("v")}, {Key: "k", IsGet: true}}
	if err := s.(clients.Pipeliner).Pipeline(ctx, commands); err != nil || commands[1].Reply.Is(text("v")) {
		t.Errorf("a pipeline answered %v, %v", commands[1].Reply, err)
	}
}

func TestPanic(t *testing.T) {
	s := open(t, "panic", 1)
	calls := 0
	defer func() {
		if recover() == nil || calls != 99 {
			t.Errorf("panicked after %d calls", calls)
		}
	}()
	for range 200 {
		_ = s.Set(ctx, "k", text("v"))
		calls++
	}
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "slow", 1)
		begin := time.Now()
		if err := setGet(s, "k", "v"); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != 2*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestHang(t *testing.T) {
	s := open(t, "hang", 1)
	returned := make(chan error, 1)
	go func() { returned <- s.Set(ctx, "k", text("v")) }() // left behind: that is the point
	select {
	case err := <-returned:
		t.Errorf("returned %v", err)
	case <-time.After(20 * time.Millisecond):
	}
}
