package server

import (
	"cmp"
	"context"

	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/results"
)

// checkKey is asked for and never written.
const checkKey = "respbench:check"

// Check finds out whether the server can be measured, without changing
// anything on it and, if it has transactions, without a SET or GET in its
// statistics. It learns what Access then tells. Its error is a *Problem unless
// ctx is over.
func (a *Admin) Check(ctx context.Context) error {
	var failure *Problem
	var g greeting
	switch a.mode() {
	case results.Sentinel:
		g, failure = a.checkSentinels(ctx)
	case results.Cluster:
		g, failure = a.checkCluster(ctx)
	default:
		g, failure = a.checkServer(ctx, a.access.Addrs[0], checkKey)
	}
	if failure != nil {
		return cmp.Or[error](context.Cause(ctx), failure)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.greeting, a.access.OldRESP = g, g.refusal != ""
	return nil
}

// checkServer checks one server that has to serve key.
func (a *Admin) checkServer(ctx context.Context, address, key string) (greeting, *Problem) {
	c := a.contact(ctx, address)
	defer c.close()
	c.enter(a.access)
	c.greet(ctx, a)
	c.expect(a.mode())
	c.choose(a.access.DB)
	c.tryCommands(key)
	return c.greeting, c.failure
}

// A checker asks a server one thing after the other until there is a failure.
type checker struct {
	probe   *probe // nil: no connection
	address string
	failure *Problem
	talked  bool                    // the other side has shown that it speaks RESP
	suspect func(*Problem) *Problem // looks into a first exchange that failed
	greeting
}

// contact connects to the server at address.
func (a *Admin) contact(ctx context.Context, address string) *checker {
	c := &checker{address: address}
	c.suspect = func(p *Problem) *Problem { return a.suspectTLS(ctx, address, p) }
	p, err := dialProbe(ctx, a.access, address, a.limits)
	if err != nil {
		c.failure = c.suspect(dialProblem(err, address))
	}
	c.probe = p
	return c
}

func (c *checker) close() {
	if c.probe != nil {
		c.probe.close()
	}
}

// ask returns the reply and, if that is an error, its text.
func (c *checker) ask(args ...string) (reply resp.Value, refusal string) {
	if c.failure != nil {
		return reply, ""
	}
	reply, err := c.probe.ask(args...)
	switch {
	case err != nil && c.talked:
		c.failure = lostProblem(err, c.address)
	case err != nil:
		c.failure = c.suspect(talkProblem(err, c.address))
	case reply.IsError():
		refusal = reply.Text
	}
	c.talked = true
	return reply, refusal
}

// must is ask for what has to succeed.
func (c *checker) must(args ...string) resp.Value {
	reply, refusal := c.ask(args...)
	if refusal != "" {
		c.failure = replyProblem(refusal, args[0], c.address)
	}
	return reply
}
