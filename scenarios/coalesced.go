package scenarios

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

func init() {
	register(Scenario{
		Name:    "coalesced",
		Doc:     "Is it worth it to collect the commands of many goroutines into MSET and MGET?",
		Version: 1,
		Place:   9,
		Kinds:   []Kind{{Name: "set+get", Unit: "set+get", Reads: true}},
		Load:    Load{Workers: 100, BatchMax: 128},
		Uses:    []Use{Workers, DataSize, Keyspace, Conns, BatchMax, BatchWait},
		Needs:   clients.Capabilities{Command: true, Pipeline: true},
		Metrics: []Metric{
			batchSize: {Name: "batch", Doc: "commands that a batch answered", Unit: "commands"},
			queued:    {Name: "queued", Doc: "from handing a command to the queue until it is sent", Unit: "ns", Better: "lower"},
		},
		Sessions: batchersOf,
		Prepare:  coalesce,
	})
}

// The metrics of coalesced.
const (
	batchSize = iota
	queued
)

// batchersOf is how many there are: one for each connection that was asked for.
func batchersOf(l Load) int { return max(l.Conns, 1) }

// coalesced are the batchers of a trial. Each key has one of them, so that its
// commands stay in order.
type coalesced []*batcher

func coalesce(ctx context.Context, s Setup) (*Bound, error) {
	sampler := s.Sampler(batchSize)
	var c coalesced
	for range batchersOf(s.Load) {
		session, err := s.Session(ctx)
		if err != nil {
			return nil, err
		}
		to, err := newSender(session, s.Cluster)
		if err != nil {
			return nil, err
		}
		c = append(c, newBatcher(to, s.Cluster, s.Load.BatchMax, s.Load.BatchWait, sampler.Sample))
	}
	for _, b := range c {
		go b.run(ctx)
	}
	return &Bound{Bind: c.bind, Close: c.close, Sent: c.sent}, nil
}

// newSender uses MSET and MGET where the keys of a command may be anywhere.
func newSender(s clients.Session, cluster bool) (sender, error) {
	if cluster {
		if pipe, ok := s.(clients.Pipeliner); ok {
			return &pipelineSender{session: pipe}, nil
		}
		return nil, fmt.Errorf("explicit pipelining is not offered by %T", s)
	}
	if commander, ok := s.(clients.Commander); ok {
		return &multiKeySender{session: commander}, nil
	}
	return nil, fmt.Errorf("MSET and MGET are not offered by %T", s)
}

func (c coalesced) of(key string) *batcher {
	if len(c) == 1 {
		return c[0]
	}
	return c[crc32.ChecksumIEEE(clients.Value(key).Bytes())%uint32(len(c))]
}

// bind makes the classic op through the queue: a SET, and when it has been
// answered a GET.
func (c coalesced) bind(_ clients.Session, d *Data) (engine.Step, error) {
	p := newPending()
	return func(context.Context) (kind, ops int, err error) {
		key, value := d.NextWrite()
		b := c.of(key)
		p.set(key, value)
		if err := b.do(p); err != nil {
			return 0, 1, err
		}
		d.Worker.Sample(queued, p.sent-p.handed)
		p.get(key)
		if err := b.do(p); err != nil {
			return 0, 1, err
		}
		d.Worker.Sample(queued, p.sent-p.handed)
		return 0, 1, d.check(&p.reply, key, value)
	}, nil
}

func (c coalesced) close(ctx context.Context) error {
	var errs []error
	for _, b := range c {
		errs = append(errs, b.close(ctx))
	}
	return errors.Join(errs...)
}

func (c coalesced) sent() map[string]Sent {
	sum := map[string]Sent{}
	for _, b := range c {
		for command, n := range b.sender.sent() {
			so := sum[command]
			sum[command] = Sent{Done: so.Done + n.Done, Tried: so.Tried + n.Tried}
		}
	}
	return sum
}
