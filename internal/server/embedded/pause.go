package embedded

import (
	"strings"
	"time"
)

// A pause holds commands up until its end.
type pause struct {
	end   time.Time
	all   bool          // else those that write
	ended chan struct{} // closed where a pause is lifted or changed
}

// clientPause is CLIENT PAUSE milliseconds [ALL | WRITE]. A second pause makes
// the first longer and stricter, never shorter.
func clientPause(c *conn, args [][]byte) {
	all := true
	switch {
	case len(args) > 4:
		c.fail("ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.")
		return
	case len(args) == 4 && is(args[3], "write"):
		all = false
	case len(args) == 4 && !is(args[3], "all"):
		c.fail("ERR CLIENT PAUSE mode must be WRITE or ALL")
		return
	}
	ms, ok := parseInt(args[2])
	switch {
	case !ok:
		c.fail("ERR timeout is not an integer or out of range")
	case ms < 0:
		c.fail("ERR timeout is negative")
	default:
		const longest = int64(365 * 24 * time.Hour / time.Millisecond)
		c.server.hold(time.Now().Add(time.Duration(min(ms, longest))*time.Millisecond), all)
		c.ok()
	}
}

func clientUnpause(c *conn, _ [][]byte) {
	c.server.release()
	c.ok()
}

func (s *Server) hold(end time.Time, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &pause{end: end, all: all, ended: make(chan struct{})}
	if now := s.paused.Load(); now != nil {
		if now.end.After(time.Now()) {
			next.all = next.all || now.all
			if now.end.After(end) {
				next.end = now.end
			}
		}
		close(now.ended) // those who wait look again
	}
	s.paused.Store(next)
}

func (s *Server) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.paused.Swap(nil); now != nil {
		close(now.ended)
	}
}

// await waits until no pause holds the command up any more, and reports whether
// the connection still lives then. What was answered before is sent first.
func (c *conn) await(cmd *command) bool {
	for p := c.server.paused.Load(); p != nil; p = c.server.paused.Load() {
		left := time.Until(p.end)
		if left <= 0 {
			c.server.paused.CompareAndSwap(p, nil) // over: nobody looks at the clock any more
			continue
		}
		if !p.all && !c.writes(cmd) {
			return true
		}
		if c.flush() != nil || !c.sleep(left, p) {
			return false
		}
	}
	return true
}

// sleep reports whether the connection still lives.
func (c *conn) sleep(longest time.Duration, p *pause) bool {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ended:
	case <-c.gone:
		return false
	case <-c.server.stop:
		return false
	}
	return true
}

// writes reports whether a command may change keys, as EXEC may do by what was
// queued.
func (c *conn) writes(cmd *command) bool {
	if cmd.name == "exec" && c.queue != nil {
		for _, call := range c.queue.calls {
			if call.cmd.writes() {
				return true
			}
		}
	}
	return cmd.writes()
}

func (c *command) writes() bool { return strings.HasPrefix(c.flags, "write") }
