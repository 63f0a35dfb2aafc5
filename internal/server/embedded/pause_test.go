package embedded

import (
	"testing"
	"time"

	"respbench.dev/respbench/internal/resp"
)

// answers sends a request and returns how long its reply took to come.
func answers(p *peer, request ...string) <-chan time.Duration {
	p.t.Helper()
	took, began := make(chan time.Duration, 1), time.Now()
	p.send(string(resp.AppendCommand(nil, request...)))
	go func() {
		if _, err := p.in.ReadValue(); err == nil {
			took <- time.Since(began)
		}
		close(took)
	}()
	return took
}

// isHeld fails if a reply comes while it should not.
func isHeld(t *testing.T, reply <-chan time.Duration) {
	t.Helper()
	select {
	case took, ok := <-reply:
		t.Errorf("it was not held up: answered %v after %v", ok, took)
	case <-time.After(30 * time.Millisecond):
	}
}

func TestPauseHoldsEverythingUp(t *testing.T) {
	const length = 150 * time.Millisecond
	s := start(t, Options{})
	admin, p := connect(t, s), connect(t, s)
	p.do("PING")
	admin.want("OK", "CLIENT", "PAUSE", "150")
	for _, reply := range []<-chan time.Duration{answers(p, "GET", "k"), answers(admin, "CLIENT", "UNPAUSE")} {
		if took := <-reply; took < length-20*time.Millisecond {
			t.Errorf("answered after %v of a pause of %v", took, length)
		}
	}
	if s.paused.Load() != nil {
		t.Error("a pause that is over is still looked at")
	}
}

func TestPauseOfWrites(t *testing.T) {
	s := start(t, Options{})
	admin, p, q := connect(t, s), connect(t, s), connect(t, s)
	q.do("MULTI")
	q.do("SET", "b", "2")
	admin.want("OK", "CLIENT", "PAUSE", "60000", "write")
	p.want("(nil)", "GET", "a")
	set, exec := answers(p, "SET", "a", "1"), answers(q, "EXEC")
	isHeld(t, set)
	isHeld(t, exec)
	admin.want("(nil)", "GET", "a")
	admin.want("(nil)", "GET", "b")
	admin.want("OK", "CLIENT", "UNPAUSE")
	if _, ok := <-set; !ok {
		t.Error("the SET was not done")
	}
	if _, ok := <-exec; !ok {
		t.Error("the EXEC was not done")
	}
	admin.want("[1 2]", "MGET", "a", "b")
}

// A second pause makes the first longer and stricter, never shorter.
func TestPausesAddUp(t *testing.T) {
	s := start(t, Options{})
	admin, p := connect(t, s), connect(t, s)
	admin.want("OK", "CLIENT", "PAUSE", "60000", "write")
	set := answers(p, "SET", "a", "1")
	isHeld(t, set)
	admin.want("OK", "CLIENT", "PAUSE", "10", "write")
	isHeld(t, set)
	admin.want("OK", "CLIENT", "UNPAUSE")
	<-set
}

// What was asked before a pause is answered in it.
func TestRepliesBeforeAPauseAreSent(t *testing.T) {
	s := start(t, Options{})
	p := connect(t, s)
	p.send("PING\r\nCLIENT PAUSE 60000\r\nPING\r\n")
	for _, want := range []string{"PONG", "OK"} {
		if v, err := p.in.ReadValue(); err != nil || v.String() != want {
			t.Fatalf("got %v, %v, want %s", v, err, want)
		}
	}
}

// A connection that is held up can be killed, and so can the server.
func TestPausedConnectionsEnd(t *testing.T) {
	s := start(t, Options{})
	admin, p, q := connect(t, s), connect(t, s), connect(t, s)
	p.do("PING")
	admin.want("OK", "CLIENT", "PAUSE", "3600000", "write")
	set, other := answers(p, "SET", "a", "1"), answers(q, "SET", "b", "1")
	isHeld(t, set)
	admin.want("1", "CLIENT", "KILL", "ID", "2")
	if _, ok := <-set; ok {
		t.Error("a killed connection got its reply")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, ok := <-other; ok {
		t.Error("a write was done in a pause")
	}
}
