package scenarios

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

const (
	probeEvery = 20 * time.Millisecond
	// pollEvery is asked for; without other work in the process it becomes a
	// millisecond. A loop without a pause would keep a single core from
	// reading what the server sends.
	pollEvery = 100 * time.Microsecond
	// pollLimit ends the wait for a value that never shows.
	pollLimit = time.Second
	// probeEnding is how long the last call may take.
	probeEnding = 2 * time.Second
	// warmTries is how often a key is read until it comes from the cache.
	warmTries = 10
)

// A probe has a key of its own cached, writes it, and reads it through the
// cache until the new value shows, again and again.
type probe struct {
	cache   *cache
	session clients.Session
	cacher  clients.Cacher
	window  *engine.Sampler
	reply   clients.Reply
	key     int // the next to probe

	ending atomic.Bool
	crew
}

func newProbe(c *cache, session clients.Session) (*probe, error) {
	cacher, err := cacher(session)
	if err != nil {
		return nil, err
	}
	return &probe{cache: c, session: session, cacher: cacher, window: c.sampler(window), key: c.writers - 1}, nil
}

// start probes until stop.
func (p *probe) start(ctx context.Context) {
	p.running.Go(func() {
		for !p.ending.Load() {
			p.once(ctx)
			time.Sleep(probeEvery)
		}
	})
}

// stop waits for the probe's last call, and does so only once.
func (p *probe) stop(ctx context.Context) error {
	within := probeEnding
	if p.ending.Swap(true) {
		within = 0
	}
	if !p.await(ctx, within) {
		return errors.New("the probe still waits for a reply")
	}
	return nil
}

func (p *probe) once(ctx context.Context) {
	key := p.key
	if p.key += p.cache.writers; p.key >= len(p.cache.history) {
		p.key = p.cache.writers - 1
	}
	if hit, err := p.warm(ctx, key); err != nil || !hit {
		return // without the key in the cache there is no window
	}
	p.cache.unmixed.tried.Add(1)
	at, err := p.cache.write(ctx, p.session, key)
	if err != nil {
		return
	}
	p.cache.unmixed.done.Add(1)
	if window, ok := p.poll(ctx, key, at); ok {
		p.window.Sample(window)
	}
}

// warm reads a key until it comes from the cache.
func (p *probe) warm(ctx context.Context, key int) (hit bool, err error) {
	for range warmTries {
		if hit, err = p.read(ctx, key); hit || err != nil {
			return hit, err
		}
	}
	return false, nil
}

// poll returns when, after the acknowledgement, the last read began that still
// got an old value; 0: none did.
func (p *probe) poll(ctx context.Context, key int, acked int64) (window int64, ok bool) {
	for window < int64(pollLimit) && !p.ending.Load() {
		q := p.cache.ask(key)
		if _, err := p.read(ctx, key); err != nil || p.reply.IsMiss() {
			return 0, false
		}
		switch p.cache.judge(q, &p.reply) {
		case current:
			return window, true
		case never:
			p.cache.strange.Add(1)
			return 0, false
		}
		window = q.at - acked
		time.Sleep(pollEvery)
	}
	return window, window >= int64(pollLimit)
}

func (p *probe) read(ctx context.Context, key int) (hit bool, err error) {
	p.reply.Reset()
	return p.cache.read(ctx, p.cacher, key, &p.reply)
}

// errOff is what a cache that gives nothing back is.
var errOff = errors.New("the client-side cache is off: a key that was read again and again came from the server each time")

// caches checks that a key is served from the cache when it is read again.
func (p *probe) caches(ctx context.Context) error {
	hit, err := p.warm(ctx, p.key)
	if err == nil && !hit {
		err = errOff
	}
	return err
}
