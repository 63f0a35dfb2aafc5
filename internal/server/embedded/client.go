package embedded

import (
	"fmt"
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
	c.name = string(name)
	return true
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
	*field = string(args[3])
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
	line := fmt.Sprintf("id=%d addr=%s laddr=%s name=%s age=%d idle=0 flags=N db=%d sub=0 psub=0 multi=-1 cmd=client|info user=default resp=%d lib-name=%s lib-ver=%s\n",
		c.id, c.socket.RemoteAddr(), c.socket.LocalAddr(), c.name, int(time.Since(c.began).Seconds()), c.db, c.proto, c.libName, c.libVersion)
	c.out = resp.AppendVerbatim(c.out, c.proto, "txt", line)
}
