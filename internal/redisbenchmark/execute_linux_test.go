package redisbenchmark

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// must ends the test where redis-benchmark is not installed.
func must(t *testing.T) {
	t.Helper()
	if why := Missing(); why != "" {
		t.Fatal(why)
	}
}

func specOf(scenario string, workers, depth int) results.Spec {
	return results.Spec{
		Protocol: results.Protocol, Run: "abcdefgh",
		Point: results.Point{
			Scenario: scenario, Version: 1, Library: Name, Variant: "default",
			Load: results.Load{Workers: workers, Depth: depth, DataSize: 16, Keyspace: 100},
		},
		Limit: results.Limit{Steps: 2000},
	}
}

func tcp(s *servertest.Server) results.Access {
	return results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{s.Plain}}
}

// marks are hooks that note what is called.
func marks(calls *[]string) trial.Hooks {
	return trial.Hooks{
		Ready:   func() error { *calls = append(*calls, "ready"); return nil },
		Started: func() { *calls = append(*calls, "started") },
		Ended:   func() { *calls = append(*calls, "ended") },
		Beat:    func(results.Event) {},
	}
}

// counted is how often the server has executed a command.
func counted(t *testing.T, s *servertest.Server, name string) int64 {
	t.Helper()
	_, rest, _ := strings.Cut(s.Do(t, "INFO", "commandstats"), "cmdstat_"+name+":calls=")
	n, _, _ := strings.Cut(rest, ",")
	calls, _ := strconv.ParseInt(n, 10, 64)
	return calls
}

func TestSteps(t *testing.T) {
	must(t)
	t.Parallel()
	tests := map[string]struct {
		spec   results.Spec
		change func(s *servertest.Server, a *results.Access, spec *results.Spec)
	}{
		"sync":                 {spec: specOf("sync", 1, 0)},
		"pipelined":            {spec: specOf("pipelined", 1, 16)},
		"concurrent":           {spec: specOf("concurrent", 7, 0)},
		"concurrent-pipelined": {spec: specOf("concurrent-pipelined", 7, 3)},
		"unix, database, RESP 3": {spec: specOf("sync", 1, 0), change: func(s *servertest.Server, a *results.Access, spec *results.Spec) {
			a.Network, a.Addrs, a.DB = "unix", []string{s.Socket}, 3
			spec.Point.Settings.RESP = 3
		}},
		"large values": {spec: specOf("sync", 1, 0), change: func(_ *servertest.Server, _ *results.Access, spec *results.Spec) {
			spec.Point.Load.DataSize, spec.Limit.Steps = 200_000, 50
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.Start(t, servertest.Options{})
			access := tcp(s)
			if test.change != nil {
				test.change(s, &access, &test.spec)
			}
			checkSteps(t, s, test.spec, access)
		})
	}
}

func checkSteps(t *testing.T, s *servertest.Server, spec results.Spec, access results.Access) {
	t.Helper()
	var calls []string
	m, err := Execute(t.Context(), spec, access, marks(&calls))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(calls) != "[ready started ended]" {
		t.Errorf("calls %v", calls)
	}
	depth := int64(max(spec.Point.Load.Depth, 1))
	for _, k := range m.Kinds {
		if got, want := counted(t, s, k.Name), k.WarmOps+k.Ops; k.Ops != spec.Limit.Steps*depth || got != want || k.Service.Count*depth != k.Ops {
			t.Errorf("%s: %d ops, %d warm, %d samples; the server counted %d", k.Name, k.Ops, k.WarmOps, k.Service.Count, got)
		}
		if k.Window <= 0 || k.Window > m.Window || k.Unit != k.Name || !strings.HasPrefix(k.Sample, "first byte of") {
			t.Errorf("%+v", k)
		}
	}
	if len(m.Kinds) != 2 || m.Ops != 2*spec.Limit.Steps*depth || m.Stopped || *m.Cost.UserCPU+*m.Cost.SystemCPU <= 0 {
		t.Errorf("record %+v", m)
	}
	s.Do(t, "SELECT", strconv.Itoa(access.DB))
	if keys := strings.Fields(s.Do(t, "KEYS", "*")); len(keys) < 90 || len(keys) > 100 || !strings.HasPrefix(keys[0], "respbench:abcdefgh:0000000000") {
		t.Errorf("%d keys %.3q", len(keys), keys)
	} else if got := s.Do(t, "STRLEN", keys[0]); got != strconv.Itoa(spec.Point.Load.DataSize) {
		t.Errorf("a value of %s bytes, want %d", got, spec.Point.Load.DataSize)
	}
	_, rest, _ := strings.Cut(s.Do(t, "INFO", "stats"), "total_connections_received:")
	total, _, _ := strings.Cut(rest, "\r\n")
	if want := strconv.FormatInt(m.Conns.Dialled+1, 10); total != want { // and ours
		t.Errorf("%s connections, want %s", total, want)
	}
}

