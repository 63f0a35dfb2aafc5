package scenarios

import (
	"context"
	"fmt"

	"respbench.dev/respbench/clients"
)

func init() {
	register(Scenario{
		Name:       "queue",
		Doc:        "Is Redis fast enough as a queue, over a list that receivers wait for?",
		Version:    1,
		Place:      40,
		Kinds:      []Kind{{Name: "job", Unit: "job", Commands: []string{"LPUSH"}}},
		Load:       Load{Workers: 10, Receivers: queueReceivers},
		Uses:       queueUses,
		Needs:      queueNeeds,
		Metrics:    queueMetrics,
		NeedsRedis: true,
		Unloaded:   true,
		Owns:       true,
		OwnBytes:   queueRoom,
		Sessions:   queueSessions,
		Prepare: func(ctx context.Context, s Setup) (*Bound, error) {
			key := s.Material.Own(fmt.Sprintf("%d:jobs", s.Material.Seed()))
			return prepareJobs(ctx, s, key, &listQueue{key: key})
		},
	})
}

// popWait is how long the server keeps a receiver waiting, in seconds: short,
// so that receivers end soon.
const popWait = "0.1"

// A listQueue is a list that jobs are pushed to at one end and popped from the
// other.
type listQueue struct {
	key  string
	pops calls
}

func (q *listQueue) prepare(context.Context, clients.Commander) error { return nil }

func (q *listQueue) push() clients.Call {
	return clients.Call{Words: []string{"LPUSH", q.key, ""}, Key: 1}
}

// pushed wants the length of the list.
func (q *listQueue) pushed(a *clients.Answer) error {
	if a.Shape != clients.Int || a.Int < 1 {
		return wrongReply("LPUSH did not tell a length of the list")
	}
	return nil
}

func (q *listQueue) taker(_ int, c clients.Commander, in *inbox) take {
	pop := clients.Call{Words: []string{"BRPOP", q.key, popWait}, Key: 1, Blocks: true}
	answer := new(clients.Answer)
	return func(ctx context.Context) (bool, error) {
		answer.Reset()
		if err := q.pops.do(ctx, c, pop, answer); err != nil {
			return false, err
		}
		switch {
		case answer.Shape == clients.Null:
			return false, nil
		case answer.Shape != clients.List || len(answer.Items) != 2 || answer.Items[0].Text != q.key:
			return false, wrongReply("BRPOP did not return the list and a job")
		}
		in.receive(answer.Items[1].Text, false)
		return true, nil
	}
}

// left has nothing to ask: what is in the list was not received.
func (q *listQueue) left(context.Context, clients.Commander) error { return nil }

// unsure are pops that failed in a way that may have taken a job with them.
func (q *listQueue) unsure() int64 { return q.pops.unsure.Load() }

func (q *listQueue) counts() map[string]*calls { return map[string]*calls{"BRPOP": &q.pops} }
