package scenarios

import (
	"context"
	"fmt"
	"strconv"
	"unsafe"

	"respbench.dev/respbench/clients"
)

func init() {
	register(Scenario{
		Name:       "queue-streams",
		Doc:        "Is Redis fast enough as a queue, over a stream with a group whose receivers acknowledge?",
		Version:    1,
		Place:      41,
		Kinds:      []Kind{{Name: "job", Unit: "job", Commands: []string{"XADD"}}},
		Load:       Load{Workers: 10, Receivers: queueReceivers},
		Uses:       queueUses,
		Needs:      queueNeeds,
		Metrics:    queueMetrics,
		NeedsRedis: true,
		Unloaded:   true,
		Owns:       true,
		OwnBytes:   func(l Load) int64 { return int64(kept(l) * (l.DataSize + overhead)) },
		Sessions:   queueSessions,
		Prepare: func(ctx context.Context, s Setup) (*Bound, error) {
			key := s.Material.Own(fmt.Sprintf("%d:jobs", s.Material.Seed()))
			return prepareJobs(ctx, s, key, &streamQueue{key: key, keep: kept(s.Load)})
		},
	})
}

const (
	streamGroup = "receivers"
	entriesEach = "10"  // of one XREADGROUP at most
	streamBlock = "100" // ms that the server keeps a receiver waiting: short, so that receivers end soon
	newEntries  = ">"
	ownPending  = "0"
)

// What a stream keeps of entries that were received: one that must be
// redelivered is still there when this many others have been added since.
const (
	keptEntries = 100_000
	keptBytes   = 64 << 20 // at most, about
)

// kept is how many entries a stream keeps: twice what may be under way at least.
func kept(l Load) int {
	return max(2*underWay(l)*l.Workers, min(keptEntries, keptBytes/(l.DataSize+overhead)))
}

// A streamQueue is a stream with one group, in which each receiver is a
// consumer. XADD trims it to more entries than can be under way, so it needs
// no XDEL.
type streamQueue struct {
	key         string
	keep        int // entries
	reads, acks calls
}

func (q *streamQueue) prepare(ctx context.Context, c clients.Commander) error {
	create := clients.Call{Words: []string{"XGROUP", "CREATE", q.key, streamGroup, "0", "MKSTREAM"}, Key: 2}
	if err := c.Do(ctx, create, new(clients.Answer)); err != nil {
		return fmt.Errorf("create the group of receivers: %w", err)
	}
	return nil
}

func (q *streamQueue) push() clients.Call {
	return clients.Call{Words: []string{"XADD", q.key, "MAXLEN", "~", strconv.Itoa(q.keep), "*", "job", ""}, Key: 1}
}

// pushed wants the entry's id.
func (q *streamQueue) pushed(a *clients.Answer) error {
	if a.Shape != clients.Text || len(a.Text) < len("0-0") {
		return wrongReply("XADD did not tell the entry's id")
	}
	return nil
}

// A consumer is one receiver of a stream.
type consumer struct {
	queue     *streamQueue
	commander clients.Commander
	in        *inbox
	answer    clients.Answer // of a read
	acked     clients.Answer
	read, ack clients.Call
	ids       []byte // of the entries to acknowledge: the answer may go with the next call
}

func (q *streamQueue) taker(i int, c clients.Commander, in *inbox) take {
	name := "receiver" + strconv.Itoa(i)
	consumer := &consumer{queue: q, commander: c, in: in}
	consumer.read = clients.Call{Words: []string{
		"XREADGROUP", "GROUP", streamGroup, name, "COUNT", entriesEach, "BLOCK", streamBlock, "STREAMS", q.key, newEntries,
	}, Key: 9, Blocks: true}
	consumer.ack = clients.Call{Words: []string{"XACK", q.key, streamGroup}, Key: 1}
	return consumer.take
}

// take reads and acknowledges some entries. After a failure it begins with
// those that it was given and has not acknowledged.
func (c *consumer) take(ctx context.Context) (some bool, err error) {
	from := &c.read.Words[len(c.read.Words)-1]
	redelivered := *from == ownPending
	n, err := c.receive(ctx, redelivered)
	switch {
	case err != nil:
		*from = ownPending
	case n == 0 && redelivered:
		*from = newEntries
		return true, nil
	}
	return n > 0, err
}

func (c *consumer) receive(ctx context.Context, redelivered bool) (n int, err error) {
	c.answer.Reset()
	if err := c.queue.reads.do(ctx, c.commander, c.read, &c.answer); err != nil {
		return 0, err
	}
	entries, err := entriesOf(&c.answer, c.queue.key)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	for _, e := range entries {
		if len(e.Items[1].Items) == 2 { // else it was trimmed before it was redelivered
			c.in.receive(e.Items[1].Items[1].Text, redelivered)
		}
	}
	return len(entries), c.acknowledge(ctx, entries)
}

// acknowledge sends one XACK for all entries.
func (c *consumer) acknowledge(ctx context.Context, entries []clients.Answer) error {
	c.ids, c.ack.Words = c.ids[:0], c.ack.Words[:3]
	for _, e := range entries {
		c.ids = append(c.ids, e.Items[0].Text...)
	}
	rest := unsafe.String(unsafe.SliceData(c.ids), len(c.ids))
	for _, e := range entries {
		length := len(e.Items[0].Text)
		c.ack.Words = append(c.ack.Words, rest[:length])
		rest = rest[length:]
	}
	c.acked.Reset()
	if err := c.queue.acks.do(ctx, c.commander, c.ack, &c.acked); err != nil {
		return err
	}
	if c.acked.Int != int64(len(entries)) {
		return wrongReply(fmt.Sprintf("XACK acknowledged %d of %d entries", c.acked.Int, len(entries)))
	}
	return nil
}

// entriesOf are those of an XREADGROUP of one stream, each an id and its
// fields. RESP 2 has a list around the stream and its entries, RESP 3 a map.
func entriesOf(a *clients.Answer, key string) ([]clients.Answer, error) {
	if a.Shape == clients.Null {
		return nil, nil
	}
	pair := a
	if len(a.Items) == 1 {
		pair = &a.Items[0]
	}
	if len(pair.Items) != 2 || pair.Items[0].Text != key {
		return nil, wrongReply("XREADGROUP did not return the stream and its entries")
	}
	entries := pair.Items[1].Items
	for _, e := range entries {
		if len(e.Items) != 2 || e.Items[0].Shape != clients.Text {
			return nil, wrongReply("XREADGROUP returned an entry without id and fields")
		}
	}
	return entries, nil
}

// left wants no entry pending.
func (q *streamQueue) left(ctx context.Context, c clients.Commander) error {
	answer := new(clients.Answer)
	if err := c.Do(ctx, clients.Call{Words: []string{"XPENDING", q.key, streamGroup}, Key: 1}, answer); err != nil {
		return fmt.Errorf("pending entries at the end: %w", err)
	}
	if len(answer.Items) == 0 || answer.Items[0].Int != 0 {
		return fmt.Errorf("entries are not acknowledged at the end")
	}
	return nil
}

// unsure is none: what a failed read was given is redelivered.
func (q *streamQueue) unsure() int64 { return 0 }

func (q *streamQueue) counts() map[string]*calls {
	return map[string]*calls{"XREADGROUP": &q.reads, "XACK": &q.acks}
}
