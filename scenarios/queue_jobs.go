package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// What is the same for all queues: workers push jobs, receivers take them.
var (
	queueUses    = []Use{Workers, DataSize, Conns, Receivers}
	queueNeeds   = clients.Capabilities{Command: true}
	queueMetrics = []Metric{{Name: "end to end", Doc: "from when a job was due, or in a closed loop its step began, until a receiver has it", Unit: "ns", Better: "lower"}}
)

const endToEnd = 0 // place among queueMetrics

// queueReceivers is small enough for the default pools of all libraries on one
// CPU: receivers that wait hold connections.
const queueReceivers = 4

const (
	// emptying is how long receivers may take for what is left in the queue.
	emptying = 5 * time.Second
	// stopping is how long they may take where nobody wants what is left.
	stopping = 2 * time.Second
)

// queueSessions are one for each receiver, and one to set up and clean up.
func queueSessions(l Load) int { return l.Receivers + 1 }

// A handover is the commands of one sort of queue.
type handover interface {
	// prepare makes what must be there before anybody pushes or takes.
	prepare(context.Context, clients.Commander) error
	// push is the command that hands over a job: the call's last word, which
	// the worker sets.
	push() clients.Call
	// pushed checks its reply.
	pushed(*clients.Answer) error
	// taker is the receiver of that index.
	taker(i int, c clients.Commander, in *inbox) take
	// left checks that nothing is left when all jobs have been received.
	left(context.Context, clients.Commander) error
	// unsure is how many jobs a receiver may have taken without being told.
	unsure() int64
	// counts are those of the receivers' commands, by name.
	counts() map[string]*calls
}

// jobs are those of one trial.
type jobs struct {
	handover
	key       string
	disturbed bool // receivers may fail
	control   clients.Commander
	flows     []*flow
	inboxes   []*inbox
	receivers
}

// prepareJobs starts the receivers of a queue, which is kept under one key.
func prepareJobs(ctx context.Context, s Setup, key string, h handover) (*Bound, error) {
	j := &jobs{handover: h, key: key, disturbed: s.Disturbed}
	for i := range s.Load.Workers {
		j.flows = append(j.flows, newFlow(i, s.Material.values, s.Load, 1))
	}
	control, err := ownCommander(ctx, s)
	if err != nil {
		return nil, err
	}
	j.control = control
	if err := h.prepare(ctx, control); err != nil {
		return nil, err
	}
	var takes []take
	for i := range s.Load.Receivers {
		c, err := ownCommander(ctx, s)
		if err != nil {
			return nil, err
		}
		j.inboxes = append(j.inboxes, newInbox(j.flows, s.Sampler(endToEnd)))
		takes = append(takes, h.taker(i, c, j.inboxes[i]))
	}
	for _, take := range takes {
		j.start(ctx, take)
	}
	return &Bound{Bind: j.bind, End: j.finish, Close: j.close, Sent: j.sent}, nil
}

func ownCommander(ctx context.Context, s Setup) (clients.Commander, error) {
	session, err := s.Session(ctx)
	if err != nil {
		return nil, err
	}
	return commander(session)
}

// bind makes the step of a worker: one job is pushed.
func (j *jobs) bind(s clients.Session, d *Data) (engine.Step, error) {
	c, err := commander(s)
	if err != nil {
		return nil, err
	}
	f, call, answer := j.flows[d.Worker.Index], j.push(), new(clients.Answer)
	last := len(call.Words) - 1
	return func(ctx context.Context) (kind, ops int, err error) {
		if call.Words[last], err = f.next(d.Worker.Due()); err != nil {
			return 0, 1, err
		}
		answer.Reset()
		err = c.Do(ctx, call, answer)
		f.done(err)
		if err != nil {
			return 0, 1, err
		}
		return 0, 1, j.pushed(answer)
	}, nil
}

// finish waits until the receivers have found the queue empty, and settles.
func (j *jobs) finish(ctx context.Context) error {
	if err := j.end(ctx, emptying); err != nil {
		return err
	}
	sum := once(j.flows, j.inboxes)
	sum.lost = max(sum.lost-j.unsure(), 0)
	if err := sum.err("jobs"); err != nil {
		if first := j.firstErr(); first != nil {
			err = fmt.Errorf("%w; the first error of a receiver: %w", err, first)
		}
		return err
	}
	if err := j.failing(); err != nil {
		return err
	}
	return j.left(ctx, j.control)
}

// failing is an error where too many of the receivers' commands failed.
func (j *jobs) failing() error {
	if j.disturbed {
		return nil
	}
	for command, c := range j.counts() {
		if err := c.err(command, j.firstErr()); err != nil {
			return err
		}
	}
	return nil
}

func (j *jobs) sent() map[string]Sent {
	sent := map[string]Sent{}
	for command, c := range j.counts() {
		sent[command] = c.sent()
	}
	return sent
}

func (j *jobs) close(ctx context.Context) error {
	return errors.Join(j.end(ctx, stopping), remove(ctx, j.control, j.key))
}

// remove removes one key.
func remove(ctx context.Context, c clients.Commander, key string) error {
	err := c.Do(ctx, clients.Call{Words: []string{"UNLINK", key}, Key: 1}, new(clients.Answer))
	if err != nil {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	return nil
}
