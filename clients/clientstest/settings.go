package clientstest

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"respbench.dev/respbench/clients"
)

// checkProtocol compares the protocol with what the server says it speaks.
func checkProtocol(t *testing.T, s subject) {
	for _, asked := range []int{0, 2, 3} {
		to := target(s.server.addr, 1)
		if to.RESP = asked; s.variant.Reaches(to) != nil {
			continue
		}
		t.Run(strconv.Itoa(asked), func(t *testing.T) {
			c := s.open(t, to)
			mustSetGet(t, session(t, c), "protocol", text("v"))
			declared := c.Resolved().RESP
			if asked != 0 && declared != asked {
				t.Errorf("declares RESP %d, asked for %d", declared, asked)
			}
			for _, spoken := range s.server.admin.connections(t, "resp") {
				if spoken != strconv.Itoa(declared) {
					t.Errorf("declares RESP %d and speaks %s", declared, spoken)
				}
			}
		})
	}
}

// checkGroundTruth counts at the server: nothing is sent twice or left out.
func checkGroundTruth(t *testing.T, s subject) {
	const calls = 137
	session := s.alone(t, target(s.server.addr, 1))
	admin := s.server.admin
	sets, gets := admin.calls(t, "set"), admin.calls(t, "get")
	for i := range calls {
		mustSetGet(t, session, "truth", text(fmt.Sprint(i)))
	}
	if p, ok := session.(clients.Pipeliner); ok {
		mustPipeline(context.Background(), t, p, pairs("truth", calls))
		sets, gets = sets+calls, gets+calls
	}
	if got := admin.calls(t, "set") - sets; got != calls {
		t.Errorf("%d SETs are %d at the server", calls, got)
	}
	if got := admin.calls(t, "get") - gets; got != calls {
		t.Errorf("%d GETs are %d at the server", calls, got)
	}
}

const connWorkers = 16

func checkConnections(t *testing.T, s subject) {
	r := startRelay(t, s.server.addr, nil)
	s.countConnections(t, r, target(r.addr, connWorkers))
}

// checkAskedConnections asks for a number that not every variant can hold, and
// for one that each can.
func checkAskedConnections(t *testing.T, s subject) {
	reached := 0
	for _, conns := range []int{1, 4, connWorkers} {
		t.Run(strconv.Itoa(conns), func(t *testing.T) {
			r := startRelay(t, s.server.addr, nil)
			to := target(r.addr, connWorkers)
			if to.Conns = conns; s.variant.Reaches(to) != nil {
				return
			}
			reached++
			if declared := s.countConnections(t, r, to); declared != conns {
				t.Errorf("declares %d connections, asked for %d", declared, conns)
			}
		})
	}
	if reached == 0 {
		t.Error("holds no number of connections at all")
	}
}

// countConnections works with all workers and compares the connections that
// the client declares with those that the server and the relay have seen.
func (s subject) countConnections(t *testing.T, r *relay, to clients.Target) (declared int) {
	t.Helper()
	s.server.awaitIdle(t)
	c := s.open(t, to)
	inParallel(t, c, to.Workers, func(ctx context.Context, worker int, session clients.Session) error {
		for i := range 30 {
			if err := setGet(ctx, session, fmt.Sprint("connections ", worker), text(fmt.Sprint(i))); err != nil {
				return err
			}
		}
		if p, ok := session.(clients.Pipeliner); ok {
			mustPipeline(ctx, t, p, pairs(fmt.Sprint("connections ", worker), 2))
		}
		return nil
	})
	declared = c.Resolved().Conns
	if seen := len(s.server.admin.connections(t, "id")); seen > declared || seen == 0 {
		t.Errorf("declares %d connections and uses %d", declared, seen)
	}
	if dials, seen := to.Dialer.Dials(), r.accepted.Load(); dials != seen {
		t.Errorf("%d dials are counted, %d connections came", dials, seen)
	}
	return declared
}

// checkModes wants a reason wherever a variant refuses.
func checkModes(t *testing.T, s subject) {
	for _, mode := range []string{clients.Sentinel, clients.Cluster} {
		to := target(s.server.addr, 1)
		to.Mode = mode
		if err := s.variant.Reaches(to); err != nil && err.Error() == "" {
			t.Errorf("refuses %s without a reason", mode)
		}
	}
}
