package embedded

import (
	"fmt"
	"net"
	"strings"
	"time"

	"respbench.dev/respbench/internal/resp"
)

func clientID(c *conn, _ [][]byte) { c.int(c.id) }

func clientGetName(c *conn, _ [][]byte) {
	if c.name == "" {
		c.null()
		return
	}
	c.text(c.name)
}

const errClientName = "ERR Client names cannot contain spaces, newlines or special characters."

func clientSetName(c *conn, args [][]byte) {
	if !c.setName(args[2]) {
		c.fail(errClientName)
		return
	}
	c.ok()
}

func (c *conn) setName(name []byte) bool {
	if !printable(name) {
		return false
	}
	c.tell(func() { c.name = string(name) })
	return true
}

// tell changes what CLIENT LIST of other connections shows of this one.
func (c *conn) tell(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

func clientSetInfo(c *conn, args [][]byte) {
	field, label := &c.libName, "lib-name"
	switch {
	case is(args[2], "lib-name"):
	case is(args[2], "lib-ver"):
		field, label = &c.libVersion, "lib-ver"
	default:
		c.fail("ERR Unrecognized option '" + shorten(args[2], len(args[2])) + "'")
		return
	}
	if !printable(args[3]) {
		c.fail("ERR " + label + " cannot contain spaces, newlines or special characters.")
		return
	}
	c.tell(func() { *field = string(args[3]) })
	c.ok()
}

// printable keeps CLIENT INFO a list of words on one line.
func printable(text []byte) bool {
	for _, b := range text {
		if b < '!' || b > '~' {
			return false
		}
	}
	return true
}

func clientInfo(c *conn, _ [][]byte) {
	c.out = resp.AppendVerbatim(c.out, c.proto, "txt", c.line())
}

// line is what CLIENT LIST shows of a connection: those fields of Redis that
// are known here.
func (c *conn) line() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("id=%d addr=%s laddr=%s name=%s age=%d flags=N db=%d sub=0 psub=0 user=default resp=%d lib-name=%s lib-ver=%s\n",
		c.id, c.addr(), c.localAddr(), c.name, int(time.Since(c.began).Seconds()), c.db, c.proto, c.libName, c.libVersion)
}

// addr is the client's address, which CLIENT KILL finds it by. On a Unix
// socket all have that of the socket, as in Redis.
func (c *conn) addr() string {
	if _, ok := c.socket.RemoteAddr().(*net.UnixAddr); ok {
		return c.localAddr()
	}
	return c.socket.RemoteAddr().String()
}

func (c *conn) localAddr() string {
	if addr, ok := c.socket.LocalAddr().(*net.UnixAddr); ok {
		return addr.String() + ":0"
	}
	return c.socket.LocalAddr().String()
}

// clientList is CLIENT LIST [TYPE type | ID id ...].
func clientList(c *conn, args [][]byte) {
	var wanted func(*conn) bool
	switch {
	case len(args) == 2:
		wanted = func(*conn) bool { return true }
	case len(args) == 4 && is(args[2], "type"):
		normal, problem := isNormal(args[3])
		if problem != "" {
			c.fail(problem)
			return
		}
		wanted = func(*conn) bool { return normal }
	case len(args) > 3 && is(args[2], "id"):
		ids := map[int64]bool{}
		for _, arg := range args[3:] {
			id, ok := parseInt(arg)
			if !ok {
				c.fail("ERR Invalid client ID")
				return
			}
			ids[id] = true
		}
		wanted = func(other *conn) bool { return ids[other.id] }
	default:
		c.fail(errSyntax)
		return
	}
	var lines strings.Builder
	for _, other := range c.server.clients(wanted) {
		lines.WriteString(other.line())
	}
	c.out = resp.AppendVerbatim(c.out, c.proto, "txt", lines.String())
}

// isNormal reports whether a type of client is the only one that there is
// here.
func isNormal(name []byte) (normal bool, problem string) {
	for _, known := range []string{"normal", "slave", "replica", "pubsub", "master"} {
		if is(name, known) {
			return known == "normal", ""
		}
	}
	return false, "ERR Unknown client type '" + shorten(name, len(name)) + "'"
}
