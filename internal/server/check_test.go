package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// wantProblem checks for a problem with this code and words, which names the
// address on the terminal only.
func wantProblem(t *testing.T, err error, code, words string) {
	t.Helper()
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		t.Fatalf("got %v, want the problem %s", err, code)
	}
	if p.Code != code || !strings.Contains(p.Error(), words) || !strings.Contains(p.Error(), p.Address) {
		t.Errorf("got %s: %v; want %s: %q", p.Code, p, code, words)
	}
	if text := p.At("LABEL"); strings.Contains(text, p.Address) || !strings.Contains(text, "LABEL") {
		t.Errorf("for a file: %s", text)
	}
	if strings.Contains(p.Error(), "SECRET") {
		t.Errorf("the password is in %v", p)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	s := start(t, "")
	a := remote(t, s.Access)
	if err := a.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	stats, err := a.Stats(t.Context())
	if err != nil || len(stats.Keys) > 0 {
		t.Errorf("keys %v, %v", stats.Keys, err)
	}
	for _, command := range []string{"get", "set", "unlink", "del"} {
		if n := stats.Calls[command]; n > 0 {
			t.Errorf("%d calls of %s", n, command)
		}
	}
}

func TestCheckCredentials(t *testing.T) {
	open := start(t, "").Access
	closed := start(t, "--requirepass SECRET").Access
	tests := []struct {
		name, user, password string
		access               results.Access
		db                   int
		code, words          string
	}{
		{"none needed", "", "", open, 0, "", ""},
		{"database", "", "", open, 15, "", ""},
		{"right", "", "SECRET", closed, 0, "", ""},
		{"right user", "default", "SECRET", closed, 1, "", ""},
		{"missing", "", "", closed, 0, "noauth", "asks for a password: give it with --password-file or REDISCLI_AUTH"},
		{"wrong", "", "SECRET2", closed, 0, "wrongpass", "refuses this user and password"},
		{"wrong user", "SECRET", "SECRET", closed, 0, "wrongpass", "refuses this user and password"},
		{"not needed", "", "SECRET", open, 0, "no-password-set", "has no password set, but one was given"},
		{"no such database", "", "", open, 99, "db", "does not have this database"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.access.Username, tt.access.Password, tt.access.DB = tt.user, tt.password, tt.db
			err := remote(t, tt.access).Check(t.Context())
			if tt.code == "" && err == nil {
				return
			}
			wantProblem(t, err, tt.code, tt.words)
		})
	}
}

func TestCheckReplica(t *testing.T) {
	master := start(t, "")
	_, port, _ := net.SplitHostPort(master.Access.Addrs[0])
	replica := start(t, "--replicaof "+loopback+" "+port)
	a := remote(t, replica.Access)
	wantProblem(t, a.Check(t.Context()), "readonly", "is a read-only replica: name its master")
	if stats, err := a.Stats(t.Context()); stats.Role != "slave" || err != nil {
		t.Errorf("role %q, %v", stats.Role, err)
	}
}

func TestCheckFullServers(t *testing.T) {
	crowded := start(t, "--maxclients 1")
	holder, err := net.Dial("tcp", crowded.Access.Addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	wantProblem(t, remote(t, crowded.Access).Check(t.Context()), "maxclients", "has as many clients as it allows")
	wantProblem(t, remote(t, start(t, "--maxmemory 100kb").Access).Check(t.Context()), "oom", "has no memory left")
}

func TestCheckUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	start(t, "--unixsocket "+path)
	access := results.Access{Mode: results.Standalone, Network: "unix", Addrs: []string{path}}
	if err := remote(t, access).Check(t.Context()); err != nil {
		t.Error(err)
	}
	access.Addrs = []string{path + "2"}
	wantProblem(t, remote(t, access).Check(t.Context()), "no-listener", "nothing listens at "+path+"2")
}

func TestCheckNoListener(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	a := remote(t, loopbackAccess(port))
	wantProblem(t, a.Check(t.Context()), "no-listener", "nothing listens at "+loopback+":"+strconv.Itoa(port))
	_, err = a.Stats(t.Context())
	wantProblem(t, err, "no-listener", "nothing listens at ")
}

func TestCheckAnswers(t *testing.T) {
	tests := []struct {
		name, command, reply string
		code, words          string
	}{
		{"loading", "PING", "-LOADING Redis is loading the dataset in memory", "loading", "is still loading its data"},
		{"misconf", "SET", "-MISCONF Redis is configured to save RDB snapshots, but", "misconf", "could not save to disk"},
		{"moved", "SET", "-MOVED 1234 10.0.0.7:7000", "cluster", "is a node of a cluster"},
		{"no permission", "GET", "-NOPERM User SECRET has no permissions to run the 'get' command", "noperm", "does not let this user run GET: grant SET, GET and UNLINK (or DEL)"},
		{"no removal", "DISCARD", "-ERR SECRET", "refused", "refuses DISCARD (ERR)"},
		{"lacks GET", "GET", "-ERR unknown command 'GET', with args beginning with: 'SECRET'", "unknown-command", "does not know the command GET"},
		{"AUTH renamed", "AUTH", "-ERR unknown command 'AUTH', with args beginning with: 'SECRET'", "unknown-command", "does not know the command AUTH"},
		{"old password error", "AUTH", "-ERR invalid password", "wrongpass", "refuses this password"},
		{"changes language", "GET", "What?", "lost", "broke"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			access := fake(t, answering(tt.command, tt.reply))
			access.Password = "SECRET"
			wantProblem(t, remote(t, access).Check(t.Context()), tt.code, tt.words)
		})
	}
	if err := remote(t, fake(t, answering("PING", "-NOPERM no"))).Check(t.Context()); err != nil {
		t.Errorf("without PING: %v", err)
	}
	if err := remote(t, fake(t, answering("MULTI", "-ERR unknown command 'MULTI'"))).Check(t.Context()); err != nil {
		t.Errorf("without MULTI: %v", err)
	}
}

func TestCheckNotRESP(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	once := func(greeting string) results.Access {
		return fake(t, func(string) (string, bool) { return greeting, false })
	}
	tests := []struct {
		name        string
		access      results.Access
		code, words string
	}{
		{"http", results.Access{Network: "tcp", Addrs: []string{web.Listener.Addr().String()}}, "not-resp", "does not speak RESP"},
		{"ssh", once("SSH-2.0-x\r\n"), "not-resp", "does not speak RESP"},
		{"closes", once(""), "closed", "closes the connection without an answer"},
		{"silent", fake(t, func(string) (string, bool) { return "", true }), "timeout", "does not answer in time"},
		{"protected mode", once("-DENIED Redis is running in protected mode because\r\n"), "protected", "is in protected mode"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := NewAdmin(Remote, tt.access, Limits{Timeout: 300 * time.Millisecond})
			defer a.Close()
			wantProblem(t, a.Check(t.Context()), tt.code, tt.words)
		})
	}
}

func TestCheckCancelled(t *testing.T) {
	access := fake(t, func(string) (string, bool) { return "", true })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if err := remote(t, access).Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
