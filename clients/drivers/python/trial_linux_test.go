package python_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/servertest"
)

var shapes = []struct {
	scenario       string
	workers, depth int
}{
	{"sync", 1, 0}, {"pipelined", 1, 3}, {"concurrent", 3, 0}, {"concurrent-pipelined", 3, 2},
}

func TestTrials(t *testing.T) {
	t.Parallel()
	d, s := find(t), servertest.Start(t, servertest.Options{})
	for _, variant := range variants {
		for _, load := range shapes {
			t.Run(variant+"/"+load.scenario, func(t *testing.T) {
				spec := newSpec(t, variant, s.Addr)
				spec.Scenario, spec.Workers, spec.Depth = load.scenario, load.workers, load.depth
				k := start(t, d, spec)
				k.begin(func() {
					loads(t, k.cmd.Process.Pid, variant)
					s.Do(t, "CONFIG", "RESETSTAT")
				})
				r, samples := k.end()
				pairs := int(spec.Steps) * max(load.depth, 1)
				for _, command := range []string{"set", "get"} {
					if n := calls(t, s, command); n != pairs {
						t.Errorf("%d calls of %s, want %d", n, command, pairs)
					}
				}
				holds(t, spec, r, samples)
			})
		}
	}
}

// loads checks that a process has loaded the packages of the variant, and only
// those: redis-py takes hiredis wherever it can be imported.
func loads(t *testing.T, pid int, variant string) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hiredis", "uvloop"} {
		if has := strings.Contains(string(maps), "/"+name+"/"); has != strings.Contains(variant, name) {
			t.Errorf("%s is loaded: %v", name, has)
		}
	}
}

// holds checks what a trial without errors must have recorded.
func holds(t *testing.T, spec driver.Spec, r *driver.Record, samples [][]int64) {
	t.Helper()
	if steps, failed := total(samples); int64(steps) != spec.Steps || failed != 0 || len(r.Errors) != 0 {
		t.Errorf("%d steps, %d failed, errors %v", steps, failed, r.Errors)
	}
	if longest := longest(samples); longest != r.Window || len(samples) != spec.Workers {
		t.Errorf("%d workers, the longest for %d ns, in a window of %d ns", len(samples), longest, r.Window)
	}
	if want := spec.WarmupSteps * int64(spec.Workers); r.Warm.Steps != want || r.Warm.Failed != 0 || r.Warm.Time <= 0 {
		t.Errorf("warm %+v, want %d steps", r.Warm, want)
	}
	if r.Connections < 1 || r.Connections > int64(spec.Workers) || r.MostConns != spec.Workers {
		t.Errorf("%d of %d connections for %d workers", r.Connections, r.MostConns, spec.Workers)
	}
	if r.UserCPU+r.SystemCPU <= 0 || r.PeakBytes < 1<<20 || r.Stopped {
		t.Errorf("record %+v", r)
	}
}

// longest is the time of all steps of the worker that took most.
func longest(samples [][]int64) (most int64) {
	for _, of := range samples {
		sum := int64(0)
		for _, ns := range of {
			sum += ns
		}
		most = max(most, sum)
	}
	return most
}

// Keys are taken in order, and no two SETs in a row have the same value.
func TestKeysAndValues(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			f := startFake(t, "")
			spec := newSpec(t, way, f.addr())
			spec.Keyspace, spec.Workers, spec.Scenario, spec.Steps = 5, 2, "concurrent", 400
			run(t, find(t), spec)
			last, at := map[string]string{}, map[int]int{0: 0, 1: 1}
			for _, set := range f.sets() {
				key, value := set[0], set[1]
				var i int
				if _, err := fmt.Sscanf(key, spec.Prefix+"%d", &i); err != nil || i >= spec.Keyspace {
					t.Fatalf("key %q", key)
				}
				if at[i%2] != i {
					t.Fatalf("worker %d set key %d, want %d", i%2, i, at[i%2])
				}
				if at[i%2] += 2; at[i%2] >= spec.Keyspace {
					at[i%2] = i % 2
				}
				if value == last[key] || len(value) != spec.DataSize || strings.ContainsFunc(value, func(r rune) bool { return r < '!' || r > '~' }) {
					t.Fatalf("%s: value %q after %q", key, value, last[key])
				}
				last[key] = value
			}
		})
	}
}

func TestAnOpenEndDuringWhichSignalsAreIgnored(t *testing.T) {
	t.Parallel()
	d, s := find(t), servertest.Start(t, servertest.Options{})
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			spec := newSpec(t, way, s.Addr)
			spec.Steps, spec.LeastSteps, spec.LeastTime = 0, 50, int64(700*time.Millisecond)
			k := start(t, d, spec)
			k.begin(func() {})
			for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
				if err := k.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
			}
			r, samples := k.end()
			if steps, _ := total(samples); int64(steps) < spec.LeastSteps || r.Window < spec.LeastTime || r.Stopped {
				t.Errorf("%d steps in %d ns, stopped %v", steps, r.Window, r.Stopped)
			}
			if len(k.beats) < 2 || k.beats[len(k.beats)-1] == 0 || !slices.IsSorted(k.beats[max(0, len(k.beats)-2):]) {
				t.Errorf("beats %v", k.beats)
			}
		})
	}
}

func TestMostTime(t *testing.T) {
	t.Parallel()
	spec := newSpec(t, "asyncio", servertest.Start(t, servertest.Options{}).Addr)
	spec.Steps, spec.MostTime = 1<<40, int64(100*time.Millisecond)
	r, _ := run(t, find(t), spec)
	if r.Window < spec.MostTime || r.Window > int64(patience) || r.Stopped {
		t.Errorf("window of %d ns, stopped %v", r.Window, r.Stopped)
	}
}

// Callers wait for a connection where there are fewer than workers.
func TestConns(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	for _, way := range ways {
		spec := newSpec(t, way, s.Addr)
		spec.Scenario, spec.Workers, spec.Conns = "concurrent", 5, 2
		r, samples := run(t, find(t), spec)
		if _, failed := total(samples); failed > 0 || r.Connections != 2 || r.MostConns != 2 {
			t.Errorf("%s: %d failed, %d of %d connections, %v", way, failed, r.Connections, r.MostConns, r.FirstErrors)
		}
		if r.Options["max_connections"] != "2" || r.Options["connection_pool"] != "BlockingConnectionPool" {
			t.Errorf("%s: options %v", way, r.Options)
		}
	}
}
