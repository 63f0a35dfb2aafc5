package scenarios

import (
	"sync/atomic"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

// A version is the how manieth value of a key: 0 is written before the trial.
// Values repeat after gen.Passes versions.
type version = int64

// A history is what is known of one key. One goroutine alone writes the key;
// all read it.
type history struct {
	begun  atomic.Int64 // the latest version whose SET has begun
	acked  atomic.Int64 // the latest one that was acknowledged
	unsure atomic.Bool  // a SET has failed: it may be done, at any time from then on
	times  [gen.Passes]atomic.Int64
}

// versions are those of all keys of a trial.
type versions struct {
	keys    *gen.Keys
	values  gen.Writer
	history []history
}

func newVersions(m *Material) *versions {
	return &versions{keys: m.keys, values: m.shared, history: make([]history, m.keys.Len())}
}

func (v *versions) value(key int, of version) clients.Value {
	return clients.Value(v.values.Written(key, int(of%gen.Passes)))
}

// begin starts the key's next version, and returns what to write.
func (v *versions) begin(key int) clients.Value {
	return v.value(key, v.history[key].begun.Add(1))
}

// end takes what became of the SET.
func (v *versions) end(key int, err error) (at int64) {
	h := &v.history[key]
	if err != nil {
		h.unsure.Store(true)
		return 0
	}
	latest := h.begun.Load()
	at = engine.Now()
	h.times[latest%gen.Passes].Store(at)
	h.acked.Store(latest)
	return at
}

// A question is what was known of a key before it was read.
type question struct {
	key   int
	acked version
	at    int64 // when
}

// ask reads the clock also of a key that nobody writes, so that a read costs
// the same in all mixes.
func (v *versions) ask(key int) question {
	return question{key: key, acked: v.history[key].acked.Load(), at: engine.Now()}
}

// What a reply may be.
const (
	current = -1 // at least as new as what was acknowledged before the question
	never   = -2 // of no version
)

// judge returns current, never, or for how long the reply had been out of date
// when the question was asked. Where it cannot tell, it is current.
func (v *versions) judge(q question, r *clients.Reply) (age int64) {
	if r.Is(v.value(q.key, q.acked)) {
		return current
	}
	return v.search(q, r)
}

// search finds the newest version that the reply may be.
func (v *versions) search(q question, r *clients.Reply) int64 {
	h := &v.history[q.key]
	latest := h.begun.Load()
	of := latest
	for ; !r.Is(v.value(q.key, of)); of-- {
		if of == 0 || of == latest-gen.Passes+1 {
			return never
		}
	}
	if of >= q.acked || h.unsure.Load() {
		return current
	}
	replaced := h.times[(of+1)%gen.Passes].Load()
	return max(q.at-replaced, current) // it is later where the writer is a round ahead by now
}
