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

	"respbench.dev/respbench/internal/servertest"
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

// A protectedServer asks for a password, and is of the kind that its name says.
type protectedServer struct {
	name  string
	start func(t *testing.T) (scheme, rest string, args []string) // of its URL, before and after the password
}

var protectedServers = []protectedServer{
	{"TLS", func(t *testing.T) (scheme, rest string, args []string) {
		s := servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true})
		protect(t, s)
		return "rediss", s.Addr, []string{"--cacert", s.Certs.CA, "--cert", s.Certs.Client.Cert, "--key", s.Certs.Client.Key}
	}},
	{"Sentinel", func(t *testing.T) (scheme, rest string, args []string) {
		s := servertest.StartSentinel(t)
		for _, sentinel := range s.Sentinels {
			sentinel.Do(t, "SENTINEL", "SET", servertest.MasterName, "auth-pass", secret)
		}
		protect(t, s.Servers...)
		return "redis+sentinel", strings.Join(s.Addrs, ",") + "/" + servertest.MasterName, nil
	}},
	{"Cluster", func(t *testing.T) (scheme, rest string, args []string) {
		s := servertest.StartCluster(t)
		protect(t, s.Nodes...)
		return "redis+cluster", strings.Join(s.Addrs, ","), nil
	}},
}

// protect has servers ask for the password, each other too.
func protect(t *testing.T, servers ...*servertest.Server) {
	t.Helper()
	for _, s := range servers {
		s.Do(t, "CONFIG", "SET", "masterauth", secret, "requirepass", secret)
	}
}

// Passwords and keys of other kinds of servers, too, are told by nothing that a
// run or clean leaves or says.
func TestSecretsByKind(t *testing.T) {
	t.Parallel()
	ways := []struct {
		name    string
		code    int
		typed   bool
		user    string // and password
		further []string
	}{
		{"right", 0, false, ":" + secret, nil},
		{"right, typed", 0, true, "default:" + secret, nil},
		{"failing", 6, false, ":" + secret, []string{"-c", "fake:panic"}},
		{"wrong", 1, false, ":" + guessed, nil},
		{"wrong, typed", 1, true, "me:" + guessed, nil},
		{"malformed", 1, false, ":" + secret + "%zz", nil},
	}
	for _, kind := range protectedServers {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			scheme, rest, args := kind.start(t)
			for _, way := range ways {
				url, environment := scheme+"://"+way.user+"@"+rest, []string(nil)
				whole := append(args[:len(args):len(args)], "--url", url)
				if !way.typed {
					whole, environment = args, []string{"RESPBENCH_URL=" + url}
				}
				dir := t.TempDir()
				r := respbench(t, dir, environment, slices.Concat(brief, whole, way.further)...)
				saved, _ := os.ReadFile(filepath.Join(dir, "out.jsonl"))
				if r.code != way.code {
					t.Errorf("%s: exit code %d, want %d; stderr: %s", way.name, r.code, way.code, r.stderr)
				}
				if warned := strings.HasPrefix(r.stderr, "warning: a password in --url "); warned != way.typed {
					t.Errorf("%s: warned: %v; stderr: %s", way.name, warned, r.stderr)
				}
				if way.code != exitUsage {
					for addr := range strings.SplitSeq(strings.TrimSuffix(rest, "/"+servertest.MasterName), ",") {
						expectNoAddress(t, string(saved), dir, addr)
					}
				}
				cleaned := respbench(t, dir, environment, append([]string{"clean"}, whole...)...)
				if refused := cleaned.code == exitUsage; refused != (way.code == exitUsage) {
					t.Errorf("%s: exit code %d of clean; stderr: %s", way.name, cleaned.code, cleaned.stderr)
				}
				for _, text := range []string{string(saved), r.stdout, r.stderr, cleaned.stdout, cleaned.stderr} {
					expectNoSecret(t, way.name, text)
					expectNoPEM(t, way.name, text, args)
				}
			}
		})
	}
}

// expectNoPEM fails the test if text holds a line of what is encoded in the
// files among args.
func expectNoPEM(t *testing.T, what, text string, args []string) {
	t.Helper()
	for _, path := range args {
		pem, err := os.ReadFile(path)
		if err != nil {
			continue // a flag
		}
		for line := range strings.Lines(string(pem)) {
			if line = strings.TrimSpace(line); len(line) > 10 && line[0] != '-' && strings.Contains(text, line) {
				t.Errorf("%s holds what is in %s: %s", what, path, text)
			}
		}
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
