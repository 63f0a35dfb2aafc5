package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"respbench.dev/respbench/internal/proc"
)

// watch sees a process end. It is the server's end unless another follows.
func (s *Server) watch(p *proc.Guarded) {
	<-p.Exited()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == p && !s.busy && s.reason == "" {
		s.reason = p.ExitReason()
		close(s.exited)
	}
}

// Restart kills a server that we started and starts it again at the same
// address, on the same CPUs and with the same options; it has forgotten its
// keys. It returns when the new one answers and says how long none did. When it
// cannot be started again, the server has ended.
func (s *Server) Restart(ctx context.Context) (away time.Duration, err error) {
	s.change.Lock()
	defer s.change.Unlock()
	old, err := s.beginRestart()
	if err != nil {
		return 0, err
	}
	killed := time.Now()
	fresh, err := s.replace(ctx, old)
	away = time.Since(killed)
	s.endRestart(fresh)
	if err != nil {
		return away, fmt.Errorf("restart the %s server: %w", s.Kind, err)
	}
	return away, nil
}

func (s *Server) beginRestart() (*proc.Guarded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.process == nil:
		return nil, errors.New("restart: the server was not started by us")
	case s.reason != "":
		return nil, fmt.Errorf("restart: the server has ended: %s", s.reason)
	}
	s.busy = true
	return s.process, nil
}

// replace kills old and returns its successor, also one that does not answer.
func (s *Server) replace(ctx context.Context, old *proc.Guarded) (*proc.Guarded, error) {
	process, err := os.FindProcess(old.Pid())
	if err == nil {
		err = process.Kill()
	}
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return old, err
	}
	<-old.Exited()
	if err := old.Close(); err != nil {
		return old, err
	}
	fresh, err := s.start(proc.FolderPath())
	if err != nil {
		return old, err
	}
	ctx, cancel := context.WithTimeout(ctx, max(s.limits.Timeout, defaultTimeout))
	defer cancel()
	if err := s.awaitAnswer(ctx, fresh); err != nil {
		return fresh, errors.Join(err, fresh.Close())
	}
	return fresh, nil
}

// endRestart has p watched from now on; after a failure it has ended already.
func (s *Server) endRestart(p *proc.Guarded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process, s.busy = p, false
	go s.watch(p)
}
