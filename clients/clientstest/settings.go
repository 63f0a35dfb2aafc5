package clientstest

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/faultproxy"
)

// checkProtocol compares the protocol with what the server says it speaks.
func checkProtocol(t *testing.T, s subject) {
	for _, asked := range []int{0, 2, 3} {
		to := Target(s.server.addr, 1)
		if to.RESP = asked; s.variant.Reaches(to) != nil {
			continue
		}
		t.Run(strconv.Itoa(asked), func(t *testing.T) {
			s.server.awaitIdle(t)
			c := s.open(t, to)
			mustSetGet(t, Session(t, c), "protocol", text("v"))
			declared := c.Resolved().RESP
			if asked != 0 && declared != asked {
				t.Errorf("declares RESP %d, asked for %d", declared, asked)
			}
			for _, spoken := range connections(t, s.server.admin, "resp") {
				if spoken != strconv.Itoa(declared) {
					t.Errorf("declares RESP %d and speaks %s", declared, spoken)
				}
			}
		})
	}
}

// checkGroundTruth counts at the server: nothing is sent twice or left out.
func checkGroundTruth(t *testing.T, s subject) {
	const repeats = 137
	session := s.alone(t, Target(s.server.addr, 1))
	admin := s.server.admin
	sets, gets := calls(t, admin, "set"), calls(t, admin, "get")
	for i := range repeats {
		mustSetGet(t, session, "truth", text(fmt.Sprint(i)))
	}
	if p, ok := session.(clients.Pipeliner); ok {
		mustPipeline(context.Background(), t, p, Pairs("truth", repeats))
		sets, gets = sets+repeats, gets+repeats
	}
	if got := calls(t, admin, "set") - sets; got != repeats {
		t.Errorf("%d SETs are %d at the server", repeats, got)
	}
	if got := calls(t, admin, "get") - gets; got != repeats {
		t.Errorf("%d GETs are %d at the server", repeats, got)
	}
}

const connWorkers = 16

func checkConnections(t *testing.T, s subject) {
	p := faultproxy.Start(t, s.server.addr)
	s.countConnections(t, p, Target(p.Addr, connWorkers))
}

// checkAskedConnections asks for a number that not every variant can hold, and
// for one that each can.
func checkAskedConnections(t *testing.T, s subject) {
	reached := 0
	for _, conns := range []int{1, 4, connWorkers} {
		t.Run(strconv.Itoa(conns), func(t *testing.T) {
			p := faultproxy.Start(t, s.server.addr)
			to := Target(p.Addr, connWorkers)
			if to.Conns = conns; s.variant.Reaches(to) != nil {
				return
			}
			reached++
			if declared := s.countConnections(t, p, to); declared != conns {
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
func (s subject) countConnections(t *testing.T, p *faultproxy.Proxy, to clients.Target) (declared int) {
	t.Helper()
	s.server.awaitIdle(t)
	c := s.open(t, to)
	InParallel(t, c, to.Workers, func(ctx context.Context, worker int, session clients.Session) error {
		for i := range 30 {
			if err := SetGet(ctx, session, fmt.Sprint("connections ", worker), text(fmt.Sprint(i))); err != nil {
				return err
			}
		}
		if p, ok := session.(clients.Pipeliner); ok {
			mustPipeline(ctx, t, p, Pairs(fmt.Sprint("connections ", worker), 2))
		}
		return nil
	})
	declared = c.Resolved().Conns
	if seen := len(connections(t, s.server.admin, "id")); seen > declared || seen == 0 {
		t.Errorf("declares %d connections and uses %d", declared, seen)
	}
	if dials, seen := to.Dialer.Dials(), p.Accepted(); dials != seen {
		t.Errorf("%d dials are counted, %d connections came", dials, seen)
	}
	return declared
}
