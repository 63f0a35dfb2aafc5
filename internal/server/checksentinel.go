package server

import (
	"cmp"
	"context"
	"net"
	"strings"
)

// A seen is what one Sentinel has answered.
type seen struct {
	master string // its address
	auth   bool   // it wanted user and password
}

// checkSentinels asks all Sentinels for the master and checks that.
func (a *Admin) checkSentinels(ctx context.Context) (greeting, *Problem) {
	answer, failure := firstAnswer(ctx, a.access.Addrs, "no Sentinel can be reached at ", a.askSentinel)
	if failure != nil {
		return greeting{}, failure
	}
	a.mu.Lock()
	a.access.SentinelAuth = answer.auth
	a.mu.Unlock()
	g, failure := a.checkServer(ctx, answer.master, checkKey)
	switch {
	case failure == nil:
	case failure.Code == "readonly":
		failure.Advice = "the Sentinels call it the master: try again when their failover is over"
	case isUnreachable(failure):
		failure.Advice = "the Sentinels call it the master: it has to be reachable from here by this address"
	}
	return g, failure
}

func (a *Admin) askSentinel(ctx context.Context, address string) (answer seen, failure *Problem) {
	c := a.contact(ctx, address)
	defer c.close()
	question := []string{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", a.access.Master}
	reply, refusal := c.ask(question...)
	if strings.HasPrefix(refusal, "NOAUTH") && a.access.Password != "" {
		answer.auth = true
		c.must("AUTH", cmp.Or(a.access.Username, "default"), a.access.Password)
		reply, refusal = c.ask(question...)
	}
	switch {
	case c.failure != nil:
	case isUnknownCommand(refusal):
		c.failure = &Problem{Code: "not-sentinel", Address: address, before: theServer, after: " is not a Sentinel", Advice: "name it as redis://" + address}
	case refusal != "":
		c.failure = replyProblem(refusal, "SENTINEL", address)
	case len(reply.Elems) != 2:
		c.failure = noMasterProblem(address, c.masterNames())
	default:
		answer.master = net.JoinHostPort(reply.Elems[0].Text, reply.Elems[1].Text)
	}
	return answer, c.failure
}

// masterNames are those that a Sentinel knows.
func (c *checker) masterNames() []string {
	var names []string
	reply, _ := c.ask("SENTINEL", "MASTERS")
	for _, master := range reply.Elems {
		for i := 1; i < len(master.Elems); i += 2 {
			if master.Elems[i-1].Text == "name" {
				names = append(names, master.Elems[i].Text)
			}
		}
	}
	return names
}
