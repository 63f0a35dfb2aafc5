package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// calibrateOptions are the flags of calibrate: those that both sides of ab take.
type calibrateOptions struct {
	abOptions
	file string // that keeps the noise
}

func (a *app) calibrateCommand() *cobra.Command {
	o := &calibrateOptions{}
	c := &cobra.Command{
		Use:   "calibrate",
		Short: "Measure how much results differ here while nothing has changed",
		Long: `Measure how much results differ here while nothing has changed.

Each cell is measured twice in every round, back to back and the same both
times. How far the two sides are apart is the noise of the machine, the server
and the harness: with it come the smallest change that so many rounds can see,
and how many rounds see a change of 1, 2, 5 and 10 %. What a step costs the
harness, and how well this machine keeps time, is measured without the server.

The noise is saved for compare --noise and ab --noise, beside a folder that has
the runs it was made of. It holds for this machine, this server and cells that
are measured the same way.`,
		Example: `  respbench calibrate
  respbench calibrate --url redis://10.0.0.5:6379 -c rueidis,redigo --rounds 20
  respbench calibrate -s sync -o results/noise.json
  respbench compare --noise results/noise.json before.jsonl after.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.flags = c.Flags()
			return a.calibrate(c.Context(), o)
		},
	}
	f := c.Flags()
	o.addPair(f)
	f.StringVarP(&o.file, "out", "o", "", "file to write (default results/<UTC time>-<id>-noise.json)")
	f.BoolVar(&o.force, "force", false, "replace existing files")
	f.StringVar(&o.runOptions.format, "format", "table", "of the table: "+strings.Join(noiseFormats, ", "))
	o.add(pflag.NewFlagSet("", pflag.ContinueOnError)) // as compare has them by default
	return c
}

var noiseFormats = []string{"table", "markdown", "json"}

// check refuses what would lose the noise in the end, and says where everything
// goes.
func (o *calibrateOptions) check() error {
	if name := emptyFlag(o.flags); name != "" {
		return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
	}
	switch format := o.runOptions.format; {
	case !slices.Contains(noiseFormats, format):
		return fmt.Errorf("--format: unknown format %q; have %s", format, strings.Join(noiseFormats, ", "))
	case o.file == "-":
		return fmt.Errorf("-o -: the noise is saved in a file; --format json also prints it")
	case strings.HasSuffix(o.file, string(filepath.Separator)):
		return fmt.Errorf("-o %s is a folder; give a path in it", o.file)
	case o.file == "":
		o.file = strings.TrimSuffix(results.DefaultPath(now(), results.NewID()), ".jsonl") + "-noise.json"
	}
	if info, err := os.Stat(o.file); err == nil && (info.IsDir() || !o.force) {
		return fmt.Errorf("-o %s: it exists; give another path, or --force to replace a file", o.file)
	}
	o.out = strings.TrimSuffix(o.file, ".json") + "-runs"
	return nil
}

// calibrate measures both sides, then the harness, when nothing else runs any
// more; it saves and prints what follows.
func (a *app) calibrate(ctx context.Context, o *calibrateOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.dryRun {
		p, err := a.preparePair(ctx, &o.abOptions)
		if err != nil {
			return err
		}
		return a.dryRunPair(p)
	}
	noise, err := a.noise(ctx, o)
	if err != nil {
		return err
	}
	if err := saveNoise(o.file, noise); err != nil {
		return err
	}
	if err := report.WriteNoise(a.stdout, noise, o.runOptions.format); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "saved: %s\nnext:  respbench compare --noise %s BASE NEW\n", o.file, o.file)
	return nil
}

func (a *app) noise(ctx context.Context, o *calibrateOptions) (*report.Noise, error) {
	base, other, err := a.pair(ctx, &o.abOptions)
	switch {
	case errors.Is(err, errTrialsFailed):
		return nil, outcome{exitTrial, fmt.Sprintf("trials failed, and tell no noise; see respbench report %s", filepath.Join(o.out, "*.jsonl"))}
	case err != nil:
		return nil, err
	case ctx.Err() != nil: // what was measured is kept
		return nil, ctx.Err()
	}
	harness, err := a.harness(ctx)
	if err != nil {
		return nil, err
	}
	n, err := report.MakeNoise(base, other, harness)
	if err != nil {
		return nil, fmt.Errorf("the runs in %s: %w", o.out, err)
	}
	return n, nil
}

func saveNoise(path string, n *report.Noise) error {
	var whole bytes.Buffer
	if err := report.WriteNoise(&whole, n, "json"); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	if err := os.WriteFile(path, whole.Bytes(), 0o644); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	return nil
}
