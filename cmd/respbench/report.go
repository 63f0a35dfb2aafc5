package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/results"
)

func (a *app) reportCommand() *cobra.Command {
	var format, out string
	var force bool
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
			return a.report(paths, format, out, force)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, markdown, json")
	c.Flags().StringVarP(&out, "out", "o", "-", "file to write; - is stdout")
	c.Flags().BoolVar(&force, "force", false, "replace an existing file")
	return c
}

// report writes the document to stdout, or to a file only when it is whole.
func (a *app) report(paths []string, format, out string, force bool) error {
	var runs []results.Run
	for _, path := range paths {
		more, err := results.ReadFile(path)
		if err != nil {
			return err
		}
		runs = append(runs, more...)
	}
	if out == "-" {
		_, err := document(a.stdout, runs, format)
		return err
	}
	if _, err := os.Stat(out); err == nil && !force {
		return fmt.Errorf("-o %s: the file exists; --force replaces it", out)
	}
	var whole bytes.Buffer
	if _, err := document(&whole, runs, format); err != nil {
		return err
	}
	if err := os.WriteFile(out, whole.Bytes(), 0o644); err != nil {
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
