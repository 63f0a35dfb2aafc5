package embedded

import (
	"strconv"

	"respbench.dev/respbench/internal/resp"
)

// scanOptions are the options of one SCAN.
type scanOptions struct {
	match   []byte // nil: every key
	count   int
	strings bool // TYPE string, or no TYPE: other types have no keys here
}

// scan is SCAN. A cursor is the number of a shard and a call returns whole
// shards, at least one, until it has COUNT keys: a key that is there from the
// first call to the last is in a shard that was read, whatever else changed.
func scan(c *conn, args [][]byte) {
	cursor, err := strconv.ParseUint(string(args[1]), 10, 64)
	if err != nil {
		c.fail("ERR invalid cursor")
		return
	}
	opts, problem := parseScan(args[2:])
	if problem != "" {
		c.fail(problem)
		return
	}
	keys, next := c.scanFrom(cursor, opts)
	c.array(2)
	c.text(strconv.FormatUint(next, 10))
	c.array(keys.n)
	c.out = append(c.out, keys.encoded...)
}

// scanned are keys as a reply has them.
type scanned struct {
	n       int
	encoded []byte
}

func (c *conn) scanFrom(cursor uint64, opts scanOptions) (keys scanned, next uint64) {
	looked := 0
	for ; cursor < shardCount; cursor++ {
		if looked >= opts.count {
			return keys, cursor
		}
		looked += c.scanShard(&c.server.keys.shards[cursor], opts, &keys)
	}
	return keys, 0
}

// scanShard collects a shard's keys and returns how many it has looked at.
func (c *conn) scanShard(s *shard, opts scanOptions, keys *scanned) int {
	if !c.exclusive {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	entries := s.dbs[c.db].entries
	now := nowMillis()
	for key, e := range entries {
		expired := e.expires != 0 && e.expires <= now
		if expired || !opts.strings || opts.match != nil && !matches(string(opts.match), key) {
			continue
		}
		keys.n++
		keys.encoded = resp.AppendBulkString(keys.encoded, key)
	}
	return len(entries)
}

func parseScan(args [][]byte) (opts scanOptions, problem string) {
	opts = scanOptions{count: 10, strings: true}
	for ; len(args) >= 2; args = args[2:] {
		switch {
		case is(args[0], "match"):
			opts.match = args[1]
		case is(args[0], "type"):
			opts.strings = is(args[1], "string")
		case is(args[0], "count"):
			n, ok := parseInt(args[1])
			if !ok {
				return opts, errNotInteger
			}
			if n < 1 {
				return opts, errSyntax
			}
			opts.count = int(n)
		default:
			return opts, errSyntax
		}
	}
	if len(args) != 0 {
		return opts, errSyntax
	}
	return opts, ""
}