func TestDuration(t *testing.T) {
	must(t)
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	spec := specOf("concurrent", 5, 0)
	spec.Limit = results.Limit{Duration: time.Second, MaxTime: 2 * time.Second}
	var calls []string
	m, err := Execute(t.Context(), spec, tcp(s), marks(&calls))
	if err != nil {
		t.Fatal(err)
	}
	if m.Window < 100*time.Millisecond || m.Window > 20*time.Second {
		t.Errorf("window %v, asked for a second", m.Window)
	}
}

// TestStop holds that nothing goes on after the end of the context.
func TestStop(t *testing.T) {
	must(t)
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	spec := specOf("sync", 1, 0)
	spec.Limit.Steps = 1 << 30
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var calls []string
	hooks, beats := marks(&calls), int64(0)
	hooks.Beat = func(e results.Event) {
		if len(calls) == 2 {
			beats = e.Attempts
			cancel()
		}
	}
	m, err := Execute(ctx, spec, tcp(s), hooks)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Stopped || m.Ops != 0 || beats == 0 || m.Kinds[0].Attempts != 1<<30 || m.Kinds[1].Attempts != 0 || len(calls) != 3 {
		t.Errorf("%d beats, calls %v, record %+v", beats, calls, m)
	}
	servertest.Eventually(t, 5*time.Second, "no client is left", func() error {
		if n := len(s.Clients(t)); n > 0 {
			return fmt.Errorf("%d clients", n)
		}
		return nil
	})
}

func TestErrors(t *testing.T) {
	must(t)
	t.Parallel()
	var calls []string
	s := servertest.Start(t, servertest.Options{Args: []string{"--maxmemory", "1"}})
	_, err := Execute(t.Context(), specOf("sync", 1, 0), tcp(s), marks(&calls))
	if err == nil || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("a server without memory: %v", err)
	}
	access := tcp(s)
	s.Kill(t)
	_, err = Execute(t.Context(), specOf("sync", 1, 0), access, marks(&calls))
	if err == nil || !strings.Contains(err.Error(), "Connection refused") || strings.Contains(err.Error(), s.Port()) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestTLS(t *testing.T) {
	must(t)
	if help, _ := exec.CommandContext(t.Context(), Name, "--help").CombinedOutput(); !strings.Contains(string(help), "--tls") {
		t.Skip("NOT TESTED: redis-benchmark is built without TLS")
	}
	s := servertest.Start(t, servertest.Options{TLS: true})
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for name, file := range map[string]string{"": s.Certs.CA, "no reply within 2s": s.Certs.OtherCA} {
		access := tcp(s)
		access.Addrs = []string{s.Addr}
		access.TLS = &results.TLS{CA: read(t, file)}
		var calls []string
		spec := specOf("sync", 1, 0)
		spec.Point.Settings.Timeout = 2 * time.Second
		hooks := marks(&calls)
		hooks.Ready = func() error {
			files, err := os.ReadDir(dir)
			if len(files) > 0 { // it would stay if this process were killed
				t.Errorf("there is a %s", files[0].Name())
			}
			return err
		}
		_, err := Execute(t.Context(), spec, access, hooks)
		if (err == nil) != (name == "") || err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
