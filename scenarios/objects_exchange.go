package scenarios

import (
	"context"

	"respbench.dev/respbench/clients"
)

// anything is wanted of a reply that is looked at later, or not at all.
const anything = -1

// An exchange collects the calls of one transaction, with the numbers that they
// are to be answered with. Its memory is used again.
type exchange struct {
	tx      clients.Transactor
	extra   sentCounts // counts calls that belong to no op; nil: they do
	calls   []clients.Call
	wants   []int64
	answers []clients.Answer
}

// add adds a call whose first argument is its key.
func (x *exchange) add(want int64, words ...string) {
	if n := len(x.calls); n < cap(x.calls) {
		x.calls = x.calls[:n+1]
	} else {
		x.calls = append(x.calls, clients.Call{})
	}
	call := &x.calls[len(x.calls)-1]
	call.Words, call.Key = append(call.Words[:0], words...), 1
	x.wants = append(x.wants, want)
}

// commit sends what was added, and compares. The answers stay until the next
// one.
func (x *exchange) commit(ctx context.Context) error {
	calls, wants := x.calls, x.wants
	x.calls, x.wants = x.calls[:0], x.wants[:0]
	for len(x.answers) < len(calls) {
		x.answers = append(x.answers, clients.Answer{})
	}
	answers := x.answers[:len(calls)]
	for i := range answers {
		answers[i].Reset()
	}
	err := x.tx.Transact(ctx, calls, answers)
	x.extra.transaction(calls, err == nil)
	if err != nil {
		return err
	}
	for i, want := range wants {
		if a := &answers[i]; want != anything && (a.Shape != clients.Int || a.Int != want) {
			return wrong(calls[i].Words[1], "answered %s with %s, want %d", calls[i].Words[0], described(a), want)
		}
	}
	return nil
}
