package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/redisbenchmark"
	"respbench.dev/respbench/internal/trial"
)

// trialCommand executes one trial; run starts it, one process a trial. It
// leaves signals from the terminal to its owner, who stops it by closing its
// stdin.
func (a *app) trialCommand() *cobra.Command {
	var describe bool
	var by string
	c := &cobra.Command{
		Use:    "trial",
		Short:  "Execute one trial whose spec comes on stdin",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if describe {
				return json.NewEncoder(a.stdout).Encode(a.description())
			}
			signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
			execute := trial.Execution(a.executeHere)
			if by == redisbenchmark.Name {
				execute = redisbenchmark.Execute
			}
			err := trial.ServeBy(a.stdin, a.stdout, execute, func() { os.Exit(exitUsage) })
			if err != nil {
				return fmt.Errorf("trial: %w", err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&describe, "describe", false, "print what this program is, as JSON, and measure nothing")
	c.Flags().StringVar(&by, "by", "", "the program that executes it: "+redisbenchmark.Name)
	return c
}

// guardCommand keeps a server that we spawned from outliving us.
func (a *app) guardCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "guard DIR -- COMMAND...",
		Short:              "Run a command that ends when stdin ends, and remove its folder",
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			os.Exit(proc.Guard(a.stdin, a.stdout, args))
			return nil
		},
	}
}
