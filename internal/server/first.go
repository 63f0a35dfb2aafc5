package server

import (
	"context"
	"strings"
)

// firstAnswer asks at all addresses at once and returns what comes first.
// Where nothing does, it returns the failure that tells most; nobody begins
// the sentence about servers none of which was reached. Nothing it has begun
// goes on when it returns.
func firstAnswer[T any](ctx context.Context, addresses []string, nobody string, ask func(context.Context, string) (T, *Problem)) (answer T, _ *Problem) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		index   int
		answer  T
		failure *Problem
	}
	outcomes := make(chan outcome, len(addresses))
	for i, address := range addresses {
		go func() {
			answer, failure := ask(ctx, address)
			outcomes <- outcome{i, answer, failure}
		}()
	}
	failures := make([]*Problem, len(addresses))
	answered := false
	for range addresses {
		o := <-outcomes
		if o.failure == nil && !answered {
			answer, answered = o.answer, true
			cancel()
		}
		failures[o.index] = o.failure
	}
	if answered {
		return answer, nil
	}
	return answer, worst(failures, nobody, strings.Join(addresses, ","))
}

// worst is the first failure of a server that was reached, else all of them in
// one.
func worst(failures []*Problem, nobody, addresses string) *Problem {
	for _, f := range failures {
		if !isUnreachable(f) || len(failures) == 1 {
			return f
		}
	}
	return &Problem{Code: failures[0].Code, Address: addresses, before: nobody, Advice: failures[0].Error()}
}
