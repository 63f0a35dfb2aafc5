package all_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/faultproxy"
)

// endings are how a context may end by itself.
var endings = []struct {
	name  string
	begin func(after time.Duration) (context.Context, context.CancelFunc)
}{
	{"deadline", func(after time.Duration) (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), after)
	}},
	{"cancel", func(after time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(after, cancel)
		return ctx, cancel
	}},
}

// honoursContexts has contexts end while the reply is held back.
func (s subject) honoursContexts(t *testing.T) cell {
	honoured := make([]string, len(endings))
	var tests []clientstest.Test
	for i, e := range endings {
		tests = append(tests, clientstest.Test{Name: e.name, Run: func(t *testing.T) {
			if s.endsWith(t, e.begin) {
				honoured[i] = e.name
			}
		}})
	}
	clientstest.AtOnce(t, tests)
	names := slices.DeleteFunc(honoured, func(name string) bool { return name == "" })
	if len(names) == 0 {
		return no
	}
	return cell{text: strings.Join(names, ", ")}
}

// endsWith reports whether a call ends with its context, long before the
// time-out that ends it in any case.
func (s subject) endsWith(t *testing.T, begin func(time.Duration) (context.Context, context.CancelFunc)) bool {
	t.Helper()
	const after, timeout = 100 * time.Millisecond, 3 * time.Second
	p := faultproxy.Start(t, s.server.Plain)
	to := clientstest.Target(p.Addr, 1)
	to.Timeout = timeout
	session := clientstest.Session(t, clientstest.Open(t, s.variant, to))
	dialAll(t, func(ctx context.Context) error { return clientstest.SetGet(ctx, session, "held", sixteenBytes) })
	p.Down.Set(faultproxy.Fault{Hold: true})
	ctx, end := begin(after)
	defer end()
	var reply clients.Reply
	begun := time.Now()
	err := session.Get(ctx, "held", &reply)
	took := time.Since(begun)
	p.Down.Clear()
	if err == nil {
		t.Fatalf("a reply that was held back came after %v", took)
	}
	return took < timeout/2
}
