package scenarios

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"respbench.dev/respbench/internal/engine"
)

// An inbox is what one receiver got. It has no lock: the receiver alone writes
// to it, and it is read when that has ended.
type inbox struct {
	flows   []*flow
	since   int64 // nothing was due before
	sampler *engine.Sampler

	seen   []numbers // by worker
	newest []int     // number, by worker
	count  ledger
}

// A ledger counts what should not happen to messages.
type ledger struct {
	lost    int64 // acknowledged, and not received
	twice   int64 // received again
	late    int64 // received after a later one of the same worker
	strange int64 // received, and never sent
}

func newInbox(flows []*flow, sampler *engine.Sampler) *inbox {
	b := &inbox{flows: flows, since: engine.Now(), sampler: sampler}
	b.seen, b.newest = make([]numbers, len(flows)), make([]int, len(flows))
	return b
}

// receive takes a message. One that is redelivered may have been received.
func (b *inbox) receive(message string, redelivered bool) {
	now := engine.Now()
	worker, number, due := b.read(message)
	if worker < 0 || due < b.since || due > now {
		b.count.strange++
		return
	}
	if !b.seen[worker].add(number) {
		if !redelivered {
			b.count.twice++
		}
		return
	}
	if number < b.newest[worker] {
		b.count.late++
	}
	b.newest[worker] = max(number, b.newest[worker])
	b.flows[worker].take()
	b.sampler.Sample(now - due)
}

// read returns a negative worker if none has sent the message.
func (b *inbox) read(message string) (worker, number int, due int64) {
	if len(message) < headSize {
		return -1, 0, 0
	}
	head := []byte(message[:headSize])
	due = int64(binary.BigEndian.Uint64(head))
	from := binary.BigEndian.Uint64(head[8:])
	worker, number = int(from>>numberBits), int(from&(1<<numberBits-1))
	if worker >= len(b.flows) || int64(number) >= b.flows[worker].sent.Load() || message[headSize:] != b.flows[worker].tail(number) {
		return -1, 0, 0
	}
	return worker, number, due
}

// numbers is a set, a bit for each.
type numbers []uint64

// add reports whether n is new.
func (s *numbers) add(n int) bool {
	for len(*s) <= n/64 {
		*s = append(*s, 0)
	}
	word, bit := &(*s)[n/64], uint64(1)<<(n%64)
	isNew := *word&bit == 0
	*word |= bit
	return isNew
}

func (s numbers) has(n int) bool { return n/64 < len(s) && s[n/64]&(1<<(n%64)) != 0 }

func (s numbers) len() (n int64) {
	for _, word := range s {
		n += int64(bits.OnesCount64(word))
	}
	return n
}

// union adds what another has, and returns how much of it is in both.
func (s *numbers) union(other numbers) (both int64) {
	for i, word := range other {
		if i == len(*s) {
			*s = append(*s, 0)
		}
		both += int64(bits.OnesCount64((*s)[i] & word))
		(*s)[i] |= word
	}
	return both
}

// missing is how many messages were acknowledged and are not among the seen.
func (f *flow) missing(seen numbers) int64 {
	missing := f.sent.Load() - seen.len()
	for _, number := range f.failed {
		if !seen.has(number) {
			missing--
		}
	}
	return missing
}

// once is the ledger of messages that one of the receivers should get. These
// may overtake one another.
func once(flows []*flow, inboxes []*inbox) (sum ledger) {
	for _, f := range flows {
		var all numbers
		for _, b := range inboxes {
			sum.twice += all.union(b.seen[f.worker])
		}
		sum.lost += f.missing(all)
	}
	for _, b := range inboxes {
		sum.twice += b.count.twice
		sum.strange += b.count.strange
	}
	return sum
}

// everywhere is the ledger of messages that every receiver should get.
func everywhere(flows []*flow, inboxes []*inbox) (sum ledger) {
	for _, b := range inboxes {
		for _, f := range flows {
			sum.lost += f.missing(b.seen[f.worker])
		}
		sum.twice += b.count.twice
		sum.late += b.count.late
		sum.strange += b.count.strange
	}
	return sum
}

// err says what has happened to messages of that name, or is nil.
func (l ledger) err(name string) error {
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{
		{l.lost, "lost"}, {l.twice, "received twice"}, {l.late, "out of order"}, {l.strange, "received that nobody sent"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if parts == nil {
		return nil
	}
	return fmt.Errorf("%s: %s", name, strings.Join(parts, ", "))
}
