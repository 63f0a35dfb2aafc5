package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// signalled is why a run was interrupted.
type signalled struct{ signal syscall.Signal }

func (s signalled) Error() string {
	names := map[syscall.Signal]string{syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP"}
	return "ended by " + names[s.signal]
}

func (s signalled) exitCode() int { return 128 + int(s.signal) }

// withSignals returns a context that ends with the first SIGINT, SIGTERM or
// SIGHUP; a second one ends the process at once. A SIGHUP that was ignored at
// the start, as under nohup, stays ignored. A broken pipe becomes an error of
// the write: keys are removed first even if nobody reads the output any more.
func withSignals(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	watched := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		watched = append(watched, syscall.SIGHUP)
	}
	caught := make(chan os.Signal, 2)
	signal.Notify(caught, watched...)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		first := signalled{(<-caught).(syscall.Signal)}
		cancel(first)
		second := signalled{(<-caught).(syscall.Signal)}
		fmt.Fprintln(os.Stderr, "respbench: ended at once; where a server was named, keys may be left on it: respbench clean removes them")
		os.Exit(second.exitCode())
	}()
	return ctx, func() { cancel(nil) }
}
