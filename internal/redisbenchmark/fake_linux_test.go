package redisbenchmark

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// fake puts a shell script in the place of redis-benchmark.
func fake(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	servertest.WriteProgram(t, filepath.Join(dir, Name), "#!/bin/sh\n"+script)
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func fakeRun(ctx context.Context, beat func(int64)) (outcome, error) {
	r := run{
		load: loadFlags(1, 1, 1), key: "k", value: "v", n: 400, beat: beat, patience: time.Minute,
		access: results.Access{Network: "tcp", Addrs: []string{"127.0.0.1:1"}},
	}
	return r.do(ctx)
}

// TestFakeOutput reads what redis-benchmark writes where the machine is too slow
// or its clock too coarse for it to tell a rate.
func TestFakeOutput(t *testing.T) {
	for name, test := range map[string]struct {
		rate   string
		window time.Duration
		err    string
	}{
		"as ever":             {"40000.00", 10 * time.Millisecond, ""},
		"below a millisecond": {"inf", time.Millisecond, ""},
		"a clock set back":    {"-40000.00", 0, "something unexpected: line \"throughput summary: -40000.00 requests per second\": -40000.00 requests per second"},
	} {
		t.Run(name, func(t *testing.T) {
			fake(t, "printf 'SET k v: rps=0.0 (overall: nan) avg_msec=nan (overall: nan)\\r   \\r'\n"+
				"printf 'SET k v: rps=400.0 (overall: 400.0) avg_msec=0.1 (overall: 0.1)\\r   \\r====== SET k v ======\\n'\n"+
				"cat <<'END'\n"+strings.ReplaceAll(sample, "40000.00", test.rate)+"END\n")
			beats := 0
			o, err := fakeRun(t.Context(), func(int64) { beats++ })
			if o.window != test.window || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) || beats != 1 {
				t.Errorf("window %v, %d beats, error %v", o.window, beats, err)
			}
		})
	}
}

// TestFakeHangs ends what a wrapper has started, which holds its output open.
func TestFakeHangs(t *testing.T) {
	fake(t, "printf 'SET k v: rps=1.0 (overall: 1.0) \\r'; sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := fakeRun(ctx, func(int64) {}); err == nil || time.Since(began) > 30*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

func TestVersion(t *testing.T) {
	for want, script := range map[string]string{
		"7.0.15": "echo redis-benchmark 7.0.15",
		"8.1.0":  "echo 'valkey-benchmark 8.1.0 (git:00000000)'",
		"":       "exit 1",
	} {
		fake(t, script)
		if got := Version(t.Context()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, script := range []string{"sleep 60", "while echo redis-benchmark 7; do :; done"} {
		fake(t, script)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		began := time.Now()
		if got := Version(ctx); got != "" || time.Since(began) > 30*time.Second {
			t.Errorf("%s: %q after %v", script, got, time.Since(began))
		}
		cancel()
	}
}
