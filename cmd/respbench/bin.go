package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

// describeTime bounds how long a program may take to say what it is.
const describeTime = 10 * time.Second

// executorOf asks another respbench what it is.
func executorOf(ctx context.Context, path string) (results.Executor, error) {
	ctx, cancel := context.WithTimeout(ctx, describeTime)
	defer cancel()
	var e results.Executor
	output, err := exec.CommandContext(ctx, path, "trial", "--describe").Output()
	if err == nil {
		err = json.Unmarshal(output, &e)
	}
	switch {
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, exec.ErrDot):
		return e, fmt.Errorf("bin=%s: there is no such program; give a path", path)
	case err != nil:
		return e, fmt.Errorf("bin=%s: it is not a respbench that can tell what it is: %w", path, err)
	case e.Tool == "" || e.Runtime == "":
		return e, fmt.Errorf("bin=%s: it does not tell what it is", path)
	}
	return e, nil
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
