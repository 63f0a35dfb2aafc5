package scenarios

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"respbench.dev/respbench/clients"
)

// A Tally says what became of increments.
type Tally struct {
	Acked  int64 // the client was told that they were done
	Lost   int64 // of those, the server does not have them any more
	Unsure int64 // the client was told that they failed, and they were done all the same
	Twice  int64 // done beyond what was tried
}

// Add makes t the sum of both.
func (t *Tally) Add(other Tally) {
	t.Acked += other.Acked
	t.Lost += other.Lost
	t.Unsure += other.Unsure
	t.Twice += other.Twice
}

// A counter is what one worker, which alone increments its key, knows of it.
// The increment that made the key n is acknowledged if a reply was n, and not
// told of otherwise.
//
// What is not told of is put down to increments that failed for as long as
// there are any, however late: one may be done after later ones, and on a
// server that has lost others. So Unsure + Twice is what was done without a
// reply, Twice is never more than what was done twice, and Lost never more than
// what was lost. They are less only by what nobody can see: what a server had
// lost and made up for by other increments before the next reply, and what was
// done before the first.
type counter struct {
	begun  bool
	last   int64 // what the key held when it was last heard of
	failed int64 // increments that failed and are not accounted for
	untold []span
	tally  Tally
}

// A span is the values from < n <= to that the key went through without a
// reply; of a counter in order and apart, the first of them what was there
// before its first reply.
type span struct{ from, to int64 }

func (c *counter) fail() { c.failed++ }

// succeed takes the reply to an increment.
func (c *counter) succeed(n int64) {
	if !c.begun {
		c.begun, c.last = true, n-1
		c.untold = []span{{math.MinInt64, n - 1}}
	}
	c.settle(n - 1)
	c.tally.Acked++
	c.last = n
}

// settle takes what the key holds when nothing is under way, and accounts for
// the difference to what it held last.
func (c *counter) settle(n int64) {
	switch {
	case !c.begun || n == c.last:
		return
	case n < c.last:
		c.tally.Lost += c.last - n - c.forget(n)
	default:
		unsure := min(n-c.last, c.failed)
		c.failed -= unsure
		c.tally.Unsure += unsure
		c.tally.Twice += n - c.last - unsure
		c.untold = append(c.untold, span{c.last, n})
	}
	c.last = n
}

// forget returns how many of the values above n were not told.
func (c *counter) forget(n int64) (untold int64) {
	for i := len(c.untold) - 1; c.untold[i].to > n; i-- {
		s := &c.untold[i]
		untold += s.to - max(s.from, n)
		if s.from < n {
			s.to = n
			break
		}
		c.untold = c.untold[:i]
	}
	return untold
}

// counterKey is the worker's only key: there is one for each worker.
func (d *Data) counterKey() string { return d.material.keys.At(d.Worker.Index) }

// Tally is what became of the worker's increments, of a scenario that counts.
func (d *Data) Tally() Tally { return d.count.tally }

// Settle reads the worker's key when its last step is done: it shows what
// became of the increments that no later one has told about.
func (d *Data) Settle(ctx context.Context, s clients.Session) error {
	var reply clients.Reply
	key := d.counterKey()
	if err := s.Get(ctx, key, &reply); err != nil {
		return err
	}
	if reply.IsMiss() {
		d.count.settle(0) // a server that has lost the key counts from there
		return nil
	}
	n, err := strconv.ParseInt(reply.Text(), 10, 64)
	if err != nil {
		return fmt.Errorf("%s is no counter: %w", key, err)
	}
	d.count.settle(n)
	return nil
}
