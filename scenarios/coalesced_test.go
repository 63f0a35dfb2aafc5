package scenarios

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/rueidis"
	"respbench.dev/respbench/internal/servertest"
)

const coalescers, coalescedSteps = 20, 2000

func TestCoalesced(t *testing.T) {
	for name, test := range map[string]struct {
		load    Load
		cluster bool
	}{
		"one connection":   {load: Load{BatchMax: 128}},
		"four":             {load: Load{BatchMax: 128, Conns: 4}},
		"small batches":    {load: Load{BatchMax: 3}},
		"single commands":  {load: Load{BatchMax: 1}},
		"a delay":          {load: Load{BatchMax: 15, BatchWait: time.Millisecond}},
		"as for a cluster": {load: Load{BatchMax: 128}, cluster: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := servertest.Start(t, servertest.Options{})
			leaks := goleak.IgnoreCurrent()
			test.load.Workers = coalescers
			c := contest{scenario: "coalesced", load: test.load, cluster: test.cluster}
			c.client = openPoolOn(t, server, coalescers, max(test.load.Conns, 1))
			c.run(t, coalescedSteps)
			c.ops(t, coalescedSteps)
			checkSent(t, c.Sent(), serverCounts(t, server))
			checkBatches(t, &c)
			goleak.VerifyNone(t, leaks)
		})
	}
}

// checkSent wants the server to have counted just what is declared.
func checkSent(t *testing.T, sent map[string]Sent, counts map[string]int) {
	t.Helper()
	for _, command := range []string{"MSET", "MGET", "SET", "GET"} {
		n := sent[command]
		if int64(counts[command]) != n.Done || n.Done != n.Tried {
			t.Errorf("the server counted %d %s, sent were %+v", counts[command], command, n)
		}
	}
}

// checkBatches wants each command to be in one batch, of which the first and the
// last may be half in the window.
func checkBatches(t *testing.T, c *contest) {
	t.Helper()
	batches, waits := c.metrics[batchSize], c.metrics[queued]
	if waits.Count != 2*coalescedSteps {
		t.Errorf("%d commands were queued, want %d", waits.Count, 2*coalescedSteps)
	}
	if most := int64(c.load.BatchMax); batches.Max > most || batches.Sum < waits.Count-most || batches.Sum > waits.Count+most {
		t.Errorf("batches of %d to %d commands, of %d in all, want at most %d, of %d in all",
			batches.Min, batches.Max, batches.Sum, most, waits.Count)
	}
	if c.load.BatchMax == 1 && (batches.Max != 1 || batches.Count < waits.Count-1) {
		t.Errorf("%d batches of up to %d", batches.Count, batches.Max)
	}
	if wait := int64(c.load.BatchWait); wait > 0 && waits.Max < wait {
		t.Errorf("nothing waited longer than %d ns", waits.Max)
	}
}

// Keys of a batch are in many slots.
func TestCoalescedOnACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts six servers")
	}
	servers := servertest.StartCluster(t)
	c := contest{scenario: "coalesced", load: Load{Workers: coalescers, BatchMax: 128}, cluster: true}
	c.client = openOn(t, rueidis.Library.Variants[0], clients.Cluster, servers.Addrs[:1], coalescers, 0)
	c.run(t, coalescedSteps)
	c.ops(t, coalescedSteps)
	counts := map[string]int{}
	for _, master := range servers.Masters(t) {
		for command, n := range serverCounts(t, master) {
			counts[command] += n
		}
	}
	checkSent(t, c.Sent(), counts)
}

func TestKeysAreSpreadOverBatchers(t *testing.T) {
	c := make(coalesced, 4)
	for i := range c {
		c[i] = new(batcher)
	}
	s, err := Named("coalesced")
	if err != nil {
		t.Fatal(err)
	}
	of, data := map[*batcher]int{}, s.NewMaterial(run, loadOf(1), dataSeed, 9).Worker(loneWorker())
	for range count {
		key, _ := data.NextWrite()
		of[c.of(key)]++
	}
	for _, b := range c {
		if n := of[b]; n < count/8 || n > count/2 {
			t.Errorf("one of four batchers has %d of %d keys", n, count)
		}
	}
}

