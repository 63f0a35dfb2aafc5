package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"respbench.dev/respbench/results"
)

// An ending is a moment at which a driver's stdin is closed.
type ending struct {
	title  string
	warm   bool // before the clock starts
	do     func(*link, []byte) ([]byte, error)
	record bool // one with what was measured so far has to come
}

var endings = []ending{
	{"a pipe that is closed while it warms ends it", true, harmless, false},
	{"a pipe that is closed in the window ends it, with a record", false, harmless, true},
	{"a pipe that is closed while a call is blocked ends it", false, blocking, false},
}

// begun is after how many replies something is done to a driver.
const begun = 10

// leave closes a driver's stdin and waits for its end.
func (s subject) leave(ctx context.Context, sh shape, e ending) (string, error) {
	spec := s.spec(sh)
	spec.Limit.Duration = time.Minute
	if e.warm {
		spec.Warmup.Time = time.Minute
	}
	return e.title, s.meet(ctx, spec, e.do, e.warm, func(p *process) error {
		if err := p.endWithin(s.grace()); err != nil {
			return err
		}
		if e.record && (p.record == nil || !p.record.Stopped) {
			return errors.New("it wrote no record that says that it was stopped")
		}
		return nil
	})
}

// grace is how long a driver may take to end: the second that it has, and what
// a busy machine may need. Programs that speak as respbench's own trials do give
// up a call that is blocked after two seconds.
func (s subject) grace() time.Duration {
	if s.speaksTrial() {
		return 2500 * time.Millisecond
	}
	return 1500 * time.Millisecond
}

// ignoresInterrupt sends SIGINT, which a terminal sends to everybody.
func (s subject) ignoresInterrupt(ctx context.Context, sh shape) (string, error) {
	spec := s.spec(sh)
	spec.Limit.Duration = lasting
	return "SIGINT does not end it", s.meet(ctx, spec, harmless, false, func(p *process) error {
		self, err := os.FindProcess(p.Pid())
		if err == nil {
			err = self.Signal(os.Interrupt)
		}
		if err != nil {
			return fmt.Errorf("SIGINT: %w", err)
		}
		if err := p.await(ctx, results.EventRecord, nil, s.patience); err != nil {
			return fmt.Errorf("after SIGINT: %w", err)
		}
		if p.record.Stopped {
			return errors.New("SIGINT stopped it before its time")
		}
		return nil
	})
}

// meet starts a trial, and calls then when some replies have come.
func (s subject) meet(ctx context.Context, spec results.Spec, do func(*link, []byte) ([]byte, error), warm bool, then func(*process) error) error {
	remove, err := s.load(ctx, spec)
	if err != nil {
		return err
	}
	defer remove()
	proxy, err := listen(s.access, fault{command: "GET", nth: begun, do: do})
	if err != nil {
		return err
	}
	defer proxy.close()
	p, err := s.start(spec, proxy.access(), nil)
	if err != nil {
		return err
	}
	defer p.kill()
	if warm {
		proxy.arm()
	} else if err := p.await(ctx, results.EventReady, nil, s.patience); err != nil {
		return err
	} else {
		proxy.arm()
		p.tell(results.Order{Go: true})
	}
	if err := p.await(ctx, "", proxy.struck, s.patience); err != nil {
		return err
	}
	return then(p)
}

// unreachable runs a trial where nobody listens.
func (s subject) unreachable(ctx context.Context, sh shape) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	access := s.access
	access.Addrs = []string{listener.Addr().String()}
	_ = listener.Close()
	spec := s.spec(sh)
	spec.Limit.Duration = lasting
	began := time.Now()
	m, _, err := s.try(ctx, spec, access, func() {})
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil && m.Failure == "" && m.Ops == 0 && len(m.Errors) == 0:
		return "", errors.New("its record tells no error")
	case err == nil && m.Ops > 0:
		return "", fmt.Errorf("its record says %d ops", m.Ops)
	case time.Since(began) > s.patience:
		return "", fmt.Errorf("it was silent: %w", err)
	}
	return "where nobody listens it ends with an error", nil
}

// refusesProtocol asks in words that no driver knows.
func (s subject) refusesProtocol(ctx context.Context, sh shape) (string, error) {
	spec := s.spec(sh)
	remove, err := s.load(ctx, spec)
	if err != nil {
		return "", err
	}
	defer remove()
	p, err := s.start(spec, s.access, otherProtocol)
	if err != nil {
		return "", err
	}
	defer p.kill()
	switch err := p.await(ctx, results.EventReady, nil, s.patience); {
	case p.refused:
		return fmt.Sprintf("it refuses protocol %d", unknownProtocol), nil
	case err != nil:
		return "", fmt.Errorf("asked in protocol %d it tells no error: %w", unknownProtocol, err)
	}
	return "", fmt.Errorf("it does not refuse protocol %d", unknownProtocol)
}
