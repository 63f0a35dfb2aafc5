package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"syscall"

	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// An output is where the results of a run go.
type output struct {
	*results.Writer
	id   string
	path string       // empty: stdout
	copy bytes.Buffer // of what went to stdout

	resumed *brokenRun // nil: the run is a new one
}

// createOutput opens the results file before anything is measured; that of a
// run that goes on is open.
func (a *app) createOutput(o *runOptions, resumed *brokenRun) (*output, error) {
	if resumed != nil {
		return &output{Writer: resumed.file, id: resumed.run.Header.ID, path: resumed.path, resumed: resumed}, nil
	}
	id := results.NewID()
	if o.out == "-" {
		out := &output{id: id}
		out.Writer = results.NewWriter(io.MultiWriter(a.stdout, &out.copy))
		return out, nil
	}
	path := o.out
	if path == "" {
		path = results.DefaultPath(now(), id)
	}
	w, err := results.Create(path, o.force)
	if err != nil {
		return nil, err
	}
	return &output{Writer: w, id: id, path: path}, nil
}

// header is what is known of a run of these points before it starts.
func (a *app) header(o *runOptions, id string, points []results.Point) results.Header {
	machine := results.ThisMachine()
	machine.Label = o.clientLabel
	return results.Header{
		Schema: results.Schema, ID: id, Started: now(), Command: results.Scrub(append([]string{"respbench"}, a.args...)),
		Machine: machine, Executors: a.executors(a.executor(), points),
	}
}

// executor is this program.
func (a *app) executor() results.Executor {
	e := results.Executor{ID: "e1", Tool: "respbench", Version: toolVersion(), Runtime: runtime.Version(), Libraries: map[string]string{}, Modules: map[string]string{}}
	for _, l := range a.libraries {
		if version := moduleVersion(l.Module); version != "" {
			e.Libraries[l.Module], e.Modules[l.Name] = version, l.Module
		}
	}
	return e
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok || path == "" {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

// conclude prints the table of what has just been written, where it is, and
// what can be done with it. Where the results went to stdout, the table goes
// to stderr.
func (a *app) conclude(o *runOptions, out *output) error {
	if out.path == "" {
		runs, err := results.Read(&out.copy)
		if err != nil {
			return err
		}
		summary, err := writeReport(a.stderr, runs, o.format)
		if err != nil && !errors.Is(err, syscall.EPIPE) {
			return err
		}
		return a.withinLimits(summary, o.limits)
	}
	runs, err := results.ReadFile(out.path)
	if err != nil {
		return err
	}
	summary, err := writeReport(a.stdout, runs, o.format)
	if err != nil && !errors.Is(err, syscall.EPIPE) { // a reader who has read enough changes nothing
		return err
	}
	fmt.Fprintf(a.stderr, "saved: %s\nnext:  respbench report --format markdown %s\n", out.path, out.path)
	return a.withinLimits(summary, o.limits)
}

// withinLimits says what is beyond --fail-on, or cannot be told.
func (a *app) withinLimits(s *report.Summary, limits []report.Limit) error {
	breaches, unknown, exempt := report.CheckLimits(s.Rows, limits)
	for _, b := range breaches {
		fmt.Fprintf(a.stderr, "--fail-on: %s\n", b.Text)
	}
	for _, text := range exempt {
		fmt.Fprintf(a.stderr, "--fail-on: note: %s\n", text)
	}
	switch {
	case len(unknown) > 0:
		return outcome{exitUndecidable, "--fail-on: " + strings.Join(unknown, "; ")}
	case len(breaches) > 0:
		return outcome{exitRegressed, fmt.Sprintf("--fail-on: %s beyond the limits", progress.Count(len(breaches), "value"))}
	}
	return nil
}

// writeReport writes runs in a format.
func writeReport(w io.Writer, runs []results.Run, format string) (*report.Summary, error) {
	f, err := report.FormatNamed(format)
	if err != nil {
		return nil, fmt.Errorf("--format: %w", err)
	}
	summary, err := report.Summarize(runs)
	if err != nil {
		return nil, err
	}
	return summary, f.Write(w, summary, report.Layout{Width: columns(w)})
}

// profile starts the profiles that were asked for; what it returns ends them.
func (o *runOptions) profile() (stop func() error, err error) {
	stop = func() error { return nil }
	if o.cpuprofile != "" {
		file, err := os.Create(o.cpuprofile)
		if err != nil {
			return nil, fmt.Errorf("--cpuprofile: %w", err)
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return nil, fmt.Errorf("--cpuprofile: %w", err)
		}
		stop = func() error { pprof.StopCPUProfile(); return file.Close() }
	}
	if o.memprofile == "" {
		return stop, nil
	}
	file, err := os.Create(o.memprofile)
	if err != nil {
		return nil, fmt.Errorf("--memprofile: %w", err)
	}
	stopCPU := stop
	return func() error {
		if err := stopCPU(); err != nil {
			return err
		}
		if err := pprof.Lookup("allocs").WriteTo(file, 0); err != nil {
			return fmt.Errorf("--memprofile: %w", err)
		}
		return file.Close()
	}, nil
}
