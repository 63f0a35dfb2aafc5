package embedded

import (
	"crypto/subtle"
	"strings"

	"respbench.dev/respbench/internal/resp"
)

func ping(c *conn, args [][]byte) {
	switch len(args) {
	case 1:
		c.out = append(c.out, "+PONG\r\n"...)
	case 2:
		c.bulk(args[1])
	default:
		c.fail("ERR wrong number of arguments for 'ping' command")
	}
}

func echo(c *conn, args [][]byte) { c.bulk(args[1]) }

func quit(c *conn, _ [][]byte) {
	c.quitting = true
	c.ok()
}

func selectDB(c *conn, args [][]byte) {
	n, ok := parseInt(args[1])
	switch {
	case !ok:
		c.fail(errNotInteger)
	case n != int64(int32(n)):
		c.fail("ERR value is out of range, value must between -2147483648 and 2147483647")
	case n < 0 || n >= databases:
		c.fail("ERR DB index is out of range")
	default:
		c.tell(func() { c.db = int(n) })
		c.ok()
	}
}

const errWrongPass = "WRONGPASS invalid username-password pair or user is disabled."

func auth(c *conn, args [][]byte) {
	switch {
	case len(args) > 3:
		c.fail(errSyntax)
	case len(args) == 2 && c.server.opts.Password == "":
		c.fail("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
	case len(args) == 2 && c.login([]byte("default"), args[1]), len(args) == 3 && c.login(args[1], args[2]):
		c.ok()
	default:
		c.fail(errWrongPass)
	}
}

// login authenticates the connection. Without a password in the options, the
// user "default" is let in with any.
func (c *conn) login(user, password []byte) bool {
	want := c.server.opts.Password
	right := want == "" || subtle.ConstantTimeCompare([]byte(want), password) == 1
	if string(user) != "default" || !right {
		return false
	}
	c.authenticated = true
	c.in.Unauthenticated = false
	return true
}

const errHelloNoAuth = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"

// hello is HELLO [protover [AUTH user password] [SETNAME name]].
func hello(c *conn, args [][]byte) {
	proto := c.proto
	if len(args) > 1 {
		n, ok := parseInt(args[1])
		if !ok {
			c.fail("ERR Protocol version is not an integer or out of range")
			return
		}
		if n < 2 || n > 3 {
			c.fail("NOPROTO unsupported protocol version")
			return
		}
		proto = int(n)
	}
	opts, problem := parseHello(args[min(2, len(args)):])
	switch {
	case problem != "":
		c.fail(problem)
	case opts.user != nil && !c.login(opts.user, opts.password):
		c.fail(errWrongPass)
	case !c.authenticated:
		c.fail(errHelloNoAuth)
	case opts.name != nil && !c.setName(opts.name):
		c.fail(errClientName)
	default:
		c.tell(func() { c.proto = proto })
		c.greet()
	}
}

type helloOptions struct{ user, password, name []byte }

func parseHello(args [][]byte) (opts helloOptions, problem string) {
	for len(args) > 0 {
		switch {
		case is(args[0], "auth") && len(args) >= 3:
			opts.user, opts.password = args[1], args[2]
			args = args[3:]
		case is(args[0], "setname") && len(args) >= 2:
			opts.name = args[1]
			args = args[2:]
		default:
			return opts, "ERR Syntax error in HELLO option '" + shorten(args[0], len(args[0])) + "'"
		}
	}
	return opts, ""
}

// greet is what HELLO answers. It names ourselves: a client can tell.
func (c *conn) greet() {
	c.pairs(7)
	c.text("server")
	c.text("respbench")
	c.text("version")
	c.text(Compatible)
	c.text("proto")
	c.int(int64(c.proto))
	c.text("id")
	c.int(c.id)
	c.text("mode")
	c.text("standalone")
	c.text("role")
	c.text("master")
	c.text("modules")
	c.array(0)
}

// help lists the subcommands of a container.
func help(c *conn, args [][]byte) {
	parent := named(c.server.commands, args[0])
	list := inOrder(parent.subs)
	c.array(1 + len(list))
	c.out = resp.AppendSimple(c.out, strings.ToUpper(parent.name)+" <subcommand> [<arg> ...]. Subcommands are:")
	for _, sub := range list {
		_, name, _ := strings.Cut(sub.name, "|")
		c.out = resp.AppendSimple(c.out, strings.ToUpper(name)+": "+sub.summary)
	}
}
