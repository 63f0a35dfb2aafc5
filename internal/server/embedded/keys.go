package embedded

import "time"

// del is DEL and UNLINK: freeing memory is the garbage collector's in both.
func del(c *conn, args [][]byte) {
	keys := args[1:]
	defer c.lockKeys(keys, 1)()
	var removed int64
	for _, key := range keys {
		if s := c.shard(key); s.find(c.db, key) != nil {
			s.dbs[c.db].remove(key)
			removed++
		}
	}
	c.int(removed)
}

// exists counts a key as often as it is named.
func exists(c *conn, args [][]byte) {
	keys := args[1:]
	defer c.lockKeys(keys, 1)()
	var found int64
	for _, key := range keys {
		if c.shard(key).look(c.db, key) != nil {
			found++
		}
	}
	c.int(found)
}

func dbSize(c *conn, _ [][]byte) {
	var n int64
	for i := range c.server.keys.shards {
		n += c.sizeOf(&c.server.keys.shards[i])
	}
	c.int(n)
}

func (c *conn) sizeOf(s *shard) int64 {
	if !c.exclusive {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	return int64(len(s.dbs[c.db].entries))
}

func flushDB(c *conn, args [][]byte) { c.clear(args, c.db, c.db+1) }

func flushAll(c *conn, args [][]byte) { c.clear(args, 0, databases) }

// clear empties the databases from first up to end.
func (c *conn) clear(args [][]byte, first, end int) {
	if len(args) > 2 || len(args) == 2 && !is(args[1], "async") && !is(args[1], "sync") {
		c.fail(errSyntax)
		return
	}
	defer c.lockAll()()
	for i := range c.server.keys.shards {
		clear(c.server.keys.shards[i].dbs[first:end])
	}
	c.ok()
}

func ttlSeconds(c *conn, args [][]byte) { c.ttl(args[1], time.Second) }

func ttlMillis(c *conn, args [][]byte) { c.ttl(args[1], time.Millisecond) }

// ttl answers -2 for no key and -1 for no expiry. Seconds are rounded to the
// nearest, as Redis does.
func (c *conn) ttl(key []byte, unit time.Duration) {
	s := c.lock(key)
	defer c.unlock(s)
	e := s.look(c.db, key)
	switch {
	case e == nil:
		c.int(-2)
	case e.expires == 0:
		c.int(-1)
	default:
		left := time.Duration(max(e.expires-nowMillis(), 0))
		per := unit / time.Millisecond
		c.int(int64((left + per/2) / per))
	}
}

func expireSeconds(c *conn, args [][]byte) { c.expire(args, deadline{seconds: true}, "expire") }

func expireMillis(c *conn, args [][]byte) { c.expire(args, deadline{}, "pexpire") }

// expire is EXPIRE and PEXPIRE: a time that has passed deletes the key.
func (c *conn) expire(args [][]byte, d deadline, name string) {
	cond, problem := parseExpire(args[3:])
	var at int64
	if problem == "" {
		if n, ok := parseInt(args[2]); ok {
			at, problem = d.resolve(n, name)
		} else {
			problem = errNotInteger
		}
	}
	if problem != "" {
		c.fail(problem)
		return
	}
	c.int(c.expireAt(args[1], at, cond))
}

// expireAt returns how many keys it has changed.
func (c *conn) expireAt(key []byte, at int64, cond expireCondition) int64 {
	s := c.lock(key)
	defer c.unlock(s)
	e := s.find(c.db, key)
	if e == nil || !cond.allows(e.expires, at) {
		return 0
	}
	if at <= nowMillis() {
		s.dbs[c.db].remove(key)
	} else {
		s.dbs[c.db].expire(key, e, at)
	}
	return 1
}

// An expireCondition says when EXPIRE changes a key: only one without expiry
// (NX), only one with (XX), only to a later or an earlier time (GT, LT).
type expireCondition struct{ none, some, later, earlier bool }

func parseExpire(options [][]byte) (cond expireCondition, problem string) {
	for _, word := range options {
		switch {
		case is(word, "nx"):
			cond.none = true
		case is(word, "xx"):
			cond.some = true
		case is(word, "gt"):
			cond.later = true
		case is(word, "lt"):
			cond.earlier = true
		default:
			return cond, "ERR Unsupported option " + shorten(word, len(word))
		}
	}
	switch {
	case cond.none && (cond.some || cond.later || cond.earlier):
		return cond, "ERR NX and XX, GT or LT options at the same time are not compatible"
	case cond.later && cond.earlier:
		return cond, "ERR GT and LT options at the same time are not compatible"
	}
	return cond, ""
}

// allows compares the present expiry (0: never, the latest time) with at.
func (cond expireCondition) allows(present, at int64) bool {
	switch {
	case cond.none && present != 0, cond.some && present == 0:
		return false
	case cond.later && (present == 0 || at <= present):
		return false
	case cond.earlier && present != 0 && at >= present:
		return false
	}
	return true
}
