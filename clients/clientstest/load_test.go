package clientstest

import (
	"context"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
)

// A load that found nothing wrong would pass every adapter: each of these has
// to be found.
func TestLoadFinds(t *testing.T) {
	tests := []struct {
		name, variant string
		wrap          func(clients.Session) clients.Session
		want          string // in what was found; empty: nothing may be
	}{
		{"nothing", "default", nil, ""},
		{"values that nobody has set", "mismatch", nil, "mismatch"},
		{"errors that nothing explains", "error", nil, "is other"},
		{"replies of other calls", "default", shifted, "mismatch"},
		{"slow calls", "default", slow, "took"},
		{"counters that stand still", "default", stuck, "incremented from 1 to 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := startLoad(t, variant(t, test.variant, test.wrap), clients.Target{Mode: clients.Standalone}, nothing)
			time.Sleep(100 * time.Millisecond)
			if err := l.end(); err != nil {
				t.Error(err)
			}
			found := strings.Join(l.problems, "\n")
			if (found == "") != (test.want == "") || !strings.Contains(found, test.want) {
				t.Errorf("found %q, want %q", found, test.want)
			}
		})
	}
}

// variant is one of the fake library's, with its sessions wrapped.
func variant(t *testing.T, name string, wrap func(clients.Session) clients.Session) clients.Variant {
	t.Helper()
	for _, v := range fake.Library.Variants {
		if v.Name != name {
			continue
		}
		open := v.Open
		v.Open = func(ctx context.Context, to clients.Target) (clients.Client, error) {
			c, err := open(ctx, to)
			return wrapped{c, wrap}, err
		}
		return v
	}
	t.Fatalf("no variant %q", name)
	return clients.Variant{}
}

type wrapped struct {
	clients.Client
	wrap func(clients.Session) clients.Session
}

func (w wrapped) Session(ctx context.Context) (clients.Session, error) {
	s, err := w.Client.Session(ctx)
	if err == nil && w.wrap != nil {
		s = w.wrap(s)
	}
	return s, err
}

// shifted answers each GET with the reply of the one before, as a connection
// does on which a late reply was left behind.
func shifted(s clients.Session) clients.Session { return &shiftedSession{Session: s} }

type shiftedSession struct {
	clients.Session
	before clients.Reply
}

func (s *shiftedSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	var now clients.Reply
	err := s.Session.Get(ctx, key, &now)
	*into, s.before = s.before, now
	return err
}

// slow takes longer than any call of these targets may, once.
func slow(s clients.Session) clients.Session { return &slowSession{Session: s} }

type slowSession struct {
	clients.Session
	slept bool
}

func (s *slowSession) Set(ctx context.Context, key string, v clients.Value) error {
	if !s.slept {
		time.Sleep((&load{to: clients.Target{Mode: clients.Standalone}}).bound() + 10*time.Millisecond)
		s.slept = true
	}
	return s.Session.Set(ctx, key, v)
}

func stuck(s clients.Session) clients.Session { return stuckSession{s} }

type stuckSession struct{ clients.Session }

func (stuckSession) Incr(context.Context, string) (int64, error) { return 1, nil }
