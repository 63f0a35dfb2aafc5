package clientstest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
)

// A loadWorker works with keys of its own, so that it knows what each may hold.
// It goes from one key to the next with each step: the reply of a neighbouring
// call is that of another key.
type loadWorker struct {
	load    *load
	session clients.Session
	keys    []*loadKey
	counted map[string]int64 // the last value of a counter

	streak atomic.Int64 // steps in a row that succeeded
	failed atomic.Value // the last error, a string
}

// A loadKey is a key and all values that it was ever to have.
type loadKey struct {
	name   string
	values []clients.Value
	unsure bool // a SET has failed: it may be done, also later than the next
}

const keysOfWorker = 7

func newLoadWorker(l *load, session clients.Session, index int) *loadWorker {
	w := &loadWorker{load: l, session: session, counted: make(map[string]int64)}
	for k := range keysOfWorker {
		w.keys = append(w.keys, &loadKey{name: loadKeyName(l.name, index, k)})
	}
	return w
}

func loadKeyName(load string, worker, key int) string { return fmt.Sprint(load, " ", worker, " ", key) }

// state is why the worker has not recovered.
func (w *loadWorker) state() error {
	return fmt.Errorf("at %d steps in a row after %q", w.streak.Load(), w.failed.Load())
}

func (w *loadWorker) run() {
	const pace = 2 * time.Millisecond // it is the disturbance that counts, not the load
	for i := 0; !w.load.stopped.Load(); i++ {
		if err := w.step(i); err != nil {
			w.failed.Store(err.Error())
			w.streak.Store(0)
		} else {
			w.streak.Add(1)
		}
		time.Sleep(pace)
	}
}

func (w *loadWorker) step(i int) error {
	ctx := context.Background()
	pipeliner, pipelines := w.session.(clients.Pipeliner)
	counter, counts := w.session.(clients.Counter)
	switch {
	case i%4 == 1 && pipelines:
		return w.pipeline(ctx, pipeliner, i)
	case i%4 == 3 && counts:
		return w.count(ctx, counter, fmt.Sprint(w.keys[i%len(w.keys)].name, " count"))
	}
	return w.setGet(ctx, w.keys[i%len(w.keys)], i)
}

// timed has a call judged and returns its error.
func (w *loadWorker) timed(name string, call func() error) error {
	begin := time.Now()
	err := call()
	w.load.judge(name, time.Since(begin), err)
	return err
}

func (w *loadWorker) setGet(ctx context.Context, k *loadKey, i int) error {
	value := k.next(i)
	if err := w.timed("set", func() error { return w.session.Set(ctx, k.name, value) }); err != nil {
		k.unsure = true
		return err
	}
	var reply clients.Reply
	err := w.timed("get", func() error { return w.session.Get(ctx, k.name, &reply) })
	if err == nil {
		w.check(k, &reply)
	}
	return err
}

// pipeline sends a pair for each key but one: of a cluster, over several slots.
func (w *loadWorker) pipeline(ctx context.Context, p clients.Pipeliner, i int) error {
	var commands []clients.Command
	keys := w.keys[1:]
	for _, k := range keys {
		commands = append(commands, clients.Command{Key: k.name, Value: k.next(i)}, get(k.name))
	}
	err := w.timed("pipeline", func() error { return p.Pipeline(ctx, commands) })
	for n, k := range keys {
		if err != nil {
			k.unsure = true
		} else {
			w.check(k, &commands[2*n+1].Reply)
		}
	}
	return err
}

// count increments a counter, which must grow unless the server forgets.
func (w *loadWorker) count(ctx context.Context, c clients.Counter, key string) error {
	var n int64
	err := w.timed("incr", func() (err error) {
		n, err = c.Incr(ctx, key)
		return err
	})
	if err != nil {
		return err
	}
	if n < 1 || n <= w.counted[key] && !w.load.loses {
		w.load.problem("%s is incremented from %d to %d", key, w.counted[key], n)
	}
	w.counted[key] = n
	return nil
}

// next is a value that no key had before.
func (k *loadKey) next(i int) clients.Value {
	value := text(fmt.Sprint(k.name, "=", i))
	k.values = append(k.values, value)
	return value
}

// check wants what was set last. What was set earlier will do if that is
// unsure, or if the server forgets; then there may be nothing, too.
func (w *loadWorker) check(k *loadKey, reply *clients.Reply) {
	last := len(k.values) - 1
	if reply.Is(k.values[last]) || reply.IsMiss() && w.load.loses {
		return
	}
	for i := last - 1; i >= 0 && (k.unsure || w.load.loses); i-- {
		if reply.Is(k.values[i]) {
			return
		}
	}
	w.load.problem("%v", reply.Check(k.name, k.values[last]))
}
