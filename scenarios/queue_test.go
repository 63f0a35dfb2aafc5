package scenarios

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/servertest"
)

var queueLoad = Load{Workers: 3, Receivers: 4, DataSize: 100}

// Each job arrives once, the server confirms all commands, and nothing is left.
func TestQueuesDeliver(t *testing.T) {
	for _, name := range []string{"queue", "queue-streams"} {
		t.Run(name, func(t *testing.T) {
			server, client := onRedis(t)
			d := drive{scenario: scenario(t, name), load: queueLoad, client: client, steps: 3000}
			d.run(t)
			if d.err != nil || d.failed != nil {
				t.Fatalf("%v, %v", d.err, d.failed)
			}
			if got := d.metrics["end to end"]; got.Count != d.steps || got.Min <= 0 {
				t.Errorf("%d times from end to end, at least %d ns", got.Count, got.Min)
			}
			for command, sent := range d.sent {
				if sent.Done == 0 || sent.Done != sent.Tried {
					t.Errorf("%s: %+v", command, sent)
				}
			}
			d.confirm(t, server)
			noKeys(t, server)
		})
	}
}

type commandFunc func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error

// onCall does it with a command's twentieth call.
func onCall(command string, meddle commandFunc) commandFunc {
	var calls atomic.Int64
	return func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
		if call.Words[0] != command || calls.Add(1) != 20 {
			return inner.Do(ctx, call, into)
		}
		return meddle(inner, ctx, call, into)
	}
}

// onReply does it with the twentieth that is no null.
func onReply(command string, meddle func(*clients.Answer) error) commandFunc {
	var replies atomic.Int64
	return func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
		err := inner.Do(ctx, call, into)
		if call.Words[0] != command || into.Shape == clients.Null || replies.Add(1) != 20 {
			return err
		}
		return meddle(into)
	}
}

// again gives the twentieth reply instead of the next one, too, so that this
// is not asked for.
func again(command string) commandFunc {
	var kept atomic.Pointer[clients.Answer]
	first := onReply(command, func(into *clients.Answer) error {
		kept.Store(copied(into))
		return nil
	})
	return func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
		if call.Words[0] == command {
			if old := kept.Swap(nil); old != nil {
				*into = *old
				return nil
			}
		}
		return first(inner, ctx, call, into)
	}
}

func copied(a *clients.Answer) *clients.Answer {
	c := *a
	c.Text, c.Items = strings.Clone(a.Text), slices.Clone(a.Items)
	for i := range c.Items {
		c.Items[i] = *copied(&c.Items[i])
	}
	return &c
}

func dropped(into *clients.Answer) error { *into = clients.Answer{Shape: clients.Null}; return nil }

func unheard(*clients.Answer) error { return errBroken }

// altered has one other bit in the last text, which is a job.
func altered(into *clients.Answer) error {
	for len(into.Items) > 0 {
		into = &into.Items[len(into.Items)-1]
	}
	text := []byte(into.Text)
	text[len(text)-1] ^= 1
	into.Text = string(text)
	return nil
}

func turnedAway(clients.Commander, context.Context, clients.Call, *clients.Answer) error {
	return errBroken
}

func readOnly(clients.Commander, context.Context, clients.Call, *clients.Answer) error {
	return errors.New("READONLY you can't")
}

// A meddler passes calls through a hand of the test's.
type meddler struct {
	inner clients.Commander
	do    commandFunc
}

func (m meddler) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	return m.do(m.inner, ctx, call, into)
}

func both(a, b commandFunc) commandFunc {
	return func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
		return a(meddler{inner, b}, ctx, call, into)
	}
}

func twice(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
	if err := inner.Do(ctx, call, into); err != nil {
		return err
	}
	into.Reset()
	return inner.Do(ctx, call, into)
}

func pretended(_ clients.Commander, _ context.Context, call clients.Call, into *clients.Answer) error {
	*into = clients.Answer{Shape: clients.Int, Int: 1}
	switch call.Words[0] {
	case "XADD":
		*into = clients.Answer{Shape: clients.Text, Text: "1-1"}
	case "XACK":
		into.Int = int64(len(call.Words) - 3)
	}
	return nil
}

