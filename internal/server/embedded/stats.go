package embedded

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// counters are what one connection has counted for one command. Only its own
// goroutine adds to them, so the cache line stays where it is; INFO reads.
type counters struct {
	calls, failed, rejected atomic.Int64
	timed, nanos            atomic.Int64 // how many calls were timed, and their total
}

// timedEvery: two readings of the clock would cost more than a GET itself, so
// a command's time is taken from its first call and each 64th.
const timedEvery = 64

// A tally is the sum of counters.
type tally struct{ calls, failed, rejected, timed, nanos int64 }

func (c *counters) tally() tally {
	return tally{c.calls.Load(), c.failed.Load(), c.rejected.Load(), c.timed.Load(), c.nanos.Load()}
}

func (t *tally) add(o tally) {
	t.calls += o.calls
	t.failed += o.failed
	t.rejected += o.rejected
	t.timed += o.timed
	t.nanos += o.nanos
}

// usecPerCall is the mean over the calls that were timed.
func (t tally) usecPerCall() float64 {
	if t.timed == 0 {
		return 0
	}
	return float64(t.nanos) / float64(t.timed) / 1000
}

// run executes a command and counts it, after the fact as Redis does: an INFO
// does not see itself.
func (c *conn) run(cmd *command, args [][]byte) {
	count := &c.counters[cmd.index]
	c.failed = false
	if count.calls.Load()%timedEvery == 0 {
		begin := time.Now()
		cmd.handle(c, args)
		count.nanos.Add(int64(time.Since(begin)))
		count.timed.Add(1)
	} else {
		cmd.handle(c, args)
	}
	count.calls.Add(1)
	if c.failed {
		count.failed.Add(1)
	}
}

// errorCounts are the error replies by their code, the first word.
type errorCounts struct {
	mu     sync.Mutex
	byCode map[string]int64
}

func (e *errorCounts) add(text string) {
	code, _, _ := strings.Cut(text, " ")
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byCode == nil {
		e.byCode = make(map[string]int64)
	}
	e.byCode[code]++
}

func (e *errorCounts) counts() map[string]int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.byCode)
}

// tallies are the sums over all connections, living and ended, by
// command.index. A command is in them once its reply can have been received.
func (s *Server) tallies() []tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	sums := append([]tally(nil), s.retired...)
	for c := range s.conns {
		for i := range sums {
			sums[i].add(c.counters[i].tally())
		}
	}
	return sums
}
