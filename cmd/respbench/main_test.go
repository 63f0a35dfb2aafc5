package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"respbench.dev/respbench/results"
)

// binary is the program itself, built once: what it starts is its own
// executable, which under go test would be the test.
var binary string

// atOnce is how many tests run together: most of them wait.
const atOnce = "4"

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", atOnce)
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cli-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "respbench")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.Command("go", "build", "-race", "-o", binary, ".")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, output)
		return 1
	}
	return m.Run()
}

// raceOptions make a data race in any process of the program end it, and save
// the detector's second at the end of each.
const raceOptions = "GORACE=halt_on_error=1 atexit_sleep_ms=0"

// environment is that of a program that runs in dir: nothing of ours names a
// server or a password, and temporary files are apart.
func environment(t *testing.T, dir string) []string {
	t.Helper()
	temporary := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temporary, 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + temporary, raceOptions}
}

// A result is how the program ended and what it wrote.
type result struct {
	code           int
	stdout, stderr string
}

// respbench runs the program in dir with further variables in its environment.
func respbench(t *testing.T, dir string, variables []string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Dir, cmd.Env = dir, append(environment(t, dir), variables...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// expectDone ends the test unless the program ended well.
func (r result) expectDone(t *testing.T) {
	t.Helper()
	if r.code != exitDone {
		t.Fatalf("exit code %d, want %d; stdout:\n%s\nstderr:\n%s", r.code, exitDone, r.stdout, r.stderr)
	}
}

// readRun reads a file that holds one whole run.
func readRun(t *testing.T, path string) results.Run {
	t.Helper()
	runs, err := results.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 1 || len(runs[0].Notes) > 0 {
		t.Fatalf("%d runs, want one without notes: %+v", len(runs), runs)
	}
	return runs[0]
}
