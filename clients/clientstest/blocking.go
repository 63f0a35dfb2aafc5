package clientstest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
)

func blockingPop(key, seconds string) clients.Call {
	return clients.Call{Words: []string{"BLPOP", key, seconds}, Key: 1, Blocks: true}
}

// checkBlocking waits in the server for longer than the time-out: only the
// server ends that, with or without an element.
func checkBlocking(t *testing.T, s subject) {
	if !s.variant.Has.Command {
		return
	}
	to := Target(s.server.addr, 1)
	to.Timeout = short
	session := s.alone(t, to)
	var answer clients.Answer
	for _, ctx := range []context.Context{context.Background(), t.Context()} {
		begin := time.Now()
		err := session.(clients.Commander).Do(ctx, blockingPop("blocking none", "0.7"), &answer)
		if took := time.Since(begin); err != nil || answer.Shape != clients.Null || took < 2*short {
			t.Fatalf("after %v: %s, %v", took, show(answer), err)
		}
		mustSetGet(t, session, "blocking", text("after"))
	}
}

// checkBlockingAlone has one session wait while the others of the same client
// go on: one of them ends the wait.
func checkBlockingAlone(t *testing.T, s subject) {
	if !s.variant.Has.Command {
		return
	}
	const others, steps = 3, 30
	c := s.open(t, Target(s.server.addr, others+2))
	s.server.admin.Do(t, "DEL", "blocking list")
	waiting := Session(t, c)
	popped := make(chan error, 1)
	var answer clients.Answer
	go func() {
		popped <- waiting.(clients.Commander).Do(context.Background(), blockingPop("blocking list", "8"), &answer)
	}()
	time.Sleep(50 * time.Millisecond) // a pop that is not sent yet must go well, too
	InParallel(t, c, others, func(ctx context.Context, worker int, session clients.Session) error {
		for i := range steps {
			if err := SetGet(ctx, session, fmt.Sprint("blocking ", worker), text(fmt.Sprint(i))); err != nil {
				return err
			}
		}
		return nil
	})
	if len(popped) > 0 {
		t.Error("the others have waited")
	}
	mustDo(t, Session(t, c), clients.Call{Words: []string{"RPUSH", "blocking list", "element"}, Key: 1}, &clients.Answer{}, "1")
	if err := ends(t, func() error { return <-popped }); err != nil || show(answer) != "['blocking list' 'element']" {
		t.Errorf("popped %s, %v", show(answer), err)
	}
	mustSetGet(t, waiting, "blocking", text("after"))
}
