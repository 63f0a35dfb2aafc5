package embedded

import (
	"math"
	"strconv"

	"respbench.dev/respbench/internal/resp"
)

func get(c *conn, args [][]byte) {
	s := c.lock(args[1])
	c.reply(s.look(c.db, args[1]))
	c.unlock(s)
}

// reply appends the value of e, null if there is none. The shard is locked.
func (c *conn) reply(e *entry) {
	if e == nil {
		c.null()
		return
	}
	c.out = resp.AppendBulk(c.out, e.value)
}

func mget(c *conn, args [][]byte) {
	keys := args[1:]
	defer c.lockKeys(keys, 1)()
	c.array(len(keys))
	for _, key := range keys {
		c.reply(c.shard(key).look(c.db, key))
	}
}

func mset(c *conn, args [][]byte) {
	pairs := args[1:]
	if len(pairs)%2 != 0 {
		c.fail("ERR wrong number of arguments for 'mset' command")
		return
	}
	defer c.lockKeys(pairs, 2)()
	for i := 0; i < len(pairs); i += 2 {
		c.shard(pairs[i]).dbs[c.db].put(pairs[i], pairs[i+1], 0)
	}
	c.ok()
}

func incr(c *conn, args [][]byte) {
	key := args[1]
	s := c.lock(key)
	defer c.unlock(s)
	var n, expires int64
	if e := s.find(c.db, key); e != nil {
		var ok bool
		if n, ok = parseInt(e.value); !ok {
			c.fail(errNotInteger)
			return
		}
		expires = e.expires
	}
	if n == math.MaxInt64 {
		c.fail("ERR increment or decrement would overflow")
		return
	}
	var digits [20]byte
	s.dbs[c.db].put(key, strconv.AppendInt(digits[:0], n+1, 10), expires)
	c.int(n + 1)
}

const (
	errNotInteger = "ERR value is not an integer or out of range"
	errSyntax     = "ERR syntax error"
)

// parseInt reads a number the strict way of Redis: what it would print.
func parseInt(text []byte) (int64, bool) {
	if len(text) == 0 || len(text) > 20 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, false
	}
	var digits [20]byte
	return n, string(strconv.AppendInt(digits[:0], n, 10)) == string(text)
}
