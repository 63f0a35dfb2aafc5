package clientstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// loadWorkers share a client: enough for libraries to batch.
const loadWorkers = 3

// A load uses a client through a disturbance as a trial does, and judges each
// call: it ends within a bound, fails only as the disturbance explains, and
// never returns what belongs to another call.
type load struct {
	name    string
	client  clients.Client
	to      clients.Target
	allowed []clients.Class
	loses   bool // the server may forget writes that it has acknowledged

	workers []*loadWorker
	running sync.WaitGroup
	stopped atomic.Bool
	end     func() error // close, once

	mu       sync.Mutex
	problems []string
}

// What a disturbance explains, beside time-outs: those are the machine's too.
type explained struct {
	classes []clients.Class
	loses   bool
}

func startLoad(t *testing.T, v clients.Variant, to clients.Target, e explained) *load {
	t.Helper()
	to.Workers = loadWorkers
	l := &load{
		name: v.Name, to: to, loses: e.loses,
		allowed: append(slices.Clone(e.classes), clients.Timeout),
	}
	l.end = sync.OnceValue(l.close)
	t.Cleanup(func() { _ = l.end() })
	servertest.Eventually(t, limit, v.Name+": open", func() (err error) { // the time-outs are short for that
		l.client, err = v.Open(context.Background(), to)
		return err
	})
	for i := range loadWorkers {
		session, err := l.client.Session(context.Background())
		if err != nil {
			t.Fatalf("%s: session: %v", v.Name, err)
		}
		w := newLoadWorker(l, session, i)
		l.workers = append(l.workers, w)
		l.running.Go(w.run)
	}
	return l
}

// settle waits until every worker succeeds again and again.
func (l *load) settle(t *testing.T) {
	t.Helper()
	const enough = 20 // steps in a row: over all connections of a client
	for _, w := range l.workers {
		w.streak.Store(0)
	}
	servertest.Eventually(t, 2*limit, l.name+" recovers", func() error {
		for _, w := range l.workers {
			if w.streak.Load() < enough {
				return w.state()
			}
		}
		return nil
	})
}

// stop ends the load, closes its client and reports what was wrong.
func (l *load) stop(t *testing.T) {
	t.Helper()
	if err := ends(t, l.end); err != nil {
		t.Errorf("%s: close: %v", l.name, err)
	}
	for _, problem := range l.problems {
		t.Errorf("%s: %s", l.name, problem)
	}
}

func (l *load) close() error {
	l.stopped.Store(true)
	l.running.Wait()
	var errs []error
	for _, w := range l.workers {
		errs = append(errs, w.session.Close())
	}
	if l.client != nil {
		errs = append(errs, l.client.Close())
	}
	return errors.Join(errs...)
}

// bound is the longest that one call may take: a library may go through
// Sentinels, or follow a cluster's redirections, each with its own time-outs.
func (l *load) bound() time.Duration {
	const slack = 3 * time.Second // of a busy machine
	attempts := map[string]int{clients.Standalone: 2, clients.Sentinel: 5, clients.Cluster: 8}[l.to.Mode]
	return time.Duration(attempts)*(l.to.Timeout+l.to.ConnectTimeout) + slack
}

const mostProblems = 5 // more of one load say nothing new

func (l *load) problem(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.problems) < mostProblems {
		l.problems = append(l.problems, fmt.Sprintf(format, args...))
	}
}

// judge looks at how a call has ended.
func (l *load) judge(call string, took time.Duration, err error) {
	if took > l.bound() {
		l.problem("%s took %v, more than %v", call, took, l.bound())
	}
	if err == nil {
		return
	}
	if class := clients.Classify(err); !slices.Contains(l.allowed, class) {
		l.problem("%s: %v is %v", call, err, class)
	}
}
