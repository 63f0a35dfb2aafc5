// Package node_test drives driver.cjs as respbench does, against a real server.
package node_test

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/servertest"
)

//go:embed driver.cjs
var source string

const installation = "npm install --prefix DIR ioredis redis iovalkey, then RESPBENCH_NODE_PATH=DIR/node_modules"

// packages is the folder of the Node packages that the tests use.
func packages(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("RESPBENCH_NODE_PATH")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(cache, "respbench", "node", "node_modules")
	}
	for _, name := range []string{"ioredis", "redis", "iovalkey"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Fatalf("the package %s is not there: %s", name, installation)
		}
	}
	return dir
}

// command is node with the driver, in a folder without packages.
func command(t *testing.T, nodePath string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", append([]string{"-e", source}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "NODE_PATH="+nodePath)
	cmd.Stderr = os.Stderr
	return cmd
}

// A conversation is a trial under way.
type conversation struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	events  *bufio.Scanner
	beats   int
	samples string
}

// begin starts a trial and gives it the spec.
func begin(t *testing.T, spec driver.Spec) *conversation {
	t.Helper()
	file := filepath.Join(t.TempDir(), "samples")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	spec.Samples = file
	c := &conversation{cmd: command(t, packages(t)), samples: file}
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.cmd.Process.Kill(), c.cmd.Wait() })
	c.stdin, c.events = stdin, bufio.NewScanner(stdout)
	c.events.Buffer(nil, 1<<20)
	c.order(t, spec)
	return c
}

func (c *conversation) order(t *testing.T, order any) {
	t.Helper()
	if err := json.NewEncoder(c.stdin).Encode(order); err != nil {
		t.Fatal(err)
	}
}

// next is the next event that is no beat; empty when there are no more.
func (c *conversation) next(t *testing.T) driver.Event {
	t.Helper()
	for c.events.Scan() {
		var e driver.Event
		if err := json.Unmarshal(c.events.Bytes(), &e); err != nil {
			t.Fatalf("%q: %v", c.events.Text(), err)
		}
		if e.Event != "beat" {
			return e
		}
		c.beats++
	}
	return driver.Event{}
}

func (c *conversation) expect(t *testing.T, want string) driver.Event {
	t.Helper()
	e := c.next(t)
	if e.Event != want {
		t.Fatalf("event %q (%s), want %q", e.Event, e.Error, want)
	}
	return e
}

// start has the driver start its clock.
func (c *conversation) start(t *testing.T) {
	t.Helper()
	c.expect(t, "ready")
	c.order(t, driver.Order{Go: true})
	c.expect(t, "started")
}

// record is what the driver ends with.
func (c *conversation) record(t *testing.T) *driver.Record {
	t.Helper()
	c.expect(t, "ended")
	r := c.expect(t, "record").Record
	c.expect(t, "")
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	return r
}

// trial runs one to its end.
func trial(t *testing.T, spec driver.Spec) (*driver.Record, [][]int64) {
	t.Helper()
	c := begin(t, spec)
	c.start(t)
	r := c.record(t)
	return r, c.read(t, r)
}

// read returns the samples of each worker, and checks that there are so many as
// the record says and that those of no worker exceed the window.
func (c *conversation) read(t *testing.T, r *driver.Record) [][]int64 {
	t.Helper()
	bytes, err := os.ReadFile(c.samples)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int64, len(bytes)/8)
	for i := range all {
		all[i] = int64(binary.LittleEndian.Uint64(bytes[8*i:]))
	}
	var workers [][]int64
	for _, n := range r.Samples {
		if n > int64(len(all)) {
			t.Fatalf("%d samples in the file, the record has %v", len(bytes)/8, r.Samples)
		}
		workers, all = append(workers, all[:n]), all[n:]
	}
	if len(all) > 0 {
		t.Errorf("%d samples more than the record has: %v", len(all), r.Samples)
	}
	return workers
}

// longest is the sum of the durations of the worker that ended last.
func longest(workers [][]int64) (ns int64) {
	for _, samples := range workers {
		var sum int64
		for _, s := range samples {
			sum += max(s, -s)
		}
		ns = max(ns, sum)
	}
	return ns
}

func total(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// specFor is a trial of 300 steps of one worker, sync.
func specFor(s *servertest.Server, client, variant string) driver.Spec {
	port, _ := strconv.Atoi(s.Port())
	return driver.Spec{
		Protocol: driver.Protocol, Client: client, Variant: variant, Scenario: "sync", Version: 1,
		Workers: 1, DataSize: 16, Prefix: "respbench:abcdefgh:", Keyspace: 50, Seed: 1 << 31,
		Timeout: int64(2 * time.Second), ConnectTimeout: int64(2 * time.Second),
		Steps: 300, MostTime: int64(20 * time.Second), WarmupSteps: 5,
		Server: driver.Server{Network: "tcp", Host: "127.0.0.1", Port: port},
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

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// free is a port that nobody listens on.
func free(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}
