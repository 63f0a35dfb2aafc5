package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"respbench.dev/respbench/results"
)

// A blow is a fault and what has to come of it.
type blow struct {
	title   string
	command string // whose reply it is done to
	do      func(*link, []byte) ([]byte, error)
	check   func(m *results.Measured, seen sight, sh shape) error
}

var blows = []blow{
	{"a wrong byte in one reply to a GET is a mismatch, and fails the trial", "GET", wrongByte, isMismatch},
	{"a nil for one key that was set is a mismatch, and fails the trial", "GET", missing, isMismatch},
	{"one error for a SET is one failed step, and the trial goes on", "SET", refusal, isOneError},
	{"one error for a GET is one failed step, and the trial goes on", "GET", refusal, isOneError},
	{"a cut connection fails steps, and the trial goes on over another", "GET", cut, goesOn},
}

// hit runs a trial in which one reply, anywhere in the window, is not what the
// server has said.
func (s subject) hit(ctx context.Context, sh shape, b blow) (string, error) {
	spec := s.spec(sh)
	spec.Limit.Steps = sh.faulty
	remove, err := s.load(ctx, spec)
	if err != nil {
		return "", err
	}
	defer remove()
	replies := int(sh.faulty * sh.pairs())
	f := fault{command: b.command, nth: 1 + rand.IntN(replies/2), do: b.do}
	m, seen, err := s.observe(ctx, spec, f)
	if err != nil {
		return "", err
	}
	if !seen.struck {
		return "", fmt.Errorf("there was no reply number %d to a %s in the window", f.nth, b.command)
	}
	if want := int64(replies); m.Attempts != want {
		return "", fmt.Errorf("asked for exactly %d ops, its record says %d tried", want, m.Attempts)
	}
	if err := b.check(m, seen, sh); err != nil {
		return "", fmt.Errorf("reply %d of %d: %w", f.nth, replies, err)
	}
	return b.title, nil
}

func isMismatch(m *results.Measured, _ sight, sh shape) error {
	if err := oneStep(m, "mismatch", sh); err != nil {
		return err
	}
	if m.Failure == "" {
		return errors.New("the trial does not count as failed")
	}
	return nil
}

func isOneError(m *results.Measured, seen sight, sh shape) error {
	if err := oneStep(m, "other", sh); err != nil {
		return err
	}
	return hasGoneOn(seen)
}

// oneStep holds that exactly one step failed.
func oneStep(m *results.Measured, class string, sh shape) error {
	missed, classes := failed(m)
	if !maps.Equal(m.Errors, map[string]int64{class: 1}) {
		return fmt.Errorf("its errors are: %s; want 1 %s", classes, class)
	}
	if missed != sh.pairs() {
		return fmt.Errorf("%d ops less were done than tried, want %d: one step", missed, sh.pairs())
	}
	return nil
}

func goesOn(m *results.Measured, seen sight, sh shape) error {
	missed, classes := failed(m)
	switch {
	case len(m.Errors) == 0:
		return errors.New("it tells no error: did the library try again by itself?")
	case m.Errors["mismatch"] > 0:
		return fmt.Errorf("its errors are: %s; want no mismatch", classes)
	case missed > m.Attempts/2:
		return fmt.Errorf("%d of %d ops failed: %s", missed, m.Attempts, classes)
	case seen.accepted < 2 && sh.workers == 1:
		return errors.New("it has opened no other connection")
	}
	return hasGoneOn(seen)
}

func hasGoneOn(seen sight) error {
	if seen.after == 0 {
		return errors.New("it has sent nothing more since")
	}
	return nil
}

// tries are how often a check is made that a busy machine may spoil.
const tries = 3

// timed holds one reply back: one sample has to show that.
func (s subject) timed(ctx context.Context, sh shape) (said string, err error) {
	for range tries {
		if said, err = s.holdBack(ctx, sh); err == nil || ctx.Err() != nil {
			break
		}
	}
	return said, err
}

func (s subject) holdBack(ctx context.Context, sh shape) (string, error) {
	spec := s.spec(sh)
	spec.Limit.Steps = sh.faulty
	remove, err := s.load(ctx, spec)
	if err != nil {
		return "", err
	}
	defer remove()
	m, _, err := s.observe(ctx, spec, fault{command: "GET", nth: 1 + rand.IntN(int(sh.faulty)/2), do: holding})
	if err != nil {
		return "", err
	}
	if err := samples(m, sh, 0); err != nil {
		return "", err
	}
	service := m.Kinds[0].Service
	long, err := longer(service, held-time.Millisecond) // a histogram is as exact as that
	if err != nil {
		return "", err
	}
	if long != 1 || time.Duration(*service.Max) < held {
		return "", fmt.Errorf("a reply was held back for %v: %d of %d samples are as long, want 1", held, long, service.Count)
	}
	return fmt.Sprintf("a reply that comes %v late shows in one sample of that length", held), nil
}

// longer counts the samples of at least d.
func longer(r results.Recording, d time.Duration) (n int64, err error) {
	if r.Count == 0 || r.Max == nil {
		return 0, errors.New("it has no samples")
	}
	h, err := r.Histogram()
	if err != nil {
		return 0, err
	}
	h.ForEachBucket(func(value, count int64) bool {
		if value >= int64(d) {
			n += count
		}
		return true
	})
	return n, nil
}
