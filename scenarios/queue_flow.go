package scenarios

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// How much may be under way: sent, and not received.
const (
	mostEach  = 100     // messages for each receiver
	mostBytes = 8 << 20 // of all messages, below what Redis keeps for a subscriber
	overhead  = 100     // bytes of a message beside its payload, about

	// patience is how long a worker waits for room while nothing is received.
	patience = time.Second
)

// underWay is how many messages each worker may have under way.
func underWay(l Load) int {
	return max(min(mostEach*l.Receivers, mostBytes/(l.DataSize+overhead))/l.Workers, 1)
}

// A message begins with when it was due, by whom it was sent, and as the how manieth of
// that worker, in 16 bytes. What follows is checked, too: the rest of the
// value that the worker would write to the key of that number.
const (
	headSize   = 16
	numberBits = 48
)

// A flow is what one worker sends.
type flow struct {
	worker int
	values gen.Writer
	copies int64 // of each message that arrive
	most   int64 // copies under way

	sent   atomic.Int64 // messages; receivers look whether a number can be right
	failed []int        // their numbers: they may have arrived, or not
	owed   int64        // copies of messages that were acknowledged
	buffer []byte

	taken   atomic.Int64 // copies that were received
	waiting atomic.Bool
	room    chan struct{}
	timer   *time.Timer
}

func newFlow(worker int, values gen.Writer, l Load, copies int) *flow {
	f := &flow{worker: worker, values: values, copies: int64(copies), most: int64(underWay(l) * copies)}
	f.buffer = make([]byte, 0, headSize+l.DataSize)
	f.room, f.timer = make(chan struct{}, 1), time.NewTimer(0)
	<-f.timer.C
	return f
}

// next is the worker's next message, valid until the one after it. It waits
// for room first: the wait is part of what the message takes since it was due.
func (f *flow) next(due int64) (string, error) {
	if !f.hasRoom() {
		if err := f.await(); err != nil {
			return "", err
		}
	}
	number := f.sent.Add(1) - 1
	f.buffer = binary.BigEndian.AppendUint64(f.buffer[:0], uint64(due))
	f.buffer = binary.BigEndian.AppendUint64(f.buffer, uint64(f.worker)<<numberBits|uint64(number))
	f.buffer = append(f.buffer, f.tail(int(number))...)
	return unsafe.String(unsafe.SliceData(f.buffer), len(f.buffer)), nil
}

func (f *flow) tail(number int) string {
	value := f.values.Written(number, f.worker)
	return value[min(headSize, len(value)):]
}

// done takes what became of the last message.
func (f *flow) done(err error) {
	if err != nil {
		f.failed = append(f.failed, int(f.sent.Load())-1)
		return
	}
	f.owed += f.copies
}

func (f *flow) hasRoom() bool { return f.owed-f.taken.Load() < f.most }

// await parks the worker until there is room.
func (f *flow) await() error {
	for before := int64(-1); ; {
		f.waiting.Store(true)
		if f.hasRoom() {
			return nil
		}
		f.timer.Reset(patience)
		select {
		case <-f.room:
		case <-f.timer.C:
			taken := f.taken.Load()
			if taken == before {
				return fmt.Errorf("%d of the worker's messages are under way, and none was received for %v", (f.owed-taken)/f.copies, patience)
			}
			before = taken
		}
	}
}

// take counts a copy as received, and wakes the worker if it waits for that.
func (f *flow) take() {
	f.taken.Add(1)
	if f.waiting.Load() && f.waiting.CompareAndSwap(true, false) {
		select {
		case f.room <- struct{}{}:
		default:
		}
	}
}

// wrongReply is a reply whose length does not tell what is wrong with it.
type wrongReply string

func (w wrongReply) Error() string { return string(w) }
func (w wrongReply) Unwrap() error { return &clients.Mismatch{} }
