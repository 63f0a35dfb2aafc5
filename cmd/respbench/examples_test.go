package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/servertest"
)

// What help shows can be typed: every example is run, those that would measure
// or listen as far as that is possible without.
func TestExamples(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the examples are those of a Unix shell")
	}
	dir := t.TempDir()
	for _, name := range []string{"mine", "yours"} {
		respbench(t, dir, nil, "run", "-n", "50", "-k", "50", "-s", "sync", "-c", "raw",
			"--rounds", "2", "--warmup", "0", "-o", filepath.Join("results", name+".jsonl")).expectDone(t)
	}
	breakOff(t, filepath.Join(dir, "results", "mine.jsonl"))
	for _, name := range []string{"respbench", "respbench-main"} {
		if err := os.Symlink(binary, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	opener := filepath.Join(dir, "bin", "xdg-open") // shows nothing
	if err := os.Mkdir(filepath.Dir(opener), 0o755); err != nil {
		t.Fatal(err)
	}
	servertest.WriteProgram(t, opener, "#!/bin/sh\n")
	if plans, err := filepath.Abs("../../examples"); err != nil || os.Symlink(plans, filepath.Join(dir, "examples")) != nil {
		t.Fatal("the examples cannot be linked")
	}
	if driver, err := filepath.Abs("../../examples/driver.py"); err != nil || os.Symlink(driver, filepath.Join(dir, "mydriver")) != nil {
		t.Fatal("the example of a driver cannot be linked")
	}
	ran := map[string]bool{}
	for _, example := range examples((&app{libraries: all.Libraries()}).root()) {
		words := strings.Fields(example)
		if words[0] != "respbench" {
			continue // what to do with it, like redis-cli
		}
		t.Run(example, func(t *testing.T) {
			cmd := exec.Command("sh", "-c", example+harmless[words[1]])
			cmd.Dir = dir
			cmd.Env = append(environment(t, dir), "PATH="+filepath.Dir(opener)+string(filepath.ListSeparator)+filepath.Dir(binary)+string(filepath.ListSeparator)+"/usr/bin:/bin", "GITHUB_STEP_SUMMARY=summary.md")
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, output)
			}
		})
		ran[words[1]] = true
	}
	for _, verb := range []string{"run", "sweep", "ab", "compare", "calibrate", "report", "list", "serve", "clean", "doctor"} {
		if !ran[verb] {
			t.Errorf("no example of %s", verb)
		}
	}
}

// breakOff takes the end and the last trial out of a results file, so that
// there is something to resume.
func breakOff(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	if err := os.WriteFile(path, bytes.Join(lines[:len(lines)-2], nil), 0o600); err != nil {
		t.Fatal(err)
	}
}

// harmless is added to a verb's examples.
var harmless = map[string]string{
	"run": " --dry-run", "sweep": " --dry-run", "ab": " --dry-run", "calibrate": " --dry-run", "serve": " --help", "clean": " --help", "doctor": " --help", "compare": " --help",
}

func examples(c *cobra.Command) []string {
	var lines []string
	for line := range strings.Lines(c.Example) {
		lines = append(lines, strings.TrimSpace(line))
	}
	for _, verb := range c.Commands() {
		lines = append(lines, examples(verb)...)
	}
	return lines
}
