package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// describeTime bounds how long a program may take to say what it is.
const describeTime = 10 * time.Second

// A description is what a respbench says of itself to another one.
type description struct {
	results.Executor
	Protocol  int            `json:"protocol"`
	Clients   []string       `json:"clients"`   // with variants: "rueidis:default"
	Scenarios map[string]int `json:"scenarios"` // their versions
}

func (a *app) description() description {
	d := description{Executor: a.executor(), Protocol: results.Protocol, Scenarios: map[string]int{}}
	for _, l := range a.libraries {
		for _, v := range l.Variants {
			d.Clients = append(d.Clients, l.Name+":"+v.Name)
		}
	}
	for _, s := range scenarios.All() {
		d.Scenarios[s.Name] = s.Version
	}
	return d
}

// lacks is why the program cannot measure a point; empty if it can.
func (d description) lacks(p results.Point) string {
	switch version, known := d.Scenarios[p.Scenario]; {
	case !known:
		return "this program has no scenario " + p.Scenario
	case version != p.Version:
		return fmt.Sprintf("this program has version %d of scenario %s, not %d", version, p.Scenario, p.Version)
	case !slices.Contains(d.Clients, p.Library+":"+p.Variant):
		return "this program has no client " + p.Client()
	}
	return ""
}

// describe asks the program at path what it is.
func describe(ctx context.Context, path string) (description, error) {
	ctx, cancel := context.WithTimeout(ctx, describeTime)
	defer cancel()
	var d description
	output, err := exec.CommandContext(ctx, path, "trial", "--describe").Output()
	if err == nil {
		err = json.Unmarshal(output, &d)
	}
	switch name := filepath.Base(path); {
	case err != nil:
		return d, fmt.Errorf("bin: %s is not a respbench that can tell what it is: %w", name, err)
	case d.Tool == "" || d.Runtime == "":
		return d, fmt.Errorf("bin: %s does not tell what it is", name)
	case d.Protocol != results.Protocol:
		return d, fmt.Errorf("bin: %s speaks protocol %d, this respbench %d", name, d.Protocol, results.Protocol)
	}
	return d, nil
}

// programAt is the path of a respbench as a command line has it, made absolute.
func programAt(path string) (string, error) {
	found, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("bin=%s: %w", path, errors.Unwrap(err))
	}
	return filepath.Abs(found)
}

// executeHere runs a trial in this process.
func (a *app) executeHere(ctx context.Context, spec results.Spec, access results.Access, hooks trial.Hooks) (*results.Measured, error) {
	return trial.Execute(ctx, a.libraries, spec, access, hooks)
}
