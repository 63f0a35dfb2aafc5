// Respbench measures what a Go program gets from a Redis server through a
// client library: throughput, latency and cost, over repeated rounds.
//
//	respbench run                     measure, save, print the table
//	respbench run -c all -s sync      every variant, one scenario
//	respbench report                  make the table of the newest run again
//
// See respbench help for the verbs, and respbench help run for the flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
)

func main() {
	ctx, stop := withSignals(context.Background())
	code := program(ctx, os.Stdin, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	os.Exit(code)
}

// An app is the program's surroundings.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	args           []string
	libraries      []clients.Library
}

// program is the whole of respbench as a function; it returns the exit code.
func program(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, args []string) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, args: args, libraries: all.Libraries()}
	err := habit(args)
	if err == nil {
		root := a.root()
		root.SetArgs(args)
		root.SetIn(stdin)
		root.SetOut(stdout)
		root.SetErr(stderr)
		err = root.ExecuteContext(ctx)
	}
	return a.exitCode(ctx, err)
}

// Exit codes, the same for every verb. Two is left out: Go uses it for a panic.
const (
	exitDone  = 0
	exitUsage = 1 // wrong use, no server, unreadable file, nothing to measure
	exitTrial = 6 // a trial failed
)

// errTrialsFailed has been reported already: it only sets the exit code.
var errTrialsFailed = errors.New("trials failed")

func (a *app) exitCode(ctx context.Context, err error) int {
	signal, interrupted := errors.AsType[signalled](context.Cause(ctx))
	switch {
	case interrupted:
		if err != nil && !errors.Is(err, context.Canceled) {
			fmt.Fprintf(a.stderr, "respbench: %v\n", err)
		}
		return signal.exitCode()
	case err == nil, errors.Is(err, syscall.EPIPE):
		return exitDone
	case errors.Is(err, errTrialsFailed):
		return exitTrial
	default:
		fmt.Fprintf(a.stderr, "respbench: %v\n", err)
		return exitUsage
	}
}
