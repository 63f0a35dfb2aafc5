package server

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

func TestSpawnAndClose(t *testing.T) {
	s := start(t, "")
	if s.Kind != Spawned || s.Pid() == 0 || s.ExitReason() != "" {
		t.Errorf("kind %s, pid %d, ended: %s", s.Kind, s.Pid(), s.ExitReason())
	}
	dir := command(t, s.Access, "CONFIG", "GET", "dir").([]any)[1].(string)
	if _, err := os.Stat(dir); err != nil || !strings.Contains(filepath.Base(dir), "respbench-") {
		t.Errorf("folder %s: %v", dir, err)
	}
	if save := command(t, s.Access, "CONFIG", "GET", "save").([]any)[1]; save != "" {
		t.Errorf("it saves: %v", save)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	<-s.Exited()
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("folder %s after Close: %v", dir, err)
	}
	if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(s.Pid()))); err == nil {
		t.Errorf("process %d after Close", s.Pid())
	}
	if conn, err := net.Dial("tcp", s.Access.Addrs[0]); err == nil {
		conn.Close()
		t.Error("something listens after Close")
	}
}

func TestKilledServer(t *testing.T) { kill(t, start(t, "")) }

// kill ends a server, which has to tell how it ended.
func kill(t *testing.T, s *Server) {
	t.Helper()
	process, err := os.FindProcess(s.Pid())
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
	<-s.Exited()
	if got := s.ExitReason(); got != "signal: killed" {
		t.Errorf("reason %q", got)
	}
}

func TestPinnedServer(t *testing.T) {
	requireRedis(t)
	cpus := proc.CPUs()
	if len(cpus) == 0 {
		t.Skip("this system cannot pin")
	}
	o := options(t, "")
	o.CPUs = cpus[len(cpus)-1:]
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantCPUs(t, s, o.CPUs)
}

func wantCPUs(t *testing.T, s *Server, cpus []int) {
	t.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.Pid()), "status"))
	if want := "Cpus_allowed_list:\t" + proc.FormatCPUs(cpus) + "\n"; err != nil || !strings.Contains(string(status), want) {
		t.Errorf("no %q in its status: %v", want, err)
	}
}

func TestEmbedded(t *testing.T) {
	s, err := Start(t.Context(), Options{
		Kind: kindEmbedded, Procs: 3,
		Guard: []string{os.Args[0], "guard"}, Embedded: []string{os.Args[0], "serve"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := s.Admin()
	defer a.Close()
	if err := a.Check(t.Context()); err != nil {
		t.Error(err)
	}
	// The test's server gives its GOMAXPROCS for a version.
	facts, notes, err := a.Facts(t.Context())
	if facts.Kind != Embedded || facts.Name != EmbeddedName || facts.Version != "3" || len(notes) > 0 || err != nil {
		t.Errorf("facts %+v, notes %q, %v", facts, notes, err)
	}
	if err := a.SetAlive(t.Context(), "k", time.Minute); err != nil {
		t.Error(err)
	}
	stats, err := a.Stats(t.Context())
	if err != nil || stats.Calls["set"] != 1 || stats.Keys[0] != 1 || stats.CPU == nil || stats.Commands == nil {
		t.Errorf("stats %+v, %v", stats, err)
	}
}

func TestRemoteIsNotTouched(t *testing.T) {
	access := results.Access{Network: "tcp", Addrs: []string{"192.0.2.1:6379"}}
	s, err := Start(t.Context(), Options{Access: access})
	if err != nil || s.Kind != Remote || s.Pid() != 0 || s.Exited() != nil || s.ExitReason() != "" || s.Close() != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestStartErrors(t *testing.T) {
	tests := []struct {
		name, script, want string
		timeout            time.Duration
	}{
		{"ends", "echo first; echo no good license >&2; exit 7", "it ended: exit status 7: no good license", 0},
		{"never answers", "echo starting; exec sleep 60", "no answer: context deadline exceeded: starting", 500 * time.Millisecond},
		{"port always taken", "echo bind: Address already in use; exit 1", "port was taken by another program", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options(t, tt.script)
			o.Timeout = tt.timeout
			s, err := Start(t.Context(), o)
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestStartCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := Start(ctx, options(t, "exec sleep 60")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestPortTakenOnce(t *testing.T) {
	requireRedis(t)
	mark := filepath.Join(t.TempDir(), "mark")
	s, err := Start(t.Context(), options(t, `test -e `+mark+` && exec redis-server "$@"
touch `+mark+`; echo "bind: Address already in use"; exit 1`))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func TestAnotherServerAtOurPort(t *testing.T) {
	ours, other := start(t, ""), start(t, "")
	mixed := &Server{Access: other.Access, limits: Limits{}.orDefault()}
	if done, err := mixed.answers(t.Context(), ours.Pid()); !done || !errors.Is(err, errPortTaken) {
		t.Errorf("got %t, %v", done, err)
	}
}

func TestPlan(t *testing.T) {
	bin := t.TempDir()
	program := func(dir, name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	valkey := program(bin, kindValkey)
	own := program(t.TempDir(), "my-redis")
	embedded := []string{"respbench", "serve"}
	access := results.Access{Addrs: []string{"host:1"}}
	type answer struct{ Kind, Path, Err string }
	tests := []struct {
		name string
		path string
		o    Options
		want answer
	}{
		{"named", bin, Options{Access: access, Kind: "auto"}, answer{Kind: Remote}},
		{"named and forced", bin, Options{Access: access, Kind: "embedded"}, answer{Err: `server "embedded" would be started, and another is named: give one of them`}},
		{"auto finds valkey", bin, Options{Embedded: embedded}, answer{Kind: Spawned, Path: valkey}},
		{"auto finds nothing", "/nowhere", Options{Kind: "auto", Embedded: embedded}, answer{Kind: Embedded}},
		{"no embedded", "/nowhere", Options{}, answer{Err: "no command for the embedded server"}},
		{"embedded", bin, Options{Kind: "embedded", Embedded: embedded}, answer{Kind: Embedded}},
		{"valkey", bin, Options{Kind: "valkey-server"}, answer{Kind: Spawned, Path: valkey}},
		{"no redis", bin, Options{Kind: "redis-server"}, answer{Err: "no redis-server on PATH; " + kindChoices}},
		{"path", "/nowhere", Options{Kind: own}, answer{Kind: Spawned, Path: own}},
		{"missing path", bin, Options{Kind: "./none"}, answer{Err: `server "./none": stat ./none: no such file or directory; ` + kindChoices}},
		{"unknown", bin, Options{Kind: "redis"}, answer{Err: `unknown server "redis"; ` + kindChoices}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("PATH", tt.path)
			kind, path, err := Plan(tt.o)
			got := answer{Kind: kind, Path: path}
			if err != nil {
				got.Err = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := Start(b.Context(), Options{Kind: kindRedis, Guard: []string{os.Args[0], "guard"}})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
}
