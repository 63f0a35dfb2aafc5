package raw

import (
	"context"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// A trial closes the sessions of receivers that still wait.
func TestCloseBesideACall(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	for _, blocks := range []bool{true, false} {
		c, s := openVariant(t, Library.Variants[0], server.Addr, time.Minute)
		t.Cleanup(func() { _ = c.Close() })
		ended := make(chan error, 1)
		go func() {
			var answer clients.Answer
			ended <- s.(clients.Commander).Do(context.Background(), clients.Call{Words: []string{"BLPOP", "nothing", "60"}, Key: 1, Blocks: blocks}, &answer)
		}()
		time.Sleep(50 * time.Millisecond) // a call that has not begun yet must fail, too
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; clients.Classify(err) != clients.Reset {
			t.Errorf("the call: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closed again: %v", err)
		}
	}
}
