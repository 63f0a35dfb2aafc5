package faultproxy

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// A Direction has the fault of one direction of all connections.
type Direction struct {
	mu      sync.Mutex
	fault   Fault
	changed chan struct{} // closed by the next Set
}

func newDirection() *Direction { return &Direction{changed: make(chan struct{})} }

// Set replaces the fault, also for bytes that are on their way.
func (d *Direction) Set(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = f
	close(d.changed)
	d.changed = make(chan struct{})
}

// Clear lets everything pass.
func (d *Direction) Clear() { d.Set(Fault{}) }

func (d *Direction) now() (Fault, <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fault, d.changed
}

// A flow is one direction of one connection: read gives each piece the time
// when it is due, write lets it pass then. So a latency delays a stream and
// does not slow it.
type flow struct {
	link      *link
	direction *Direction
	from, to  net.Conn
	random    *rand.Rand
	pieces    chan piece // closed when from has ended

	since  <-chan struct{} // tells one fault from the next
	passed int64           // bytes since then
	deaf   bool            // whatever comes is dropped
}

type piece struct {
	due   time.Time
	bytes []byte
}

// queue is how many pieces of at most pieceBytes a flow holds before its
// sender has to wait.
const (
	queue      = 256
	pieceBytes = 16 << 10
)

func newFlow(l *link, d *Direction, from, to net.Conn, seed int64) *flow {
	return &flow{
		link: l, direction: d, from: from, to: to,
		random: rand.New(rand.NewPCG(uint64(seed), 0)),
		pieces: make(chan piece, queue),
	}
}

func (f *flow) read() {
	defer close(f.pieces)
	for {
		bytes := make([]byte, pieceBytes)
		n, err := f.from.Read(bytes)
		if n > 0 {
			select {
			case f.pieces <- piece{f.due(), bytes[:n]}:
			case <-f.link.done:
				return
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			f.link.reset()
			return
		}
	}
}

func (f *flow) due() time.Time {
	fault, _ := f.direction.now()
	delay := fault.Latency
	if fault.Jitter > 0 {
		delay += time.Duration(f.random.Int64N(int64(fault.Jitter)))
	}
	return time.Now().Add(delay)
}

func (f *flow) write() {
	for {
		fault, changed := f.direction.now()
		if fault.HalfClose && !f.deaf {
			f.deaf = true
			finish(f.to)
		}
		select {
		case p, more := <-f.pieces:
			if !more {
				finish(f.to)
				return
			}
			f.sleep(time.Until(p.due))
			f.pass(p.bytes)
		case <-changed:
		case <-f.link.done:
			return
		}
	}
}

// pass hands bytes on as far as the fault lets it.
func (f *flow) pass(bytes []byte) {
	for len(bytes) > 0 && !f.deaf {
		fault, changed := f.direction.now()
		if changed != f.since {
			f.since, f.passed = changed, 0
		}
		switch {
		case fault.BlackHole:
			f.deaf = true
		case fault.HalfClose:
			f.deaf = true
			finish(f.to)
		case fault.Hold:
			select {
			case <-changed:
			case <-f.link.done:
				return
			}
		default:
			bytes = bytes[f.send(bytes, fault):]
		}
	}
}

// send writes what may pass at once.
func (f *flow) send(bytes []byte, fault Fault) (sent int) {
	if fault.Bandwidth > 0 {
		bytes = bytes[:min(len(bytes), max(1, fault.Bandwidth/100))]
	}
	if fault.ResetAfter > 0 {
		bytes = bytes[:min(int64(len(bytes)), fault.ResetAfter-f.passed)]
	}
	sent, err := f.to.Write(bytes)
	f.passed += int64(sent)
	switch {
	case err != nil:
		f.deaf = true
		f.link.close()
	case fault.ResetAfter > 0 && f.passed >= fault.ResetAfter:
		f.deaf = true
		f.link.reset()
	case fault.Bandwidth > 0:
		f.sleep(time.Duration(sent) * time.Second / time.Duration(fault.Bandwidth))
	}
	return sent
}

// sleep ends early with the connection.
func (f *flow) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-f.link.done:
	}
}
