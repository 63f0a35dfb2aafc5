package server

import (
	"cmp"
	"context"
	"strconv"

	"respbench.dev/respbench/results"
)

// enter does what every client does first.
func (c *checker) enter(access results.Access) {
	switch {
	case access.Password != "" && access.Username != "":
		c.must("AUTH", access.Username, access.Password)
	case access.Password != "":
		c.must("AUTH", access.Password)
	}
	// A user may lack the right to PING and still be able to measure.
	if _, refusal := c.ask("PING"); refusal != "" && !isRefused(refusal) {
		c.failure = replyProblem(refusal, "PING", c.address)
	}
}

// A greeting is what a server answers to HELLO.
type greeting struct {
	fields  info
	refusal string // why it does not, or empty
}

// note says what a refusal means.
func (g greeting) note() string {
	if g.refusal == "" {
		return ""
	}
	return refusalNote(g.refusal, "HELLO") + ": libraries that want RESP 3 fall back to RESP 2"
}

// greet finds out what libraries get that say HELLO first, as they say it: on
// a connection of its own and with the credentials in it. A user without a
// right to HELLO may succeed so.
func (c *checker) greet(ctx context.Context, a *Admin) {
	if c.failure != nil {
		return
	}
	fresh := a.contact(ctx, c.address)
	defer fresh.close()
	hello := []string{"HELLO", "3"}
	if a.access.Password != "" {
		hello = append(hello, "AUTH", cmp.Or(a.access.Username, "default"), a.access.Password)
	}
	reply, refusal := fresh.ask(hello...)
	c.failure = fresh.failure
	c.greeting = greeting{fields: info{}, refusal: refusal}
	for i := 1; i < len(reply.Elems); i += 2 {
		c.fields[reply.Elems[i-1].Text] = reply.Elems[i].Text
	}
}

// expect fails on a server that wants to be spoken to in another way.
func (c *checker) expect(mode string) {
	if c.failure != nil {
		return
	}
	has := c.fields["mode"]
	if has == "" {
		reply, _ := c.ask("INFO", "server")
		has = parseInfo(reply.Text)["redis_mode"]
	}
	switch {
	case c.failure != nil || has == mode:
	case has == results.Cluster:
		c.failure = replyProblem("MOVED", "", c.address)
	case has == results.Sentinel:
		c.failure = &Problem{
			Code: "sentinel", Address: c.address, before: theServer, after: " is a Sentinel",
			Advice: "name it as redis+sentinel://" + c.address + "/MASTER",
		}
	}
}

func (c *checker) choose(db int) {
	if db != 0 {
		c.must("SELECT", strconv.Itoa(db))
	}
}

// tryCommands queues, in a transaction that it discards, what a measurement
// sends: the server then says what it would refuse. Where transactions are not
// to be had, reading and removing a key that does not exist has to do.
func (c *checker) tryCommands(key string) {
	if _, refusal := c.ask("MULTI"); refusal != "" {
		c.must("GET", key)
		c.tryRemoval(key)
		return
	}
	c.must("SET", key, "x")
	c.must("GET", key)
	c.tryRemoval(key)
	c.must("DISCARD")
}

func (c *checker) tryRemoval(key string) {
	_, refusal := c.ask("UNLINK", key)
	switch {
	case refusal == "":
	case isRefused(refusal):
		c.must("DEL", key)
	default:
		c.failure = replyProblem(refusal, "UNLINK", c.address)
	}
}
