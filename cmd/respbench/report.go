package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/results"
)

func (a *app) reportCommand() *cobra.Command {
	o := reportOptions{}
	c := &cobra.Command{
		Use:   "report [FILE...]",
		Short: "Make a document from saved results (default: the newest in results/)",
		Example: `  respbench report
  respbench report --format markdown results/*.jsonl
  respbench report --format json -o table.json results/mine.jsonl`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				var err error
				if paths, err = newestResults("results"); err != nil {
					return err
				}
			}
			return a.report(paths, o)
		},
	}
	c.Flags().StringVar(&o.format, "format", "table", "table, markdown, json")
	c.Flags().StringVarP(&o.out, "out", "o", "-", "file to write; - is stdout")
	c.Flags().BoolVar(&o.force, "force", false, "replace an existing file")
	c.Flags().BoolVar(&o.sweep, "sweep", false, "load against latency and throughput, as sweep prints it")
	c.Flags().StringArrayVar(&o.slo, "slo", nil, sloDoc+"; with --sweep")
	return c
}

type reportOptions struct {
	format, out  string
	force, sweep bool
	slo          []string
}

// write makes the document.
func (o reportOptions) write(w io.Writer, runs []results.Run) error {
	if !o.sweep && len(o.slo) > 0 {
		return errors.New("--slo without --sweep")
	}
	if !o.sweep {
		_, err := document(w, runs, o.format)
		return err
	}
	must, err := slo(o.slo)
	if err != nil {
		return err
	}
	return sweepDocument(w, runs, o.format, must)
}

// report writes the document to stdout, or to a file only when it is whole.
func (a *app) report(paths []string, o reportOptions) error {
	var runs []results.Run
	for _, path := range paths {
		more, err := results.ReadFile(path)
		if err != nil {
			return err
		}
		runs = append(runs, more...)
	}
	if o.out == "-" {
		return o.write(a.stdout, runs)
	}
	if _, err := os.Stat(o.out); err == nil && !o.force {
		return fmt.Errorf("-o %s: the file exists; --force replaces it", o.out)
	}
	var whole bytes.Buffer
	if err := o.write(&whole, runs); err != nil {
		return err
	}
	if err := os.WriteFile(o.out, whole.Bytes(), 0o644); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	return nil
}

// newestResults is the file in the folder that was written last, or both sides
// if it is one of two.
func newestResults(folder string) ([]string, error) {
	var newest string
	var info fs.FileInfo
	for _, pattern := range []string{"*.jsonl", filepath.Join("*", "*.jsonl")} {
		paths, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if i, err := os.Stat(path); err == nil && (info == nil || i.ModTime().After(info.ModTime())) {
				newest, info = path, i
			}
		}
	}
	switch {
	case newest == "":
		return nil, fmt.Errorf("no results in %s%c; name a file, or measure first: respbench run", folder, filepath.Separator)
	case filepath.Dir(newest) != filepath.Clean(folder):
		return filepath.Glob(filepath.Join(filepath.Dir(newest), "*.jsonl"))
	}
	return []string{newest}, nil
}
