package clientstest

import (
	"context"
	"strconv"
	"testing"

	"respbench.dev/respbench/clients"
)

func checkCounter(t *testing.T, s subject) {
	if !s.variant.Has.Count {
		return
	}
	session := s.alone(t, Target(s.server.addr, 1))
	counter, ok := session.(clients.Counter)
	if !ok {
		t.Fatal("claims to count and does not")
	}
	ctx := context.Background()
	s.server.admin.Do(t, "DEL", "counter")
	for i := range int64(3) {
		if n, err := counter.Incr(ctx, "counter"); err != nil || n != i+1 {
			t.Fatalf("increment %d is %d, %v", i+1, n, err)
		}
	}
	const large = 1<<53 + 1 // no float holds it
	s.server.admin.Do(t, "SET", "counter", strconv.Itoa(large))
	if n, err := counter.Incr(ctx, "counter"); err != nil || n != large+1 {
		t.Errorf("after %d comes %d, %v", large, n, err)
	}

	mustSetGet(t, session, "no number", text("v"))
	n, err := counter.Incr(ctx, "no number")
	if err == nil || clients.Classify(err) != clients.Other {
		t.Errorf("a value that is no number is incremented to %d, %v", n, err)
	}
	mustSetGet(t, session, "no number", text("after"))
}
