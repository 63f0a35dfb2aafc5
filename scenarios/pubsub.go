package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

func init() {
	register(Scenario{
		Name:       "pubsub",
		Doc:        "How long does it take from publishing to receipt, one to many?",
		Version:    1,
		Place:      42,
		Kinds:      []Kind{{Name: "publish", Unit: "message", Commands: []string{"PUBLISH"}}},
		Load:       Load{Workers: 1, Receivers: 10},
		Uses:       []Use{Workers, DataSize, Conns, Receivers},
		Needs:      clients.Capabilities{Command: true, Listen: true},
		Metrics:    []Metric{{Name: "delivery", Doc: "from when a message was due, or in a closed loop its step began, until one of the receivers has it", Unit: "ns", Better: "lower"}},
		NeedsRedis: true,
		Unloaded:   true,
		Sessions:   func(l Load) int { return l.Receivers },
		Prepare:    prepareBroadcast,
	})
}

const delivery = 0 // place among the metrics

const (
	// subscribing is how long it may take until all receivers listen.
	subscribing = 5 * time.Second
	// delivering is how long messages may take after the last was published.
	delivering = 2 * time.Second
	// quiet is for how long nothing has arrived when what may have been
	// published, or not, will not arrive any more.
	quiet = 200 * time.Millisecond
	// leaving is how long receivers may take to unsubscribe.
	leaving = 2 * time.Second
)

// A broadcast is what the workers of a trial publish to all receivers.
type broadcast struct {
	channel string
	cluster bool // PUBLISH tells only of the receivers on the node that it reached
	flows   []*flow
	inboxes []*inbox
	receivers
	leave context.CancelFunc
}

func prepareBroadcast(ctx context.Context, s Setup) (*Bound, error) {
	b := &broadcast{channel: s.Material.Own(fmt.Sprintf("%d:channel", s.Material.Seed())), cluster: s.Cluster}
	for i := range s.Load.Workers {
		b.flows = append(b.flows, newFlow(i, s.Material.values, s.Load, s.Load.Receivers))
	}
	listening, leave := context.WithCancel(ctx)
	b.leave = leave
	ready := make(chan struct{}, s.Load.Receivers)
	for range s.Load.Receivers {
		session, err := s.Session(ctx)
		if err != nil {
			return nil, errors.Join(err, b.close(ctx))
		}
		l, ok := session.(clients.Listener)
		if !ok {
			return nil, errors.Join(fmt.Errorf("subscriptions are not offered by %T", session), b.close(ctx))
		}
		in := newInbox(b.flows, s.Sampler(delivery))
		b.inboxes = append(b.inboxes, in)
		b.start(listening, b.listener(l, in, ready))
	}
	if err := b.subscribed(ctx, ready); err != nil {
		return nil, errors.Join(err, b.close(ctx))
	}
	return &Bound{Bind: b.bind, End: b.finish, Close: b.close}, nil
}

// errEnded is told of a subscription that nobody has ended.
var errEnded = errors.New("the subscription ended by itself")

// listener receives until the trial ends, and again where the subscription
// broke: what was published meanwhile is lost.
func (b *broadcast) listener(l clients.Listener, in *inbox, ready chan<- struct{}) take {
	confirmed := func() {
		select {
		case ready <- struct{}{}:
		default: // it has listened before
		}
	}
	message := func(payload string) { in.receive(payload, false) }
	return func(ctx context.Context) (bool, error) {
		return false, cmp.Or(l.Listen(ctx, b.channel, confirmed, message), errEnded)
	}
}

// subscribed waits until all receivers listen.
func (b *broadcast) subscribed(ctx context.Context, ready <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, subscribing)
	defer cancel()
	for i := range b.inboxes {
		select {
		case <-ready:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%d of %d receivers listen after %v", i, len(b.inboxes), subscribing), b.firstErr())
		}
	}
	return nil
}

// bind makes the step of a worker: one message is published.
func (b *broadcast) bind(s clients.Session, d *Data) (engine.Step, error) {
	c, err := commander(s)
	if err != nil {
		return nil, err
	}
	f, call, answer := b.flows[d.Worker.Index], b.publish(), new(clients.Answer)
	return func(ctx context.Context) (kind, ops int, err error) {
		if call.Words[2], err = f.next(d.Worker.Due()); err != nil {
			return 0, 1, err
		}
		answer.Reset()
		err = c.Do(ctx, call, answer)
		f.done(err)
		if err != nil {
			return 0, 1, err
		}
		return 0, 1, b.published(answer)
	}, nil
}

// publish is the command, whose last word the worker sets. Its channel counts
// as a key, so that a cluster is sent all messages at one node: those that go
// by another may overtake.
func (b *broadcast) publish() clients.Call {
	return clients.Call{Words: []string{"PUBLISH", b.channel, ""}, Key: 1}
}

// published wants to be told of all receivers.
func (b *broadcast) published(a *clients.Answer) error {
	if a.Shape == clients.Int && (b.cluster || a.Int == int64(len(b.inboxes))) {
		return nil
	}
	return wrongReply(fmt.Sprintf("PUBLISH reached %d of %d receivers", a.Int, len(b.inboxes)))
}

// finish waits until all has arrived, or no longer can.
func (b *broadcast) finish(ctx context.Context) error {
	b.settle(ctx)
	if err := b.close(ctx); err != nil {
		return err
	}
	err := everywhere(b.flows, b.inboxes).err("messages")
	if first := b.firstErr(); err != nil && first != nil {
		return fmt.Errorf("%w; the first error of a receiver: %w", err, first)
	}
	return err
}

// settle returns when nothing more can arrive. What was published without an
// acknowledgement may arrive, too.
func (b *broadcast) settle(ctx context.Context) {
	before, since := int64(-1), time.Now()
	for end := since.Add(delivering); ctx.Err() == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
		var taken, owed, failed int64
		for _, f := range b.flows {
			taken, owed, failed = taken+f.taken.Load(), owed+f.owed, failed+f.copies*int64(len(f.failed))
		}
		if taken != before {
			before, since = taken, time.Now()
		}
		if taken >= owed+failed || taken >= owed && time.Since(since) > quiet {
			return
		}
	}
}

// close ends the subscriptions.
func (b *broadcast) close(ctx context.Context) error {
	b.leave()
	return b.end(ctx, leaving)
}
