package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/servertest"
)

// stub stands for respbench in a tree of its own: it tells what it is asked to
// do, and ends as the tree says.
const stub = `package main

import (
	"fmt"
	"os"
	"slices"
)

func main() {
	switch {
	case os.Args[1] == "ab":
		fmt.Printf("measured by %s: %q\n", name, os.Args[1:])
		os.Exit(code)
	case !describes || !slices.Equal(os.Args[1:], []string{"trial", "--describe"}):
		os.Exit(1)
	}
}
`

// A tree is a repository with the scripts and a stub of respbench.
type tree struct {
	t   *testing.T
	dir string
}

func newTree(t *testing.T) tree {
	t.Helper()
	r := tree{t, filepath.Join(t.TempDir(), "tree")}
	for _, script := range []string{"lib.sh", "ci-regression"} {
		text, err := os.ReadFile(filepath.Join(root, "scripts", script))
		if err != nil {
			t.Fatal(err)
		}
		servertest.WriteProgram(t, r.path("scripts/"+script), string(text))
	}
	r.write("go.mod", "module example.org/stub\n\ngo 1.26.0\n")
	r.git("init", "--quiet", "--initial-branch=main")
	return r
}

func (r tree) write(path, text string) {
	r.t.Helper()
	if err := os.WriteFile(r.path(path), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// path is that of a file in the tree, in a folder that is there.
func (r tree) path(file string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// git runs it as nobody in particular.
func (r tree) git(args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "git", append([]string{"-c", "user.name=n", "-c", "user.email=e", "-C", r.dir}, args...)...)
	output, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, output)
	}
	return string(bytes.TrimSpace(output))
}

// set makes the tree's respbench one with this name and what else is declared.
func (r tree) set(name, more string) {
	r.t.Helper()
	r.write("cmd/respbench/main.go", stub)
	r.write("cmd/respbench/is.go", "package main\n\nconst name = \""+name+"\"\n"+more)
}

// good is what a tree declares that can be measured and ends well.
const good = "const describes, code = true, 0\n"

func (r tree) commit(name, more string) {
	r.t.Helper()
	r.set(name, more)
	r.git("add", ".")
	r.git("commit", "--quiet", "--message", name)
}

