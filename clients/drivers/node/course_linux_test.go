package node_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/servertest"
)

var variants = [][2]string{{"ioredis", "default"}, {"ioredis", "autopipe"}, {"node-redis", "default"}, {"iovalkey", "default"}}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"plain": {"describe"}, "after dashes": {"--", "describe"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := describe(t, packages(t), args...)
			var got []string
			for _, c := range d.Clients {
				for _, v := range c.Variants {
					got = append(got, fmt.Sprintf("%s:%s %v shares=%t conns=%d %s", c.Name, v.Name, c.RESP, v.Shares, v.MostConns, v.Missing))
				}
				if d.Packages[c.Package] == "" {
					t.Errorf("no version of %s in %v", c.Package, d.Packages)
				}
			}
			want := []string{
				"ioredis:default [3 2] shares=true conns=1 ", "ioredis:autopipe [3 2] shares=true conns=1 ",
				"node-redis:default [3 2] shares=true conns=1 ", "iovalkey:default [2] shares=true conns=1 ",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if d.Protocol != driver.Protocol || d.Name != "node" || !strings.HasPrefix(d.Runtime, "Node ") || len(d.Scenarios) != 4 || len(d.Transports) != 3 {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	for _, c := range describe(t, "", "describe").Clients {
		want := fmt.Sprintf("needs the package %s: npm install %[1]s", c.Package)
		for _, v := range c.Variants {
			if v.Missing != want {
				t.Errorf("%s:%s: missing %q, want %q", c.Name, v.Name, v.Missing, want)
			}
		}
	}
}

// TestBroken holds that a package that cannot be loaded costs only itself, and
// that the reason fits into a description.
func TestBroken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(
		os.Mkdir(dir+"/ioredis", 0o700),
		os.WriteFile(dir+"/ioredis/package.json", []byte(`{"version":"6.0.0"}`), 0o600),
		os.WriteFile(dir+"/ioredis/index.js", []byte(`throw new Error('not\nmine \x1b' + 'x'.repeat(300));`), 0o600),
		os.Symlink(packages(t)+"/iovalkey", dir+"/iovalkey"),
	); err != nil {
		t.Fatal(err)
	}
	for _, c := range describe(t, dir, "describe").Clients {
		want := map[string]string{
			"ioredis":    "needs the package ioredis (not mine ?" + strings.Repeat("x", 90) + "): npm install ioredis",
			"node-redis": "needs the package redis: npm install redis",
		}[c.Name]
		if got := c.Variants[0].Missing; got != want {
			t.Errorf("%s: missing %q, want %q", c.Name, got, want)
		}
	}
}

func describe(t *testing.T, nodePath string, args ...string) (d driver.Description) {
	t.Helper()
	text, err := command(t, nodePath, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

// TestSteps holds that each way to use a library does exactly the steps that
// are asked for, and keeps one sample of each, end to end.
func TestSteps(t *testing.T) {
	t.Parallel()
	scenarios := map[string]driver.Spec{
		"sync":                 {Workers: 1},
		"pipelined":            {Workers: 1, Depth: 4},
		"concurrent":           {Workers: 7},
		"concurrent-pipelined": {Workers: 7, Depth: 4},
	}
	for _, v := range variants {
		for name, load := range scenarios {
			t.Run(v[0]+":"+v[1]+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := servertest.Start(t, servertest.Options{})
				spec := specFor(s, v[0], v[1])
				spec.Scenario, spec.Workers, spec.Depth = name, load.Workers, load.Depth
				checkSteps(t, s, spec)
			})
		}
	}
}

func checkSteps(t *testing.T, s *servertest.Server, spec driver.Spec) {
	t.Helper()
	r, samples := trial(t, spec)
	if n := total(r.Samples); n != spec.Steps || len(r.Samples) != spec.Workers || r.Stopped || len(r.Errors) > 0 {
		t.Errorf("%d steps of %d, samples %v, errors %v %v", n, spec.Steps, r.Samples, r.Errors, r.FirstErrors)
	}
	pairs := (spec.Steps + r.Warm.Steps) * int64(max(spec.Depth, 1))
	if set, get := counted(t, s, "set"), counted(t, s, "get"); set != pairs || get != pairs {
		t.Errorf("the server counted %d SETs and %d GETs, want %d", set, get, pairs)
	}
	if r.Warm.Steps != int64(spec.Workers)*spec.WarmupSteps || r.Warm.Failed != 0 || r.Warm.Time <= 0 {
		t.Errorf("warm-up %+v", r.Warm)
	}
	if sum := longest(samples); sum != r.Window {
		t.Errorf("the steps of no worker sum to the window of %d ns, but to %d at most", r.Window, sum)
	}
	if r.UserCPU+r.SystemCPU <= 0 || r.PeakBytes < 1<<20 || r.Connections != 1 || r.MostConns != 1 || len(r.Options) == 0 {
		t.Errorf("record %+v", r)
	}
	if n := len(strings.Fields(s.Do(t, "KEYS", spec.Prefix+"*"))); n != spec.Keyspace {
		t.Errorf("%d keys, want %d", n, spec.Keyspace)
	}
	if got := s.Do(t, "STRLEN", spec.Prefix+"49"); got != "16" {
		t.Errorf("a value of %s bytes, want 16", got)
	}
}

// TestTimes holds that a trial without a number of steps ends by the clock.
func TestTimes(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	tests := map[string]struct{ least, most, steps int64 }{
		"least": {least: int64(400 * time.Millisecond), steps: 1},
		"most":  {least: 0, most: int64(400 * time.Millisecond), steps: 1 << 40},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := specFor(s, "ioredis", "default")
			spec.Steps, spec.LeastSteps, spec.LeastTime, spec.MostTime = 0, test.steps, test.least, test.most
			spec.WarmupTime = int64(100 * time.Millisecond)
			r, _ := trial(t, spec)
			if r.Window < int64(400*time.Millisecond) || r.Window > int64(10*time.Second) || r.Warm.Time < spec.WarmupTime || r.Stopped {
				t.Errorf("window %d ns, warm-up %+v", r.Window, r.Warm)
			}
		})
	}
}

