package embedded

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/internal/resp"
)

const (
	inputSize  = 32 << 10
	outputSize = 16 << 10
	flushAt    = 64 << 10 // replies beyond this go out before the input is drained
	keepOutput = 4 << 20  // a larger output buffer is not kept
)

// A conn is one client's connection; its goroutine alone uses it, except for
// counters.
type conn struct {
	server   *Server
	socket   net.Conn
	in       *resp.Reader
	out      []byte // replies that have not been sent
	counters []counters

	id            int64
	db            int
	proto         int
	authenticated bool
	quitting      bool // the connection ends after this reply
	failed        bool // the command that runs has answered with an error
	exclusive     bool // EXEC runs: all shards are locked already
	queue         *transaction

	gone   chan struct{} // closed by CLIENT KILL of another connection
	killed atomic.Bool

	began time.Time

	// What CLIENT LIST of other connections shows. It, db and proto are changed
	// under the lock, by their own goroutine alone.
	mu                        sync.Mutex
	name, libName, libVersion string
}

func newConn(s *Server, socket net.Conn, id int64) *conn {
	c := &conn{
		server:        s,
		socket:        socket,
		out:           make([]byte, 0, outputSize),
		counters:      make([]counters, len(s.byIndex)),
		id:            id,
		proto:         2,
		authenticated: s.opts.Password == "",
		began:         time.Now(),
		gone:          make(chan struct{}),
	}
	c.in = resp.NewReader(c, inputSize)
	c.in.Unauthenticated = !c.authenticated
	return c
}

// serve answers commands until the client leaves or breaks the protocol.
func (c *conn) serve() {
	for !c.quitting && !c.killed.Load() {
		args, err := c.in.ReadCommand()
		if err != nil {
			c.refuse(err)
			break
		}
		c.handle(args)
		if len(c.out) >= flushAt && c.flush() != nil {
			return
		}
	}
	c.flush()
}

// Read is where the reader gets its bytes. It sends what has been answered
// first: whenever the input is drained, and only then.
func (c *conn) Read(p []byte) (int, error) {
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.socket.Read(p)
}

func (c *conn) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.socket.Write(c.out)
	if c.out = c.out[:0]; cap(c.out) > keepOutput {
		c.out = make([]byte, 0, outputSize)
	}
	return err
}

// refuse tells a client that breaks the protocol why it is cut off.
func (c *conn) refuse(err error) {
	if perr, ok := errors.AsType[*resp.ProtocolError](err); ok {
		c.fail("ERR " + perr.Error())
	}
}

// handle answers one request: checks in the order of Redis, then runs or
// queues it.
func (c *conn) handle(args [][]byte) {
	cmd := c.server.lookup(args)
	switch {
	case cmd == nil && crossProtocol(args[0]):
		c.quitting = true
	case cmd == nil:
		c.reject(nil, unknown(c.server, args))
	case !cmd.accepts(len(args)):
		c.reject(cmd, "ERR wrong number of arguments for '"+cmd.name+"' command")
	case !c.authenticated && !cmd.open:
		c.reject(cmd, "NOAUTH Authentication required.")
	case c.server.paused.Load() != nil && !c.await(cmd):
		c.quitting = true
	case c.queue != nil && !cmd.immediate:
		c.queue.add(cmd, args)
		c.out = append(c.out, "+QUEUED\r\n"...)
	default:
		c.run(cmd, args)
	}
}

// crossProtocol knows the first words of an HTTP request. A web page must not
// be able to make a browser send us commands in the body of one.
func crossProtocol(word []byte) bool {
	return bytes.EqualFold(word, []byte("post")) || bytes.EqualFold(word, []byte("host:"))
}

// reject answers a request that is not run, which also spoils a transaction;
// an EXEC that is rejected ends it.
func (c *conn) reject(cmd *command, text string) {
	if cmd != nil {
		c.counters[cmd.index].rejected.Add(1)
	}
	if cmd != nil && cmd.name == "exec" {
		c.queue = nil
		text = "EXECABORT Transaction discarded because of: " + strings.TrimPrefix(text, "ERR ")
	}
	c.fail(text)
	if c.queue != nil {
		c.queue.spoiled = true
	}
}

// unknown is Redis's text for a command or subcommand that does not exist.
func unknown(s *Server, args [][]byte) string {
	const longest = 128
	if parent := s.commands[strings.ToLower(string(args[0]))]; parent != nil {
		return "ERR unknown subcommand '" + shorten(args[1], longest) + "'. Try " + strings.ToUpper(parent.name) + " HELP."
	}
	var quoted strings.Builder
	for _, arg := range args[1:] {
		if quoted.Len() >= longest {
			break
		}
		quoted.WriteString("'" + shorten(arg, longest-quoted.Len()) + "' ")
	}
	return "ERR unknown command '" + shorten(args[0], longest) + "', with args beginning with: " + quoted.String()
}

// shorten is text as C prints it: up to a NUL, and at most n bytes.
func shorten(text []byte, n int) string {
	text, _, _ = bytes.Cut(text, []byte{0})
	return string(text[:min(n, len(text))])
}

func (c *conn) fail(text string) {
	c.failed = true
	c.server.errors.add(text)
	c.out = resp.AppendError(c.out, text)
}

func (c *conn) ok()           { c.out = append(c.out, "+OK\r\n"...) }
func (c *conn) null()         { c.out = resp.AppendNull(c.out, c.proto) }
func (c *conn) int(n int64)   { c.out = resp.AppendInt(c.out, n) }
func (c *conn) array(n int)   { c.out = resp.AppendArray(c.out, n) }
func (c *conn) pairs(n int)   { c.out = resp.AppendMap(c.out, c.proto, n) }
func (c *conn) bulk(b []byte) { c.out = resp.AppendBulk(c.out, b) }
func (c *conn) text(s string) { c.out = resp.AppendBulkString(c.out, s) }

// lock locks the shard of key, unless a transaction holds them all.
func (c *conn) lock(key []byte) *shard {
	s := &c.server.keys.shards[c.server.keys.index(key)]
	if !c.exclusive {
		s.mu.Lock()
	}
	return s
}

func (c *conn) unlock(s *shard) {
	if !c.exclusive {
		s.mu.Unlock()
	}
}

// lockKeys locks the shards of every stride-th of keys, so that the command
// is atomic, and returns how to unlock them.
func (c *conn) lockKeys(keys [][]byte, stride int) (unlock func()) {
	if c.exclusive {
		return func() {}
	}
	var set lockset
	for i := 0; i < len(keys); i += stride {
		set.add(c.server.keys.index(keys[i]))
	}
	c.server.keys.each(&set, lockMutex)
	return func() { c.server.keys.each(&set, unlockMutex) }
}

// shard is the shard of a key that is locked already.
func (c *conn) shard(key []byte) *shard {
	return &c.server.keys.shards[c.server.keys.index(key)]
}

// lockAll locks every shard, and returns how to unlock them.
func (c *conn) lockAll() (unlock func()) {
	if c.exclusive {
		return func() {}
	}
	c.server.keys.lockAll()
	return c.server.keys.unlockAll
}

func lockMutex(mu *sync.Mutex)   { mu.Lock() }
func unlockMutex(mu *sync.Mutex) { mu.Unlock() }