// A reply that is not what was set fails the step, and so does a write that was
// not done.
func TestWrongRepliesToCoalescedAreSeen(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	for name, lie := range map[string]func(_ clients.Call, a *clients.Answer){
		"other values": func(_ clients.Call, a *clients.Answer) {
			for i := range a.Items {
				a.Items[i].SetText("not what was set")
			}
		},
		"misses": func(_ clients.Call, a *clients.Answer) {
			for i := range a.Items {
				a.Items[i].SetNull()
			}
		},
		"numbers": func(_ clients.Call, a *clients.Answer) {
			for i := range a.Items {
				a.Items[i].SetInt(1)
			}
		},
		"one less": func(_ clients.Call, a *clients.Answer) { a.Items = a.Items[:max(len(a.Items)-1, 0)] },
		"no list":  func(_ clients.Call, a *clients.Answer) { a.SetInt(1) },
		"nothing":  func(_ clients.Call, a *clients.Answer) { a.Reset() },
		"no OK":    func(_ clients.Call, a *clients.Answer) { a.Text = "QUEUED" },
		"swapped":  func(_ clients.Call, a *clients.Answer) { swapFirst(a.Items) },
	} {
		t.Run(name, func(t *testing.T) {
			c := contest{scenario: "coalesced", load: Load{Workers: 2, BatchMax: 8, BatchWait: 20 * time.Millisecond}}
			c.client = openPoolOn(t, server, 2, 1)
			c.wrap = func(s clients.Session) clients.Session { return &lying{s, lie} }
			const steps = 4
			c.run(t, steps)
			if name == "swapped" || name == "no OK" { // tells only of batches with two reads or a write
				if c.result.Errors[clients.Mismatched] == 0 {
					t.Errorf("errors %v", c.result.Errors)
				}
				return
			}
			c.ops(t, steps, clients.Mismatched)
		})
	}
}

func swapFirst(items []clients.Answer) {
	if len(items) > 1 {
		items[0], items[1] = items[1], items[0]
	}
}

// A lying session answers something else.
type lying struct {
	clients.Session
	lie func(clients.Call, *clients.Answer)
}

func (l *lying) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	err := l.Session.(clients.Commander).Do(ctx, call, into)
	l.lie(call, into)
	return err
}

// Connections that are closed meanwhile are dialled again within the queue: of
// reads nobody notices.
func TestCoalescedRetries(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	c := contest{scenario: "coalesced", load: Load{Workers: coalescers, BatchMax: 128}}
	c.client = openPoolOn(t, server, coalescers, 1)
	killed := 0
	c.wrap = func(s clients.Session) clients.Session {
		return &lying{s, func(clients.Call, *clients.Answer) {
			if killed++; killed%10 == 0 {
				server.Do(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
			}
		}}
	}
	c.run(t, coalescedSteps)
	mget, mset := c.Sent()["MGET"], c.Sent()["MSET"]
	if mget.Done == mget.Tried || mset.Done == mset.Tried {
		t.Errorf("not all failed that should: MGET %+v, MSET %+v", mget, mset)
	}
	k, broken := c.result.Kinds[0], c.result.Errors[clients.Reset]
	if k.Ops == 0 || k.Ops+broken != coalescedSteps || broken > (mset.Tried-mset.Done)*coalescers {
		t.Errorf("%d ops, errors %v, with MSET %+v", k.Ops, c.result.Errors, mset)
	}
}

func TestCoalescedNeedsWhatItSends(t *testing.T) {
	for cluster, want := range map[bool]string{true: "explicit pipelining", false: "MSET and MGET"} {
		if _, err := newSender(forgetfulSession{}, cluster); err == nil || err.Error()[:len(want)] != want {
			t.Errorf("cluster %v: %v", cluster, err)
		}
	}
}
