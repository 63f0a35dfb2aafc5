package embedded

import (
	"maps"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/resp"
)

// inOrder is a command table by name.
func inOrder(table map[string]*command) []*command {
	list := make([]*command, 0, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		list = append(list, table[name])
	}
	return list
}

func commandCount(c *conn, _ [][]byte) { c.int(int64(len(c.server.commands))) }

func commandNames(c *conn, _ [][]byte) {
	list := inOrder(c.server.commands)
	c.array(len(list))
	for _, cmd := range list {
		c.text(cmd.name)
	}
}

func commandAll(c *conn, _ [][]byte) {
	c.describe(inOrder(c.server.commands))
}

// commandInfo describes the named commands, all if none is; null for one that
// does not exist.
func commandInfo(c *conn, args [][]byte) {
	if len(args) == 2 {
		commandAll(c, args)
		return
	}
	c.array(len(args) - 2)
	for _, name := range args[2:] {
		if cmd := c.server.fullName(name); cmd != nil {
			c.describeOne(cmd)
		} else {
			c.null()
		}
	}
}

// fullName finds "get" or "client|id".
func (s *Server) fullName(name []byte) *command {
	parent, sub, nested := strings.Cut(string(name), "|")
	cmd := named(s.commands, []byte(parent))
	if cmd == nil || !nested {
		return cmd
	}
	return named(cmd.subs, []byte(sub))
}

func (c *conn) describe(list []*command) {
	c.array(len(list))
	for _, cmd := range list {
		c.describeOne(cmd)
	}
}

// describeOne has the ten elements of Redis 7: name, arity, flags, first and
// last key, step, then ACL categories, tips and key specifications, which are
// empty here, and subcommands.
func (c *conn) describeOne(cmd *command) {
	c.array(10)
	c.text(cmd.name)
	c.int(int64(cmd.arity))
	flags := strings.Fields(cmd.flags)
	c.out = resp.AppendSet(c.out, c.proto, len(flags))
	for _, flag := range flags {
		c.out = resp.AppendSimple(c.out, flag)
	}
	c.int(int64(cmd.keys.first))
	c.int(int64(cmd.keys.last))
	c.int(int64(cmd.keys.step))
	c.out = resp.AppendSet(c.out, c.proto, 0)
	c.array(0)
	c.array(0)
	c.describe(inOrder(cmd.subs))
}

// commandDocs says what the named commands do, all if none is; one that does
// not exist is left out.
func commandDocs(c *conn, args [][]byte) {
	list := inOrder(c.server.commands)
	if len(args) > 2 {
		list = list[:0]
		for _, name := range args[2:] {
			if cmd := c.server.fullName(name); cmd != nil {
				list = append(list, cmd)
			}
		}
	}
	c.docs(list)
}

func (c *conn) docs(list []*command) {
	c.pairs(len(list))
	for _, cmd := range list {
		c.text(cmd.name)
		n := 2
		if cmd.subs != nil {
			n = 3
		}
		c.pairs(n)
		c.text("summary")
		c.text(cmd.summary)
		c.text("group")
		c.text(cmd.group)
		if cmd.subs != nil {
			c.text("subcommands")
			c.docs(inOrder(cmd.subs))
		}
	}
}
