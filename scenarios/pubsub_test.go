package scenarios

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/servertest"
)

var pubsubLoad = Load{Workers: 2, Receivers: 3, DataSize: 100}

func TestPubsubDelivers(t *testing.T) {
	server, client := onRedis(t)
	d := drive{scenario: scenario(t, "pubsub"), load: pubsubLoad, client: client, steps: 2000}
	d.run(t)
	if d.err != nil || d.failed != nil {
		t.Fatalf("%v, %v", d.err, d.failed)
	}
	if got := d.metrics["delivery"]; got.Count != 3*d.steps || got.Min <= 0 {
		t.Errorf("%d deliveries, at least %d ns", got.Count, got.Min)
	}
	d.confirm(t, server)
}

// On a cluster no message overtakes another: all are published at one node. Other
// nodes may pass on the last of one trial while the next one runs, which has
// another seed and so another channel.
func TestPubsubOnACluster(t *testing.T) {
	var seed uint64
	servers := servertest.StartCluster(t)
	s := scenario(t, "pubsub")
	for _, library := range all.Libraries() {
		for _, v := range library.Variants {
			target := clients.Target{Mode: clients.Cluster, Addrs: servers.Addrs}
			if v.Hidden || v.Has.Lacks(s.Needs) != "" || v.Reaches != nil && v.Reaches(target) != nil {
				continue
			}
			client := openOn(t, v, clients.Cluster, servers.Addrs, pubsubLoad.Workers+s.Sessions(pubsubLoad), 0)
			seed++
			d := drive{scenario: s, load: pubsubLoad, client: client, steps: 2000, cluster: true, seed: seed}
			d.run(t)
			if d.err != nil || d.failed != nil {
				t.Errorf("%s:%s: %v, %v", library.Name, v.Name, d.err, d.failed)
			}
		}
	}
}

// Messages of each receiver pass through a hand that knows how many came.
type hand func(n int64, message string, deliver func(string))

func through(h hand) func(func(string)) func(string) {
	var n atomic.Int64
	return func(deliver func(string)) func(string) {
		return func(message string) { h(n.Add(1), message, deliver) }
	}
}

func TestPubsubFaults(t *testing.T) {
	var held string // by the one receiver
	for name, test := range map[string]struct {
		hand hand
		do   commandFunc
		want string
	}{
		"dropped": {hand: func(n int64, message string, deliver func(string)) {
			if n != 20 {
				deliver(message)
			}
		}, want: "messages: 1 lost"},
		"delivered twice": {hand: func(n int64, message string, deliver func(string)) {
			deliver(message)
			if n == 20 {
				deliver(message)
			}
		}, want: "messages: 1 received twice"},
		"out of order": {hand: func(n int64, message string, deliver func(string)) {
			if n == 20 {
				held = strings.Clone(message)
				return
			}
			deliver(message)
			if n == 21 {
				deliver(held)
			}
		}, want: "messages: 1 out of order"},
		"altered": {hand: func(n int64, message string, deliver func(string)) {
			if n == 20 {
				message = message[:20] + "?" + message[21:]
			}
			deliver(message)
		}, want: "messages: 1 lost, 1 received that nobody sent"},
		"not published":    {do: onCall("PUBLISH", pretended), want: "messages: 1 lost"},
		"published twice":  {do: onCall("PUBLISH", twice), want: "messages: 1 received twice"},
		"publish refused":  {do: onCall("PUBLISH", turnedAway)},
		"reply lost":       {do: onReply("PUBLISH", unheard)},
		"nothing happened": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, client := onRedis(t)
			d := drive{scenario: scenario(t, "pubsub"), load: Load{Workers: 1, Receivers: 1, DataSize: 100}, steps: 200}
			tap := tap{Client: client, do: test.do}
			if test.hand != nil {
				tap.message = through(test.hand)
			}
			d.client = tap
			d.run(t)
			wantErr(t, d.err, test.want)
		})
	}
}

// Publishing tells how many it has reached.
func TestPubsubReachesAll(t *testing.T) {
	_, client := onRedis(t)
	d := drive{scenario: scenario(t, "pubsub"), load: pubsubLoad, steps: 100}
	d.client = tap{Client: client, do: onReply("PUBLISH", func(into *clients.Answer) error { into.Int--; return nil })}
	d.run(t)
	wantErr(t, d.failed, "PUBLISH reached 2 of 3 receivers")
	if clients.Classify(d.failed) != clients.Mismatched || d.err != nil {
		t.Errorf("%v, %v", d.failed, d.err)
	}
}

// A subscription that breaks is renewed, and what was published meanwhile is
// lost.
func TestPubsubBreaks(t *testing.T) {
	server, client := onRedis(t)
	d := drive{scenario: scenario(t, "pubsub"), load: Load{Workers: 1, Receivers: 1, DataSize: 16}, steps: 200}
	var published atomic.Int64
	d.client = tap{Client: client, do: func(inner clients.Commander, ctx context.Context, call clients.Call, into *clients.Answer) error {
		if published.Add(1) == 100 {
			server.Do(t, "CLIENT", "KILL", "TYPE", "pubsub")
		}
		return inner.Do(ctx, call, into)
	}}
	d.run(t)
	wantErr(t, d.failed, "PUBLISH reached 0 of 1 receivers")
	wantErr(t, d.err, "lost; the first error of a receiver: ")
	if got := d.metrics["delivery"].Count; got < 100 {
		t.Errorf("%d deliveries", got)
	}
}
