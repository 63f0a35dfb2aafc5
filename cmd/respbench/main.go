// Respbench measures what a Go program gets from a Redis server through a
// client library: throughput, latency and cost, over repeated rounds.
//
//	respbench run                     measure, save, print the table
//	respbench run -c all -s sync      every variant, one scenario
//	respbench ab --base B --new N      measure two sides in turns: has it changed?
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
	"respbench.dev/respbench/results"
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
	drivers        []driven          // that clients were asked for by name
	machine        []results.Finding // of this machine, before the first run; nil: not looked at yet
}

// libraries are those that can be measured; a build for proofs adds to them.
var libraries = all.Libraries

// program is the whole of respbench as a function; it returns the exit code.
func program(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, args []string) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, args: args, libraries: libraries()}
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
	exitDone         = 0
	exitUsage        = 1 // wrong use, no server, unreadable file, nothing to measure
	exitRegressed    = 3 // a regression, or a value beyond --fail-on
	exitInconclusive = 4 // under --strict
	exitUndecidable  = 5 // not comparable, or too little was measured to decide anything
	exitTrial        = 6 // a trial failed, or a gated cell is missing
)

// An outcome ends the program with its code. What has been reported already
// has no text.
type outcome struct {
	code int
	text string
}

func (o outcome) Error() string { return o.text }

// errTrialsFailed has been reported already.
var errTrialsFailed = outcome{code: exitTrial}

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
	}
	if o, ok := errors.AsType[outcome](err); ok {
		if o.text != "" {
			fmt.Fprintf(a.stderr, "respbench: %s\n", o.text)
		}
		return o.code
	}
	fmt.Fprintf(a.stderr, "respbench: %v\n", err)
	return exitUsage
}