// TestStop holds that a driver ends its trial within a second of its stdin's
// end, also where the server does not answer, and that no signal asks for one.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		for _, hangs := range []bool{false, true} {
			if !hangs && v[0] != "ioredis" {
				continue // what hangs does more
			}
			t.Run(fmt.Sprintf("%s:%s hangs=%t", v[0], v[1], hangs), func(t *testing.T) {
				t.Parallel()
				s := servertest.Start(t, servertest.Options{})
				spec := specFor(s, v[0], v[1])
				spec.Scenario, spec.Workers, spec.Steps, spec.LeastSteps = "concurrent", 3, 0, 1<<40
				checkStop(t, s, spec, hangs)
			})
		}
	}
}

func checkStop(t *testing.T, s *servertest.Server, spec driver.Spec, hangs bool) {
	t.Helper()
	c := begin(t, spec)
	c.start(t)
	time.Sleep(100 * time.Millisecond)
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if err := c.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(400 * time.Millisecond)
	if hangs {
		s.Do(t, "CLIENT", "PAUSE", "3000")
		time.Sleep(50 * time.Millisecond)
	}
	asked := time.Now()
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	r := c.record(t)
	if took := time.Since(asked); took > 2*time.Second { // a second of the driver's, and one of a busy machine's
		t.Errorf("took %v to stop", took)
	}
	if n := len(c.read(t, r)); !r.Stopped || n != 3 || r.Window < int64(400*time.Millisecond) || total(r.Samples) == 0 || len(r.Errors) > 0 {
		t.Errorf("record %+v", r)
	}
	if c.beats == 0 {
		t.Error("no beat in half a second")
	}
}

func TestStopBeforeGo(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	c := begin(t, specFor(s, "iovalkey", "default"))
	c.expect(t, "ready")
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	c.expect(t, "")
	if err := c.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if text := read(t, c.samples); text != "" {
		t.Errorf("%d bytes of samples", len(text))
	}
	if _, err := os.Stat(c.samples); err != nil {
		t.Error(err)
	}
}
