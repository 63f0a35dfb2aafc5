package clientstest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/faultproxy"
	"respbench.dev/respbench/internal/servertest"
)

// A hearing is a Listen that runs.
type hearing struct {
	channel string
	cancel  context.CancelFunc
	ready   chan struct{}
	heard   chan string
	ended   chan error
}

// hear returns when the subscription is confirmed.
func hear(t *testing.T, s clients.Session, channel string) *hearing {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	const room = 4096
	h := &hearing{channel, cancel, make(chan struct{}), make(chan string, room), make(chan error, 1)}
	go func() {
		h.ended <- s.(clients.Listener).Listen(ctx, channel, func() { close(h.ready) },
			func(payload string) { h.heard <- strings.Clone(payload) })
	}()
	select {
	case <-h.ready:
	case err := <-h.ended:
		t.Fatalf("listening ended before it began: %v", err)
	case <-time.After(limit):
		t.Fatal("nobody confirms the subscription")
	}
	return h
}

// next wants these messages and no other.
func (h *hearing) next(t *testing.T, want ...string) {
	t.Helper()
	end := time.After(limit)
	for i := range want {
		select {
		case got := <-h.heard:
			if got != want[i] {
				t.Fatalf("%s: message %d is %.80q, want %.80q", h.channel, i, got, want[i])
			}
		case err := <-h.ended:
			t.Fatalf("%s: ended after %d messages: %v", h.channel, i, err)
		case <-end:
			t.Fatalf("%s: %d messages came, want %d", h.channel, i, len(want))
		}
	}
}

// stop cancels and wants a clean end, soon.
func (h *hearing) stop(t *testing.T) {
	t.Helper()
	h.cancel()
	if err := ends(t, func() error { return <-h.ended }); err != nil {
		t.Errorf("%s: a cancelled Listen returns %v", h.channel, err)
	}
	if len(h.heard) > 0 {
		t.Errorf("%s: heard %.80q, too", h.channel, <-h.heard)
	}
}

func publish(t *testing.T, a admin, channel string, messages ...string) {
	t.Helper()
	for _, m := range messages {
		a.Do(t, "PUBLISH", channel, m)
	}
}

func checkListening(t *testing.T, s subject) {
	if !s.variant.Has.Listen {
		return
	}
	const many = 1000
	messages := []string{"", "\r\n$1\r\n\x00", strings.Repeat("long ", 20_000)}
	for i := range many {
		messages = append(messages, fmt.Sprint("message ", i))
	}
	s.eachProtocol(t, func(t *testing.T, to clients.Target) {
		to.Timeout = short
		session := s.alone(t, to)
		h := hear(t, session, "listening")
		time.Sleep(2 * short) // silence is no error
		publish(t, s.server.admin, "listening", messages...)
		h.next(t, messages...)
		mustSetGet(t, session, "listening", text("beside")) // Listen has a connection of its own
		h.stop(t)
		awaitUnheard(t, s.server.admin, "listening")
		mustSetGet(t, session, "listening", text("after"))
	})
}

// checkListeners has two listen to one channel and one to another.
func checkListeners(t *testing.T, s subject) {
	if !s.variant.Has.Listen {
		return
	}
	c := s.open(t, Target(s.server.addr, 3))
	first, second := hear(t, Session(t, c), "listeners"), hear(t, Session(t, c), "listeners")
	other := hear(t, Session(t, c), "other listeners")
	publish(t, s.server.admin, "listeners", "1", "2")
	publish(t, s.server.admin, "other listeners", "3")
	first.next(t, "1", "2")
	second.next(t, "1", "2")
	other.next(t, "3")
	first.stop(t)
	publish(t, s.server.admin, "listeners", "4")
	second.next(t, "4")
	second.stop(t)
	other.stop(t)
	awaitUnheard(t, s.server.admin, "listeners", "other listeners")
}

func awaitUnheard(t *testing.T, a admin, channels ...string) {
	t.Helper()
	servertest.Eventually(t, limit, "end the subscription", func() error {
		for _, c := range channels {
			if count := a.Do(t, "PUBSUB", "NUMSUB", c); count != c+"\n0" {
				return fmt.Errorf("somebody listens: %q", count)
			}
		}
		return nil
	})
}

// checkListeningEnds listens again and again, and wants no connection left of
// each: a library may keep one or two for the next.
func checkListeningEnds(t *testing.T, s subject) {
	if !s.variant.Has.Listen {
		return
	}
	own := servertest.Start(t, servertest.Options{})
	session := s.alone(t, Target(own.Addr, 1))
	mustSetGet(t, session, "listening", text("before"))
	hear(t, session, "ends").stop(t)
	most := len(own.Clients(t))
	const again, kept = 10, 3
	for range again {
		hear(t, session, "ends").stop(t)
		mustSetGet(t, session, "listening", text("between"))
	}
	servertest.Eventually(t, limit, "give connections back", func() error {
		if now := own.Clients(t); len(now) > most+kept {
			return fmt.Errorf("%d connections were %d:\n%s", len(now), most, strings.Join(now, "\n"))
		}
		return nil
	})
}

// checkListeningCancelled cancels before anything was sent, and when the
// subscription is confirmed.
func checkListeningCancelled(t *testing.T, s subject) {
	if !s.variant.Has.Listen {
		return
	}
	session := s.alone(t, Target(s.server.addr, 1))
	never := func(string) { t.Error("a message that nobody has sent") }
	for range 5 {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := ends(t, func() error {
			return session.(clients.Listener).Listen(ctx, "cancelled", func() {}, never)
		}); err != nil {
			t.Errorf("cancelled before: %v", err)
		}
		ctx, cancel = context.WithCancel(context.Background())
		if err := ends(t, func() error {
			return session.(clients.Listener).Listen(ctx, "cancelled", cancel, never)
		}); err != nil {
			t.Errorf("cancelled at once: %v", err)
		}
		mustSetGet(t, session, "cancelled", text("after"))
	}
	awaitUnheard(t, s.server.admin, "cancelled")
}

// checkListeningBroken takes the server away: silence would pass for a channel
// on which nothing is said.
func checkListeningBroken(t *testing.T, s subject) {
	if !s.variant.Has.Listen {
		return
	}
	p := faultproxy.Start(t, s.server.addr)
	session := s.alone(t, Target(p.Addr, 1))
	h := hear(t, session, "broken")
	p.Refuse()
	p.Cut()
	if err := ends(t, func() error { return <-h.ended }); err == nil {
		t.Error("the end of the server is none of Listen")
	}
	if err := ends(t, func() error {
		return session.(clients.Listener).Listen(context.Background(), "broken", func() {}, func(string) {})
	}); err == nil || clients.Classify(err) != clients.Refused && clients.Classify(err) != clients.Reset {
		t.Errorf("without a server: %v", err)
	}
}