// What becomes of jobs is seen, and what nobody can know is not held against
// anybody.
func TestQueueFaults(t *testing.T) {
	for name, test := range map[string]struct {
		queue string
		do    commandFunc
		want  string
	}{
		"list, job dropped":            {"queue", onReply("BRPOP", dropped), "jobs: 1 lost"},
		"list, job delivered twice":    {"queue", again("BRPOP"), "jobs: 1 received twice"},
		"list, job altered":            {"queue", onReply("BRPOP", altered), "jobs: 1 lost, 1 received that nobody sent"},
		"list, reply lost":             {"queue", onReply("BRPOP", unheard), ""},
		"list, reply lost, job too":    {"queue", both(onReply("BRPOP", unheard), onCall("LPUSH", pretended)), "jobs: 1 lost; the first error of a receiver: the connection broke"},
		"list, refused, job lost":      {"queue", both(onCall("BRPOP", readOnly), onCall("LPUSH", pretended)), "jobs: 1 lost; the first error of a receiver: READONLY"},
		"list, receiver refused":       {"queue", onCall("BRPOP", turnedAway), ""},
		"list, push refused":           {"queue", onCall("LPUSH", turnedAway), ""},
		"list, reply to a push lost":   {"queue", onReply("LPUSH", unheard), ""},
		"list, push not done":          {"queue", onCall("LPUSH", pretended), "jobs: 1 lost"},
		"list, push done twice":        {"queue", onCall("LPUSH", twice), "jobs: 1 received twice"},
		"stream, jobs dropped":         {"queue-streams", onReply("XREADGROUP", dropped), "lost"},
		"stream, jobs delivered twice": {"queue-streams", again("XREADGROUP"), "received twice"},
		"stream, job altered":          {"queue-streams", onReply("XREADGROUP", altered), "jobs: 1 lost, 1 received that nobody sent"},
		"stream, reply lost":           {"queue-streams", onReply("XREADGROUP", unheard), ""},
		"stream, receiver refused":     {"queue-streams", onCall("XREADGROUP", turnedAway), ""},
		"stream, not acknowledged":     {"queue-streams", onCall("XACK", turnedAway), ""},
		"stream, XACK not done":        {"queue-streams", onCall("XACK", pretended), "entries are not acknowledged at the end"},
		"stream, reply to XACK lost":   {"queue-streams", onReply("XACK", unheard), ""},
		"stream, push refused":         {"queue-streams", onCall("XADD", turnedAway), ""},
		"stream, reply to a push lost": {"queue-streams", onReply("XADD", unheard), ""},
		"stream, push not done":        {"queue-streams", onCall("XADD", pretended), "jobs: 1 lost"},
		"stream, push done twice":      {"queue-streams", onCall("XADD", twice), "jobs: 1 received twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := onRedis(t)
			d := drive{scenario: scenario(t, test.queue), load: queueLoad, client: tap{Client: client, do: test.do}, steps: 1500}
			d.run(t)
			wantErr(t, d.err, test.want)
			noKeys(t, server)
		})
	}
}

// A deaf server takes jobs and hands none over.
type deaf struct{ clients.Client }

func (d deaf) Session(context.Context) (clients.Session, error) { return deafSession{}, nil }

type deafSession struct{ clients.Session }

func (deafSession) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if call.Words[0] == "BRPOP" {
		return errBroken
	}
	return pretended(nil, ctx, call, into)
}

// Neither the workers nor the end wait for ever for receivers that fail.
func TestQueueWithoutReceivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive{scenario: scenario(t, "queue"), load: Load{Workers: 1, Receivers: 1, DataSize: 16}, client: deaf{}, steps: 110}
		d.run(t)
		wantErr(t, d.failed, "100 of the worker's messages are under way, and none was received for 1s")
		wantErr(t, d.err, "BRPOP of the receivers failed, at first: the connection broke")
	})
}

// Entries that were received are kept for whom they must be redelivered to, as
// far as memory goes.
func TestStreamIsTrimmed(t *testing.T) {
	if n := kept(Load{Workers: 10, Receivers: 4, DataSize: 16}); n != keptEntries {
		t.Errorf("%d small entries are kept", n)
	}
	server, client := onRedis(t)
	longest := 0
	d := drive{scenario: scenario(t, "queue-streams"), load: Load{Workers: 1, Receivers: 1, DataSize: 1 << 20}, steps: 150}
	d.client = tap{Client: client, do: func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
		if call.Words[0] == "XPENDING" {
			var length clients.Answer
			if err := inner.Do(ctx, clients.Call{Words: []string{"XLEN", call.Words[1]}, Key: 1}, &length); err != nil {
				return err
			}
			longest = int(length.Int)
		}
		return inner.Do(ctx, call, into)
	}}
	d.run(t)
	if want := kept(d.load); d.err != nil || longest < want || longest > want+2 || want < 60 || want > 64 {
		t.Errorf("%d entries at the end, want %d; %v", longest, want, d.err)
	}
	noKeys(t, server)
}

