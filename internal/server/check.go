package server

import (
	"cmp"
	"context"
	"strconv"

	"respbench.dev/respbench/internal/resp"
)

// checkKey is asked for and never written.
const checkKey = "respbench:check"

// Check finds out whether the server can be measured, without changing
// anything on it and without a SET or GET in its statistics. Its error is a
// *Problem unless ctx is over.
func (a *Admin) Check(ctx context.Context) error {
	p, err := dialProbe(ctx, a.access, a.timeout)
	if err != nil {
		return cmp.Or[error](context.Cause(ctx), dialProblem(err, a.address()))
	}
	defer p.close()
	c := checker{probe: p, address: a.address()}
	c.enter(a)
	c.tryCommands()
	if c.failure == nil {
		return nil
	}
	return cmp.Or[error](context.Cause(ctx), c.failure)
}

// A checker asks one thing after the other until there is a failure.
type checker struct {
	probe   *probe
	address string
	failure *Problem
	talked  bool // the other side has shown that it speaks RESP
}

// ask returns the error text of the reply, empty if there was none.
func (c *checker) ask(args ...string) (refusal string) {
	if c.failure != nil {
		return ""
	}
	kind, text, err := c.probe.ask(args...)
	switch {
	case err != nil && c.talked:
		c.failure = lostProblem(err, c.address)
	case err != nil:
		c.failure = talkProblem(err, c.address)
	case kind == resp.Error:
		refusal = text
	}
	c.talked = true
	return refusal
}

// must is ask for what has to succeed.
func (c *checker) must(args ...string) {
	if refusal := c.ask(args...); refusal != "" {
		c.failure = replyProblem(refusal, args[0], c.address)
	}
}

// enter does what every client does first.
func (c *checker) enter(a *Admin) {
	switch access := a.access; {
	case access.Password != "" && access.Username != "":
		c.must("AUTH", access.Username, access.Password)
	case access.Password != "":
		c.must("AUTH", access.Password)
	}
	// A user may lack the right to PING and still be able to measure.
	if refusal := c.ask("PING"); refusal != "" && !isRefused(refusal) {
		c.failure = replyProblem(refusal, "PING", c.address)
	}
	if a.access.DB != 0 {
		c.must("SELECT", strconv.Itoa(a.access.DB))
	}
}

// tryCommands queues, in a transaction that it discards, what a measurement
// sends: the server then says what it would refuse. Where transactions are not
// to be had, removing a key that does not exist has to do.
func (c *checker) tryCommands() {
	if refusal := c.ask("MULTI"); refusal != "" {
		c.tryRemoval()
		return
	}
	c.must("SET", checkKey, "x")
	c.must("GET", checkKey)
	c.tryRemoval()
	c.must("DISCARD")
}

func (c *checker) tryRemoval() {
	refusal := c.ask("UNLINK", checkKey)
	switch {
	case refusal == "":
	case isRefused(refusal):
		c.must("DEL", checkKey)
	default:
		c.failure = replyProblem(refusal, "UNLINK", c.address)
	}
}
