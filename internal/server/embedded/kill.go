package embedded

import (
	"cmp"
	"slices"
)

// clients are the connections that are not being closed, in order of their id.
func (s *Server) clients(wanted func(*conn) bool) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*conn
	for c := range s.conns {
		if !c.killed.Load() && wanted(c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *conn) int { return cmp.Compare(a.id, b.id) })
	return list
}

// clientKill is CLIENT KILL addr, or CLIENT KILL filter value ...
func clientKill(c *conn, args [][]byte) {
	f := killFilter{normal: true}
	if len(args) == 3 {
		f.addr = shorten(args[2], len(args[2]))
	} else {
		f.sparesSelf = true
		if problem := f.parse(args[2:]); problem != "" {
			c.fail(problem)
			return
		}
	}
	killed := int64(0)
	for _, other := range c.server.clients(func(other *conn) bool { return f.matches(other) && (other != c || !f.sparesSelf) }) {
		if c.kill(other) {
			killed++
		}
	}
	switch {
	case len(args) > 3:
		c.int(killed)
	case killed == 0:
		c.fail("ERR No such client")
	default:
		c.ok()
	}
}

// kill closes a connection, the own one after the reply, and reports whether
// nobody else has.
func (c *conn) kill(other *conn) bool {
	if other == c {
		c.quitting = true
		return true
	}
	if !other.killed.CompareAndSwap(false, true) {
		return false
	}
	close(other.gone)
	other.socket.Close()
	return true
}

// A killFilter says which connections are meant.
type killFilter struct {
	id          int64 // 0: any
	addr, laddr string
	normal      bool // false: a type that there is not
	sparesSelf  bool
}

func (f *killFilter) parse(args [][]byte) (problem string) {
	for ; len(args) > 0; args = args[2:] {
		if len(args) == 1 {
			return errSyntax
		}
		if problem := f.option(args[0], args[1]); problem != "" {
			return problem
		}
	}
	return ""
}

func (f *killFilter) option(name, value []byte) (problem string) {
	text := shorten(value, len(value))
	switch {
	case is(name, "id"):
		id, ok := parseInt(value)
		if !ok || id < 1 {
			return "ERR client-id should be greater than 0"
		}
		f.id = id
	case is(name, "type"):
		f.normal, problem = isNormal(value)
	case is(name, "addr"):
		f.addr = text
	case is(name, "laddr"):
		f.laddr = text
	case is(name, "user"):
		if text != "default" {
			return "ERR No such user '" + text + "'"
		}
	case is(name, "skipme") && is(value, "yes"):
		f.sparesSelf = true
	case is(name, "skipme") && is(value, "no"):
		f.sparesSelf = false
	default:
		return errSyntax
	}
	return problem
}

func (f *killFilter) matches(c *conn) bool {
	return f.normal && (f.id == 0 || c.id == f.id) &&
		(f.addr == "" || c.addr() == f.addr) && (f.laddr == "" || c.localAddr() == f.laddr)
}
