package embedded

import "respbench.dev/respbench/internal/resp"

// A transaction is what MULTI has queued.
type transaction struct {
	calls   []call
	spoiled bool // a request was rejected: EXEC must abort
}

// A call is a queued command; its arguments are its own.
type call struct {
	cmd  *command
	args [][]byte
}

// add queues a command. The arguments lie in the input buffer: they are
// copied, all into one piece of memory.
func (t *transaction) add(cmd *command, args [][]byte) {
	size := 0
	for _, arg := range args {
		size += len(arg)
	}
	memory := make([]byte, 0, size)
	own := make([][]byte, len(args))
	for i, arg := range args {
		begin := len(memory)
		memory = append(memory, arg...)
		own[i] = memory[begin:len(memory):len(memory)]
	}
	t.calls = append(t.calls, call{cmd, own})
}

func multi(c *conn, _ [][]byte) {
	if c.queue != nil {
		c.fail("ERR MULTI calls can not be nested")
		return
	}
	c.queue = &transaction{}
	c.ok()
}

func discard(c *conn, _ [][]byte) {
	if c.queue == nil {
		c.fail("ERR DISCARD without MULTI")
		return
	}
	c.queue = nil
	c.ok()
}

// execute is EXEC: it runs what was queued with every shard locked: nothing interleaves.
// Nothing is sent meanwhile, so a slow client holds nobody up.
func execute(c *conn, _ [][]byte) {
	queue := c.queue
	c.queue = nil
	switch {
	case queue == nil:
		c.fail("ERR EXEC without MULTI")
		return
	case queue.spoiled:
		c.fail("EXECABORT Transaction discarded because of previous errors.")
		return
	}
	c.out = resp.AppendArray(c.out, len(queue.calls))
	c.server.keys.lockAll()
	c.exclusive = true
	for _, call := range queue.calls {
		c.run(call.cmd, call.args)
	}
	c.exclusive = false
	c.server.keys.unlockAll()
	c.failed = false // EXEC itself has not
}
