package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptTime ends a script that measures where it should refuse; until its
// turn comes, others may take minutes.
const scriptTime = 8 * time.Minute

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			bin := filepath.Dir(binary)
			e.Setenv("BIN", bin)
			e.Setenv("PATH", bin+string(filepath.ListSeparator)+e.Getenv("PATH"))
			name, value, _ := strings.Cut(raceOptions, "=")
			e.Setenv(name, value)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "refused": refused, "redis": redisCommand, "listen": listen, "tidy": tidy, "fixture": fixtureCommand,
		},
		RequireUniqueNames: true,
		ContinueOnError:    true,
		Deadline:           time.Now().Add(scriptTime),
	})
}

// exits CODE PROGRAM ARGS... runs a program that must end with this very code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// refused ARGS... runs respbench, which must refuse: exit code 1, one line on
// stderr, nothing on stdout, and no results file that was not there before.
func refused(ts *testscript.TestScript, neg bool, args []string) {
	before := resultsFiles(ts)
	exits(ts, neg, append([]string{"1", "respbench"}, args...))
	if stdout := ts.ReadFile("stdout"); stdout != "" {
		ts.Fatalf("stdout is not empty")
	}
	stderr := ts.ReadFile("stderr")
	line, rest, ended := strings.Cut(stderr, "\n")
	if !strings.HasPrefix(line, "respbench: ") || !ended || rest != "" {
		ts.Fatalf("stderr is not one line that begins with the program's name")
	}
	for _, path := range resultsFiles(ts) {
		if !slices.Contains(before, path) {
			ts.Fatalf("left a results file: %s", path)
		}
	}
}

func resultsFiles(ts *testscript.TestScript) []string {
	var paths []string
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".jsonl" {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// redis NAME ARGS... starts a redis-server with further arguments: $NAME is
// its address and $NAME_PORT its port.
func redisCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: redis NAME ARGS...")
	}
	s, err := runRedis(ts.MkAbs("."), args[1:]...)
	ts.Check(err)
	ts.Defer(s.stop)
	setAddress(ts, args[0], s.addr)
}

// listen NAME MANNER starts something that is not a server, or not ready:
// $NAME is its address. The file NAME.touched shows that somebody connected.
func listen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || manners[args[1]] == nil {
		ts.Fatalf("usage: listen NAME MANNER")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	mark := ts.MkAbs(args[0] + ".touched")
	go misbehave(l, manners[args[1]], func() { _ = os.WriteFile(mark, nil, 0o600) })
	setAddress(ts, args[0], l.Addr().String())
}

func setAddress(ts *testscript.TestScript, name, addr string) {
	_, port, err := net.SplitHostPort(addr)
	ts.Check(err)
	ts.Setenv(name, addr)
	ts.Setenv(name+"_PORT", port)
}

// tidy fails if the program has left a temporary folder.
func tidy(ts *testscript.TestScript, neg bool, args []string) {
	left, err := filepath.Glob(filepath.Join(ts.Getenv("WORK"), ".tmp", "respbench*"))
	ts.Check(err)
	if neg || len(args) > 0 || len(left) > 0 {
		ts.Fatalf("left behind: %q", left)
	}
}
