// Command overhead is for those who develop respbench: it holds what the
// scripts that measure the harness itself need, and is no part of the program
// that users get.
//
//	compare          client CPU through respbench against a bare loop
//	engine           the engine's own cost a step
//	redis-benchmark  run it, and print its rates and its CPU
//	row              print the rate and CPU of a report in JSON, on stdin
//	ratios           pair by pair, what is on stdin as lines of numbers
//	times            what is on stdin, as numbers of milliseconds, against a limit
//	peak             the resident size of trials, from results files
//	startup          the time around trials, from results files
//	pacing           what clients add to raw in closed and open loops, from results files
//	lag              how late steps of open loops were sent, from results files
//
// Speeds are printed beside their limits and never decide the exit code.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// A verb is one of the things that the program does.
type verb struct {
	name string
	run  func(ctx context.Context, p *program, args []string) error
}

var verbs = []verb{
	{"compare", compare},
	{"engine", engineCost},
	{"redis-benchmark", redisBenchmark},
	{"row", row},
	{"ratios", ratios},
	{"times", times},
	{"peak", peak},
	{"startup", startup},
	{"pacing", pacing},
	{"lag", lag},
}

// A program is one invocation's surroundings.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

func main() {
	p := &program{os.Stdin, os.Stdout, os.Stderr}
	if err := p.do(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "overhead:", err)
		os.Exit(1)
	}
}

func (p *program) do(ctx context.Context, args []string) error {
	var names []string
	for _, v := range verbs {
		if names = append(names, v.name); len(args) > 0 && args[0] == v.name {
			return v.run(ctx, p, args[1:])
		}
	}
	return fmt.Errorf("want one of %s", strings.Join(names, ", "))
}

// parse reads a verb's flags.
func (p *program) parse(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(p.stderr)
	if err := flags.Parse(args); err != nil {
		return errors.New("wrong flags")
	}
	return nil
}