// Trials have names of their own: what one has left cannot reach another.
func TestQueuesOfTrialsAreApart(t *testing.T) {
	_, client := onRedis(t)
	for name, push := range map[string]string{"queue": "LPUSH", "queue-streams": "XADD", "pubsub": "PUBLISH"} {
		names := map[string]bool{}
		for seed := range uint64(2) {
			d := drive{scenario: scenario(t, name), load: Load{Workers: 1, Receivers: 1, DataSize: 20}, steps: 1, seed: seed + 1}
			d.client = tap{Client: client, do: func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
				if call.Words[0] == push {
					names[strings.Clone(call.Words[1])] = true
				}
				return inner.Do(ctx, call, into)
			}}
			d.run(t)
		}
		if len(names) != 2 {
			t.Errorf("%s: two trials have %v", name, names)
		}
	}
}

// Receivers whose calls fail are held against a trial unless it is disturbed.
func TestQueueDisturbed(t *testing.T) {
	for disturbed, want := range map[bool]string{false: "BRPOP of the receivers failed, at first: the connection broke", true: ""} {
		_, client := onRedis(t)
		d := drive{scenario: scenario(t, "queue"), load: queueLoad, steps: 300, disturb: disturbed}
		var pops atomic.Int64
		d.client = tap{Client: client, do: func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
			if call.Words[0] == "BRPOP" && pops.Add(1)%10 == 0 {
				return errBroken
			}
			return inner.Do(ctx, call, into)
		}}
		d.run(t)
		wantErr(t, d.err, want)
	}
}

// Where a schedule is behind, its jobs have waited since they were due.
func TestJobsWaitFromWhenTheyWereDue(t *testing.T) {
	const stall = 300 * time.Millisecond
	for name, push := range map[string]string{"queue": "LPUSH", "queue-streams": "XADD", "pubsub": "PUBLISH"} {
		_, client := onRedis(t)
		d := drive{scenario: scenario(t, name), load: Load{Workers: 1, Receivers: 1, DataSize: 20}, steps: 100, pace: engine.Pace{Rate: 1000}}
		d.client = tap{Client: client, do: onReply(push, func(*clients.Answer) error { time.Sleep(stall); return nil })}
		d.run(t)
		metric := d.metrics[d.scenario.Metrics[0].Name]
		if d.err != nil || metric.Count != d.steps || metric.Max < int64(stall-10*time.Millisecond) {
			t.Errorf("%s: %d waits, at most %v; %v", name, metric.Count, time.Duration(metric.Max), d.err)
		}
	}
}

// By default there are more connections than receivers that wait over them.
func TestQueueLeavesConnections(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	for _, library := range all.Libraries() {
		for _, v := range library.Variants {
			s := scenario(t, "queue")
			if v.Hidden || v.Shares || v.Has.Lacks(s.Needs) != "" {
				continue
			}
			client := openOn(t, v, clients.Standalone, []string{server.Addr}, s.Load.Workers+s.Sessions(s.Load), 0)
			if n := client.Resolved().Conns; n < 2*s.Load.Receivers {
				t.Errorf("%s:%s has %d connections for %d receivers", library.Name, v.Name, n, s.Load.Receivers)
			}
		}
	}
}

// Sending and receiving cost no allocation.
func TestMessagesAllocateNothing(t *testing.T) {
	s := scenario(t, "queue")
	m := s.NewMaterial(run, queueLoad, dataSeed, 9)
	e := engine.New(engine.Config{Workers: 1, Kinds: 1, Metrics: 1})
	f := newFlow(0, m.values, Load{Workers: 1, Receivers: 1, DataSize: 100}, 1)
	in := newInbox([]*flow{f}, e.Sampler(0))
	in.seen[0].add(1 << 16)
	if n := testing.AllocsPerRun(1000, func() {
		message, err := f.next(engine.Now())
		if err != nil {
			t.Error(err)
		}
		f.done(nil)
		in.receive(message, false)
	}); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	if in.count != (ledger{}) || f.taken.Load() != 1001 {
		t.Errorf("%+v, %d were taken", in.count, f.taken.Load())
	}
}
