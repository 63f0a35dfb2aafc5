package all_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
)

// dials has so many workers set and get at once.
func (s subject) dials(t *testing.T, workers int) cell {
	const calls = 10
	to := clientstest.Target(s.server.Plain, workers)
	c := clientstest.Open(t, s.variant, to)
	clientstest.InParallel(t, c, workers, func(ctx context.Context, worker int, session clients.Session) error {
		for range calls {
			if err := clientstest.SetGet(ctx, session, fmt.Sprint("dials-", worker), sixteenBytes); err != nil {
				return err
			}
		}
		return nil
	})
	return cell{text: strconv.FormatInt(to.Dialer.Dials(), 10)}
}

// allocationsPerGet are those of the whole process. The context is the one that
// trials give.
func allocationsPerGet(t *testing.T, v clients.Variant, addr string) int {
	const calls = 1000
	session := clientstest.Session(t, clientstest.Open(t, v, clientstest.Target(addr, 1)))
	dialAll(t, func(ctx context.Context) error { return clientstest.SetGet(ctx, session, "key", sixteenBytes) })
	var reply clients.Reply
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		if err := session.Get(context.Background(), "key", &reply); err != nil || !reply.Is(sixteenBytes) {
			t.Fatalf("%d bytes, %v", reply.Len(), err)
		}
	}
	runtime.ReadMemStats(&after)
	return int(math.Round(float64(after.Mallocs-before.Mallocs) / calls))
}
