package main

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
)

// A bareClient is a library's client as a program without respbench would hold
// it, opened with the options of the library's adapter.
type bareClient struct {
	// worker makes the loop of one worker.
	worker func(data) (loop, error)
	close  func()
}

// A loop sets and gets keys until stop, with nothing between it and the
// library, and counts its steps: a SET, a GET, and the comparison.
type loop func(stop *atomic.Bool) (steps int64, err error)

type opener func(clients.Target) (*bareClient, error)

// bareClients are by the name of their library.
var bareClients = map[string]opener{
	"raw":     openRaw,
	"rueidis": openRueidis,
	"goredis": openGoredis,
	"redigo":  openRedigo,
}

// bareNames are in the order of reports.
func bareNames() []string { return []string{"raw", "rueidis", "goredis", "redigo"} }

// data are the keys and values of one worker, made as a scenario makes them.
type data struct {
	cursor gen.Cursor
	values gen.Writer
}

func (d *data) next() (string, string) {
	key, name, pass := d.cursor.Next()
	return name, d.values.Written(key, pass)
}

func wrongReply(key string) error { return fmt.Errorf("%s has other content than was set", key) }

// A bare side is all workers' loops.
type bare struct {
	client *bareClient
	loops  []loop
	target clients.Target
}

func openBare(open opener, t clients.Target) (*bare, error) {
	client, err := open(t)
	if err != nil {
		return nil, err
	}
	b := &bare{client: client, target: t}
	keys := gen.NewKeys(gen.RunPrefix(runID), plan.DefaultKeys)
	values := gen.NewValues(seed, plan.DefaultDataSize).Trial(seed)
	for i := range t.Workers {
		l, err := client.worker(data{keys.Cursor(i, t.Workers), values})
		if err != nil {
			client.close()
			return nil, err
		}
		b.loops = append(b.loops, l)
	}
	return b, nil
}

func (b *bare) run(length time.Duration) (segment, error) {
	var cold, hot atomic.Bool // stop warming, stop measuring
	var warming, measuring sync.WaitGroup
	gate := make(chan struct{})
	steps, errs := make([]int64, len(b.loops)), make([]error, len(b.loops))
	warming.Add(len(b.loops))
	for i, l := range b.loops {
		measuring.Go(func() {
			_, errs[i] = l(&cold)
			warming.Done()
			<-gate
			if errs[i] == nil {
				steps[i], errs[i] = l(&hot)
			}
		})
	}
	stopAfter(warmTime, &cold)
	warming.Wait()
	var m meter
	err := m.start()
	started := time.Now()
	close(gate)
	stopAfter(length, &hot)
	measuring.Wait()
	s := segment{window: time.Since(started)}
	err = errors.Join(err, m.stop(), errors.Join(errs...))
	s.cpu, s.mallocs = m.cpu, m.mallocs
	for _, n := range steps {
		s.ops += n
	}
	if err != nil {
		return s, err
	}
	return s, s.check()
}

func stopAfter(d time.Duration, stop *atomic.Bool) {
	time.Sleep(d)
	stop.Store(true)
}

func (b *bare) dials() int64 { return b.target.Dialer.Dials() }

func (b *bare) close() { b.client.close() }
