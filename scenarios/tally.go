package scenarios

import (
	"context"
	"fmt"
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

// A counter is what one worker knows of its key. What others did to the key
// before the first increment that succeeded is not known and not counted.
type counter struct {
	begun  bool
	last   int64 // what the key held after the last increment that succeeded
	failed int64 // increments since then that failed
	tally  Tally
}

func (c *counter) fail() { c.failed++ }

// succeed takes the reply to an increment.
func (c *counter) succeed(n int64) {
	c.settle(n - 1)
	c.tally.Acked++
	c.begun, c.last = true, n
}

// settle takes what the key holds when nothing is under way, and accounts for
// the difference to what it held last.
func (c *counter) settle(n int64) {
	if !c.begun {
		c.failed = 0
		return
	}
	done := n - c.last
	if done < 0 {
		// Beyond what this trial was told of, others' increments were lost.
		c.tally.Lost += min(-done, c.tally.Acked-c.tally.Lost)
	} else {
		c.tally.Unsure += min(done, c.failed)
		c.tally.Twice += max(done-c.failed, 0)
	}
	c.last, c.failed = n, 0
}

// counterKey is the worker's only key: there is one for each worker.
func (d *Data) counterKey() string { return d.material.keys.At(d.worker) }

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