// run runs a script from another folder.
func script(t *testing.T, path string, variables []string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = slices.Concat(os.Environ(), []string{"GITHUB_STEP_SUMMARY=", "GOWORK=off"}, variables)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (r tree) regression(variables []string, args ...string) result {
	r.t.Helper()
	return script(r.t, filepath.Join(r.dir, "scripts", "ci-regression"), variables, args...)
}

func (r result) expect(t *testing.T, code int, stdout, stderr []string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	for _, text := range stdout {
		if !strings.Contains(r.stdout, text) {
			t.Errorf("stdout without %q", text)
		}
	}
	for _, text := range stderr {
		if !strings.Contains(r.stderr, text) {
			t.Errorf("stderr without %q", text)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", r.stdout, r.stderr)
	}
}

// Exit codes pass through, the summary is written wherever it belongs, and
// the repository is as it was.
func TestRegressionScript(t *testing.T) {
	t.Parallel()
	r := newTree(t)
	r.commit("one", good)
	r.commit("two", "const describes, code = true, 3\n")
	dir := t.TempDir()
	out, summary := filepath.Join(dir, "out"), filepath.Join(dir, "summary.md")
	before := r.git("worktree", "list") + r.git("status", "--porcelain")

	got := r.regression([]string{"GITHUB_STEP_SUMMARY=" + summary}, "-o", out, "--", "-s", "sync", "--threshold", "3%")
	got.expect(t, exitRegressed,
		[]string{`"one"`, `"two"`, "**Exit code 3: a regression", "measured by two", `"--confirm" "-s" "sync" "--threshold" "3%" "--base" "bin=`, `"-o" "` + out + `" "--format" "markdown"`},
		[]string{"exit code 3", out})
	for _, path := range []string{summary, filepath.Join(out, "summary.md")} {
		if text, err := os.ReadFile(path); err != nil || string(text) != got.stdout {
			t.Errorf("%s: %v, %q", path, err, text)
		}
	}
	if after := r.git("worktree", "list") + r.git("status", "--porcelain"); after != before {
		t.Errorf("the repository was %q and is %q", before, after)
	}
}

func TestRegressionScriptChoosesSides(t *testing.T) {
	t.Parallel()
	r := newTree(t)
	r.commit("one", good)
	r.commit("main", good)
	r.git("update-ref", "refs/remotes/origin/main", "HEAD")
	r.commit("branch", good)
	r.commit("tip", good)
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"where it left main", nil, []string{`Base: `, `"main"`, `"tip"`}},
		{"a head", []string{"--head", "HEAD~1"}, []string{`"main"`, `"branch"`, "measured by branch"}},
		{"main itself", []string{"--head", "origin/main"}, []string{`"one"`, `"main"`}},
		{"a base", []string{"--base", "HEAD~3"}, []string{`"one"`, `"tip"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := tree{t, r.dir}
			in.regression(nil, test.args...).expect(t, exitDone, test.want, nil)
		})
	}
	r.git("checkout", "--quiet", "--detach", "origin/main")
	r.set("changed", good)
	r.regression(nil).expect(t, exitDone, []string{`Base: ` + r.git("log", "-1", "--format=%h") + ` "main"`, "and what is not committed", "measured by changed"}, nil)
}

func TestRegressionScriptRefuses(t *testing.T) {
	t.Parallel()
	r := newTree(t)
	r.commit("first", good)
	r.regression(nil).expect(t, exitUsage, nil, []string{"no commit before HEAD", "fetch-depth: 0"})
	r.commit("old", "const describes, code = false, 0\n")
	r.commit("broken", "const describes, code = \n")
	r.commit("good", good)
	existing := t.TempDir()
	tests := []struct {
		name, says string
		args       []string
	}{
		{"an old base", `"old", cannot be measured: its respbench is older than ab`, []string{"--base", "HEAD~2"}},
		{"a broken base", `"broken", does not build`, []string{"--base", "HEAD~1"}},
		{"a broken head", `"broken", does not build`, []string{"--base", "HEAD", "--head", "HEAD~1"}},
		{"an unknown base", "unknown commit nowhere", []string{"--base", "nowhere"}},
		{"an unknown head", "unknown commit nowhere", []string{"--head", "nowhere"}},
		{"no value", "--base needs a value", []string{"--base"}},
		{"a flag of ab before --", "unknown argument --rounds", []string{"--rounds", "10"}},
		{"a folder that is there", existing + " exists", []string{"-o", existing}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := tree{t, r.dir}
			in.regression(nil, test.args...).expect(t, exitUsage, nil, []string{"ci-regression: ", test.says})
		})
	}
}

// The version that this tree has is there without a network.
func TestBuildWith(t *testing.T) {
	t.Parallel()
	const library = "github.com/gomodule/redigo"
	version := moduleOf(t, library)
	files := [2]string{}
	for i, name := range []string{"go.mod", "go.sum"} {
		files[i] = textOf(t, filepath.Join(root, name))
	}
	build, err := filepath.Abs(filepath.Join(root, "scripts", "build-with"))
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "program")
	script(t, build, nil, library+"@"+version, "-o", program).expect(t, exitDone, nil, []string{library + " " + version})
	output, err := exec.CommandContext(t.Context(), "go", "version", "-m", program).Output()
	if err != nil || !strings.Contains(string(output), library+"\t"+version) {
		t.Errorf("%v: %s", err, output)
	}
	for i, name := range []string{"go.mod", "go.sum"} {
		if textOf(t, filepath.Join(root, name)) != files[i] {
			t.Errorf("%s has changed", name)
		}
	}
	for name, test := range map[string]struct {
		says string
		args []string
	}{
		"no module of ours": {"example.org/other is no module of this tree; it has", []string{"example.org/other@v1.0.0", "-o", program}},
		"no version":        {"want MODULE@VERSION", []string{library, "-o", program}},
		"no file":           {"usage: build-with", []string{library + "@" + version}},
		"a folder":          {"is a folder", []string{library + "@" + version, "-o", filepath.Dir(program)}},
		"an unknown flag":   {"unknown flag -x", []string{"-x"}},
	} {
		t.Run(name, func(t *testing.T) {
			script(t, build, nil, test.args...).expect(t, exitUsage, nil, []string{"build-with: ", test.says})
		})
	}
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// moduleOf is the version of a module that this tree has.
func moduleOf(t *testing.T, path string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(output))
}

// The build that is made slower has the library, and no other has.
func TestSlowedBuild(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "program")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "slowed", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	faults := []string{"RESPBENCH_SLOWED=spin=1us,stall=1ms@2%"}
	args := []string{"run", "--server", "embedded", "-s", "sync", "-c", "slowed:*", "-n", "100", "--rounds", "1", "--format", "json"}
	got := script(t, program, faults, args...)
	got.expect(t, exitDone, []string{`"slowed"`, `"spin=1us"`, `"stall=1ms@2%"`, moduleOf(t, "github.com/redis/go-redis/v9")}, nil)
	script(t, program, []string{"RESPBENCH_SLOWED=spin=1"}, args...).expect(t, exitUsage, nil, []string{`RESPBENCH_SLOWED: fault "spin=1"`})
	script(t, binary, faults, args...).expect(t, exitUsage, nil, []string{`unknown client "slowed`})
}
