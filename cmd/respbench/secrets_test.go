package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	secret  = "pl3ase-no"
	guessed = "wr0ng-gue55"
)

// A password is in no output, no file and no process list, whichever way it
// came, and whether or not the server takes it; only one that was typed into a
// URL is in the process list, and warned about.
func TestSecrets(t *testing.T) {
	t.Parallel()
	server := startRedis(t, "--requirepass", secret)
	host, port, err := net.SplitHostPort(server.addr)
	if err != nil {
		t.Fatal(err)
	}
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	remote := "redis://:" + secret + "@" + server.addr
	tests := []struct {
		name        string
		code        int
		environment []string
		args        []string
		warns       bool
	}{
		{"file", 0, nil, []string{"--host", host, "-p", port, "--password-file", file(secret)}, false},
		{"REDISCLI_AUTH", 0, []string{"REDISCLI_AUTH=" + secret}, []string{"--url", server.url()}, false},
		{"RESPBENCH_URL", 0, []string{"RESPBENCH_URL=" + remote}, nil, false},
		{"typed", 0, nil, []string{"--url", remote}, true},
		{"not isolated", 0, []string{"REDISCLI_AUTH=" + secret}, []string{"--url", server.url(), "--isolate", "none"}, false},
		{"failing", 6, []string{"REDISCLI_AUTH=" + secret}, []string{"--url", server.url(), "-c", "fake:panic"}, false},
		{"wrong file", 1, nil, []string{"--host", host, "-p", port, "--password-file", file(guessed)}, false},
		{"wrong, typed", 1, nil, []string{"--url", "redis://me:" + guessed + "@" + server.addr}, true},
		{"malformed", 1, []string{"RESPBENCH_URL=redis://:" + secret + "%zz@" + server.addr}, nil, false},
		{"bad port", 1, nil, []string{"--url", "redis://:" + secret + "@localhost:http"}, false},
		{"nothing there", 1, []string{"RESPBENCH_URL=redis://:" + secret + "@127.0.0.1:1"}, nil, false},
		{"habit", 1, nil, []string{"-a", secret}, false},
		{"misplaced", 1, nil, []string{"--host", "redis://:" + secret + "@" + server.addr}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := append([]string{
				"run", "-s", "sync", "-c", "all", "-n", "300", "-k", "100", "--warmup", "0", "--rounds", "1", "-o", "out.jsonl",
			}, test.args...)
			r := respbench(t, dir, test.environment, args...)
			if r.code != test.code {
				t.Errorf("exit code %d, want %d", r.code, test.code)
			}
			saved, _ := os.ReadFile(filepath.Join(dir, "out.jsonl"))
			if test.code != 1 {
				expectNoAddress(t, string(saved), dir, server.addr)
			}
			expectNoSecret(t, "stdout", r.stdout)
			expectNoSecret(t, "stderr", r.stderr)
			expectNoSecret(t, "results", string(saved))
			if warned := strings.HasPrefix(r.stderr, "warning: a password in --url "); warned != test.warns {
				t.Errorf("warned: %v, want %v; stderr: %s", warned, test.warns, r.stderr)
			}
		})
	}
}

func expectNoSecret(t *testing.T, what, text string) {
	t.Helper()
	for _, s := range []string{secret, guessed} {
		if strings.Contains(text, s) {
			t.Errorf("%s holds the password %q: %s", what, s, text)
		}
	}
}

// expectNoAddress wants results that tell neither where they were made nor by
// whom.
func expectNoAddress(t *testing.T, saved, dir, addr string) {
	t.Helper()
	private := []string{dir, filepath.Dir(binary), addr}
	if name, err := os.Hostname(); err == nil && len(name) > 4 {
		private = append(private, name)
	}
	for _, text := range private {
		if strings.Contains(saved, text) {
			t.Errorf("the results file holds %q", text)
		}
	}
	if !strings.Contains(saved, `"type":"end"`) {
		t.Error("the results file has no end")
	}
}

// What every user of the machine can see of a run: the command lines of all
// its processes.
func TestSecretsInProcessList(t *testing.T) {
	t.Parallel()
	server := startRedis(t, "--requirepass", secret)
	dir := t.TempDir()
	cmd := exec.Command(binary, "run", "-s", "sync", "-c", "raw", "-k", "100", "--duration", "300ms", "--warmup", "0", "--rounds", "2", "-o", "out.jsonl")
	cmd.Dir, cmd.Env = dir, append(environment(t, dir), "RESPBENCH_URL=redis://:"+secret+"@"+server.addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var seen []string
	for running := true; running; {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			running = false
		case <-time.After(20 * time.Millisecond):
			list, err := exec.Command("ps", "-A", "-o", "args").Output()
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, strings.Split(string(list), "\n")...)
		}
	}
	ours := slices.DeleteFunc(seen, func(line string) bool { return !strings.HasPrefix(line, binary) })
	if !slices.Contains(ours, binary+" trial") {
		t.Fatalf("no trial among what ran: %q", slices.Compact(ours))
	}
	expectNoSecret(t, "the process list", strings.Join(ours, "\n"))
}
