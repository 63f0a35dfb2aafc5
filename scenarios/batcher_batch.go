package scenarios

import (
	"context"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// A batch is what is answered together, sorted by how. Whatever is read before
// it is written in the batch is read first, so all reads may precede all writes.
type batch struct {
	all    []*pending     // in order
	reads  []*pending     // of keys that nothing before them in the batch writes
	rest   []*pending     // all but those
	writes []*pending     // the last of each key
	last   map[string]int // index in writes
}

func newBatch(most int) batch { return batch{last: make(map[string]int, most)} }

// fill makes the batch one of these.
func (b *batch) fill(waiting []*pending) {
	b.all = append(b.all[:0], waiting...)
	b.reads, b.rest, b.writes = b.reads[:0], b.rest[:0], b.writes[:0]
	clear(b.last)
	for _, p := range b.all {
		b.sort(p)
	}
}

// sort folds writes of a key into its last one, and answers a read of a key
// with a write before it from that write, to be told when it has been done.
func (b *batch) sort(p *pending) {
	i, written := b.last[p.key]
	switch {
	case p.isGet && !written:
		b.reads = append(b.reads, p)
		return
	case p.isGet:
		p.reply.String(string(b.writes[i].value))
	case written:
		b.writes[i] = p
	default:
		b.last[p.key] = len(b.writes)
		b.writes = append(b.writes, p)
	}
	b.rest = append(b.rest, p)
}

// flush sends the next batch and answers all of it. Who reads need not wait for
// what is written after.
func (b *batcher) flush(ctx context.Context) {
	n := &b.next
	b.size(int64(len(n.all)))
	if b.joint {
		_ = b.sendFor(ctx, n.reads, n.writes, n.all) // they have been told
	} else if err := b.sendFor(ctx, n.reads, nil, n.reads); err != nil {
		answer(n.rest, err)
	} else {
		_ = b.sendFor(ctx, nil, n.writes, n.rest)
	}
}

// sendFor sends reads and writes and answers their callers.
func (b *batcher) sendFor(ctx context.Context, reads, writes, callers []*pending) error {
	if len(callers) == 0 {
		return nil
	}
	now := engine.Now()
	for _, p := range callers {
		p.sent = now
	}
	err := b.try(ctx, reads, writes)
	answer(callers, err)
	return err
}

// answer leaves what it has answered to the callers.
func answer(callers []*pending, err error) {
	for _, p := range callers {
		p.err = err
		p.answered <- struct{}{}
	}
}

// How often a batch is sent again at most, and how long after the first time.
const (
	mostRetries   = 3
	retryPatience = time.Second
	retryPause    = time.Millisecond // before the first, twice as long before each further one
)

// try sends until it succeeds or cannot be expected to.
func (b *batcher) try(ctx context.Context, reads, writes []*pending) error {
	began := engine.Now()
	for retry := 0; ; retry++ {
		err := b.sender.send(ctx, reads, writes)
		if err == nil || !b.repeatable(err, writes) || retry == mostRetries ||
			engine.Now()-began > int64(retryPatience) || b.isClosed() {
			return err
		}
		time.Sleep(retryPause << retry)
	}
}

// repeatable reports whether a batch that failed may be sent again: the error may
// be gone then, and no write is under way. One that timed out, or whose connection
// broke, the server may do at any time from then on, even after a write that came
// later. The error of a pipeline is that of one command, and says nothing of others.
func (b *batcher) repeatable(err error, writes []*pending) bool {
	switch clients.Classify(err) {
	case clients.Refused, clients.Moved, clients.ReadOnly, clients.Loading:
		return len(writes) == 0 || !b.joint
	case clients.Reset, clients.Timeout:
		return len(writes) == 0
	}
	return false
}
