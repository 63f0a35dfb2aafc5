package python_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var variants = []string{"default", "hiredis", "asyncio", "asyncio-hiredis", "uvloop", "uvloop-hiredis"}

// ways are one of each kind: threads, and coroutines.
var ways = []string{"default", "asyncio"}

// patience is how long anything may take on a busy machine.
const patience = 20 * time.Second

// find returns the driver where all of it can be run.
func find(t *testing.T) *driver.Driver {
	t.Helper()
	d, err := driver.Find(t.Context(), "redis-py")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range d.About.Clients[0].Variants {
		if v.Missing != "" {
			t.Skipf("NOT TESTED: redis-py:%s %s", v.Name, v.Missing)
		}
	}
	return d
}

// newSpec is a trial of 40 steps by one worker.
func newSpec(t *testing.T, variant, addr string) driver.Spec {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	samples := filepath.Join(t.TempDir(), "samples")
	if err := os.WriteFile(samples, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return driver.Spec{
		Protocol: driver.Protocol, Client: "redis-py", Variant: variant, Scenario: "sync", Version: 1,
		Workers: 1, DataSize: 16, Prefix: "respbench:abcdefg2:", Keyspace: 10, Seed: 4_000_000_000, RESP: 2,
		Timeout: int64(5 * time.Second), ConnectTimeout: int64(5 * time.Second),
		Steps: 40, MostTime: int64(patience), WarmupSteps: 3,
		Server: driver.Server{Network: "tcp", Host: host, Port: number}, Samples: samples,
	}
}

// A talk is a driver's process and what it has said.
type talk struct {
	t       *testing.T
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	lines   *bufio.Scanner
	samples *os.File
	seen    []string // events but beats
	beats   []int64
}

func start(t *testing.T, d *driver.Driver, spec driver.Spec) *talk {
	t.Helper()
	return startWith(t, d, spec, os.Stderr)
}

// startWith starts a driver in an environment that has more than ours.
func startWith(t *testing.T, d *driver.Driver, spec driver.Spec, stderr io.Writer, more ...string) *talk {
	t.Helper()
	k := &talk{t: t, cmd: exec.Command(d.Args[0], d.Args[1:]...)}
	k.cmd.Stderr, k.cmd.Env = stderr, append(os.Environ(), more...)
	var err, outErr, fileErr error
	k.stdin, err = k.cmd.StdinPipe()
	out, outErr := k.cmd.StdoutPipe()
	k.samples, fileErr = os.Open(spec.Samples)
	if err = errors.Join(err, outErr, fileErr, k.cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = k.cmd.Process.Kill()
		_ = k.cmd.Wait()
		_ = k.samples.Close()
	})
	k.lines = bufio.NewScanner(out)
	k.send(spec)
	return k
}

func (k *talk) send(order any) {
	k.t.Helper()
	line, err := json.Marshal(order)
	if err == nil {
		_, err = k.stdin.Write(append(line, '\n'))
	}
	if err != nil {
		k.t.Fatal(err)
	}
}

// until returns the next event of a name; any other but a beat ends the test.
func (k *talk) until(name string) driver.Event {
	k.t.Helper()
	watchdog := time.AfterFunc(patience, func() { _ = k.cmd.Process.Kill() })
	defer watchdog.Stop()
	for k.lines.Scan() {
		var e driver.Event
		if err := json.Unmarshal(k.lines.Bytes(), &e); err != nil {
			k.t.Fatalf("%q: %v", k.lines.Text(), err)
		}
		if e.Event == results.EventBeat {
			k.beats = append(k.beats, e.Steps)
			continue
		}
		if k.seen = append(k.seen, e.Event); e.Event != name {
			k.t.Fatalf("%v, want %q: %s", k.seen, name, e.Error)
		}
		return e
	}
	k.t.Fatalf("%v, then no %q", k.seen, name)
	return driver.Event{}
}

// begin lets the driver start its clock; before is done while it waits.
func (k *talk) begin(before func()) {
	k.t.Helper()
	k.until(results.EventReady)
	if err := os.Remove(k.samples.Name()); err != nil {
		k.t.Fatal(err)
	}
	before()
	k.send(driver.Order{Go: true})
	k.until(results.EventStarted)
}

// end returns the record and the samples, which must be as many.
func (k *talk) end() (*driver.Record, [][]int64) {
	k.t.Helper()
	k.until(results.EventEnded)
	r := k.until(results.EventRecord).Record
	if k.lines.Scan() {
		k.t.Errorf("after the record: %q", k.lines.Text())
	}
	if err := k.cmd.Wait(); err != nil {
		k.t.Error(err)
	}
	file, err := io.ReadAll(k.samples)
	if err != nil {
		k.t.Fatal(err)
	}
	var samples [][]int64
	for _, n := range r.Samples {
		of := make([]int64, n)
		if _, err := binary.Decode(file, binary.LittleEndian, of); err != nil {
			k.t.Fatalf("%d samples in %d bytes: %v", n, len(file), err)
		}
		samples, file = append(samples, of), file[8*n:]
	}
	if len(file) > 0 {
		k.t.Errorf("%d bytes behind the samples", len(file))
	}
	return r, samples
}

func run(t *testing.T, d *driver.Driver, spec driver.Spec) (*driver.Record, [][]int64) {
	t.Helper()
	k := start(t, d, spec)
	k.begin(func() {})
	return k.end()
}

func total(samples [][]int64) (steps, failed int) {
	for _, of := range samples {
		steps += len(of)
		for _, ns := range of {
			if ns < 0 {
				failed++
			}
		}
	}
	return steps, failed
}

// calls is how often the server has executed a command.
func calls(t *testing.T, s *servertest.Server, command string) int {
	t.Helper()
	_, rest, _ := strings.Cut(s.Do(t, "INFO", "commandstats"), "cmdstat_"+command+":calls=")
	number, _, _ := strings.Cut(rest, ",")
	n, _ := strconv.Atoi(number) // no calls, no line
	return n
}
