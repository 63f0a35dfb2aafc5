package clientstest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"respbench.dev/respbench/clients"
)

// Pairs are n SETs, each followed by the GET of its key.
func Pairs(prefix string, n int) []clients.Command {
	var commands []clients.Command
	for i := range n {
		key := fmt.Sprint(prefix, " ", i)
		commands = append(commands, set(key, fmt.Sprint("value ", i)), get(key))
	}
	return commands
}

func set(key, value string) clients.Command {
	return clients.Command{Key: key, Value: text(value)}
}

func get(key string) clients.Command { return clients.Command{Key: key, IsGet: true} }

// mustPipeline sends pairs and compares each reply with the SET before it.
func mustPipeline(ctx context.Context, t testing.TB, p clients.Pipeliner, commands []clients.Command) {
	t.Helper()
	if err := p.Pipeline(ctx, commands); err != nil {
		t.Fatalf("pipeline: %v", err)
	}
	for i := 1; i < len(commands); i += 2 {
		if err := commands[i].Reply.Check(commands[i].Key, commands[i-1].Value); err != nil {
			t.Fatalf("command %d: %v", i, err)
		}
	}
}

// pipeliner returns the session of s as one, or ends the test: what a variant
// does not claim need not work.
func (s subject) pipeliner(t *testing.T, to clients.Target) (clients.Pipeliner, bool) {
	t.Helper()
	if !s.variant.Has.Pipeline {
		return nil, false
	}
	p, ok := s.alone(t, to).(clients.Pipeliner)
	if !ok {
		t.Fatal("claims to pipeline and does not")
	}
	return p, true
}

func checkPipeline(t *testing.T, s subject) {
	p, ok := s.pipeliner(t, Target(s.server.addr, 1))
	if !ok {
		return
	}
	ctx := context.Background()
	mustPipeline(ctx, t, p, Pairs("pipeline", 1))
	mustPipeline(ctx, t, p, Pairs("pipeline", 100))
	mustPipeline(ctx, t, p, Pairs("pipeline again", 7))

	missing := []clients.Command{get("nobody set this"), set("pipeline", "v"), get("pipeline"), get("nor this")}
	if err := p.Pipeline(ctx, missing); err != nil {
		t.Fatalf("a missing key is an error: %v", err)
	}
	if !missing[0].Reply.IsMiss() || !missing[3].Reply.IsMiss() {
		t.Error("a missing key is not a miss")
	}
	if err := missing[2].Reply.Check("pipeline", text("v")); err != nil {
		t.Error(err)
	}
}

// checkLargePipeline sends more than any library passes to its usual path.
func checkLargePipeline(t *testing.T, s subject) {
	const depth = 1500
	to := Target(s.server.addr, 1)
	to.Depth = depth
	if p, ok := s.pipeliner(t, to); ok {
		mustPipeline(context.Background(), t, p, Pairs("large", depth))
	}
}

func checkPipelineError(t *testing.T, s subject) {
	p, ok := s.pipeliner(t, Target(s.server.addr, 1))
	if !ok {
		return
	}
	s.server.admin.Do(t, "DEL", "list")
	s.server.admin.Do(t, "RPUSH", "list", "element")
	commands := []clients.Command{
		set("before", "1"), get("before"), get("list"), set("after", "2"), get("after"),
	}
	err := p.Pipeline(context.Background(), commands)
	if err == nil {
		t.Fatal("a GET of a list is no error")
	}
	if _, isMismatch := errors.AsType[*clients.Mismatch](err); isMismatch {
		t.Errorf("a GET of a list is %v", err)
	}
	for i, want := range map[int]string{1: "1", 4: "2"} {
		if err := commands[i].Reply.Check(commands[i].Key, text(want)); err != nil {
			t.Errorf("beside an error: %v", err)
		}
	}
	mustPipeline(context.Background(), t, p, Pairs("after an error", 3))
}
