package server

import (
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/internal/proc"
)

func TestRestart(t *testing.T) {
	s := start(t, "--maxmemory 64mb")
	command(t, s.Access, "SET", "k", "v")
	pid, exited := s.Pid(), s.Exited()
	stop := readWhile(s)
	away, err := s.Restart(t.Context())
	stop()
	if err != nil || away <= 0 || away > 5*time.Second {
		t.Fatalf("away for %v, %v", away, err)
	}
	if s.Pid() == pid || s.ExitReason() != "" {
		t.Errorf("pid %d, before %d; ended: %s", s.Pid(), pid, s.ExitReason())
	}
	if n := command(t, s.Access, "DBSIZE"); n != int64(0) {
		t.Errorf("%v keys", n)
	}
	if got := command(t, s.Access, "CONFIG", "GET", "maxmemory").([]any)[1]; got != "67108864" {
		t.Errorf("maxmemory %v", got)
	}
	select {
	case <-exited:
		t.Error("a restart was taken for the end")
	default:
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	<-exited
	if _, err := s.Restart(t.Context()); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("restart of a server that was closed: %v", err)
	}
}

// readWhile reads what others read during a restart until it is stopped.
func readWhile(s *Server) (stop func()) {
	done := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-s.Exited():
				return
			case <-time.After(time.Millisecond):
				_, _ = s.Pid(), s.ExitReason()
			}
		}
	})
	return func() { close(done); reader.Wait() }
}

func TestEndAfterRestart(t *testing.T) {
	s := start(t, "")
	if _, err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	kill(t, s)
}

func TestRestartThatFails(t *testing.T) {
	requireRedis(t)
	once := t.TempDir() + "/once"
	s, err := Start(t.Context(), options(t, "test -e "+once+" && { echo worn out; exit 3; }\ntouch "+once+`; exec redis-server "$@"`))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Restart(t.Context()); err == nil || !strings.Contains(err.Error(), "it ended: exit status 3: worn out") {
		t.Errorf("got %v", err)
	}
	<-s.Exited()
	if s.ExitReason() != "exit status 3" {
		t.Errorf("reason %q", s.ExitReason())
	}
	if _, err := (&Server{Kind: Remote}).Restart(t.Context()); err == nil {
		t.Error("a server that is not ours was restarted")
	}
}

func TestRestartKeepsCPUs(t *testing.T) {
	requireRedis(t)
	cpus := proc.CPUs()
	if len(cpus) == 0 {
		t.Skip("this system cannot pin")
	}
	o := options(t, "")
	o.CPUs = cpus[len(cpus)-1:]
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCPUs(t, s, o.CPUs)
}
