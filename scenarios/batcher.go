package scenarios

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// A batcher takes single SETs and GETs of many callers and sends what is
// waiting together. Commands on one key take effect in the order in which they
// were handed over, as long as nobody but this batcher writes the key.
type batcher struct {
	max    int           // commands of one batch
	wait   time.Duration // after the first of a batch was handed over, for more
	sender sender
	joint  bool          // the sender gets reads and writes at once
	size   func(n int64) // gets how many commands a batch has

	mu     sync.Mutex
	queue  []*pending // in order
	wakeAt int        // length of the queue from which the batcher is to be woken; 0: it is awake
	closed bool

	wake  chan struct{} // has room for one
	ended chan struct{}
	next  batch
}

// A sender sends reads, and after them writes, each of another key.
type sender interface {
	send(ctx context.Context, reads, writes []*pending) error
	// sent may be called at any time.
	sent() map[string]Sent
}

// A pending is a SET or GET that its caller waits for. It can be used again
// when it has been answered.
type pending struct {
	key   string
	value clients.Value // what a SET writes
	isGet bool

	reply  clients.Reply // to a GET, valid until the next use
	handed int64         // when, on the engine's clock
	sent   int64         // for the first time; of one that another stands for, when that was sent

	err      error
	answered chan struct{} // has room for one
	copied   []byte        // what reply shows, where the sender's memory did not last
}

func newPending() *pending { return &pending{answered: make(chan struct{}, 1)} }

func (p *pending) set(key string, v clients.Value) { p.key, p.value, p.isGet = key, v, false }

func (p *pending) get(key string) {
	p.key, p.isGet = key, true
	p.reply.Reset()
}

// newBatcher must be followed by a goroutine that runs the batcher.
func newBatcher(s sender, joint bool, most int, wait time.Duration, size func(int64)) *batcher {
	return &batcher{
		max: most, wait: wait, sender: s, joint: joint, size: size,
		wake: make(chan struct{}, 1), ended: make(chan struct{}), next: newBatch(most),
	}
}

var errClosed = errors.New("the batcher was closed")

// do hands over and waits for the answer.
func (b *batcher) do(p *pending) error {
	p.handed = engine.Now()
	if !b.hand(p) {
		return errClosed
	}
	<-p.answered
	return p.err
}

func (b *batcher) hand(p *pending) bool {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	b.queue = append(b.queue, p)
	wake := b.wakeAt > 0 && len(b.queue) >= b.wakeAt
	if wake {
		b.wakeAt = 0
	}
	b.mu.Unlock()
	if wake {
		b.rouse()
	}
	return true
}

// rouse does nothing where the batcher will wake anyway.
func (b *batcher) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// run sends batches until close.
func (b *batcher) run(ctx context.Context) {
	defer close(b.ended)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for b.awaitFirst() {
		b.awaitMore(timer)
		if b.take() {
			b.flush(ctx)
		}
	}
}

// awaitFirst waits until something is in the queue; false: it was closed.
func (b *batcher) awaitFirst() bool {
	for {
		b.mu.Lock()
		waiting, closed := len(b.queue), b.closed
		if waiting == 0 && !closed {
			b.wakeAt = 1
		}
		b.mu.Unlock()
		if waiting > 0 || closed {
			return !closed
		}
		<-b.wake
	}
}

// awaitMore waits for a full batch, as long as the first of it may wait.
func (b *batcher) awaitMore(timer *time.Timer) {
	// Callers that were woken by the last batch, or are about to run for another
	// reason, come first. Without this the first of them would be sent alone.
	runtime.Gosched()
	if b.wait <= 0 {
		return
	}
	left, ok := b.lingering()
	if !ok {
		return
	}
	timer.Reset(left)
	for ok {
		select {
		case <-b.wake:
			_, ok = b.lingering()
		case <-timer.C:
			ok = false
		}
	}
}

// lingering is how long the first in the queue may still wait for a full batch,
// for which the batcher is then woken; false: not at all.
func (b *batcher) lingering() (left time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.queue) >= b.max {
		return 0, false
	}
	left = b.wait - time.Duration(engine.Now()-b.queue[0].handed)
	if left > 0 {
		b.wakeAt = b.max
	}
	return left, left > 0
}

// take moves the first of the queue into the next batch.
func (b *batcher) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wakeAt = 0
	n := min(len(b.queue), b.max)
	b.next.fill(b.queue[:n])
	b.queue = slices.Delete(b.queue, 0, n)
	return n > 0
}

// close answers those who wait in the queue with an error, and waits until what
// is under way has been answered, or for ctx.
func (b *batcher) close(ctx context.Context) error {
	b.mu.Lock()
	left := b.queue
	b.queue, b.closed, b.wakeAt = nil, true, 0
	b.mu.Unlock()
	b.rouse()
	answer(left, errClosed)
	select {
	case <-b.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *batcher) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}
