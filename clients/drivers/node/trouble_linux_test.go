package node_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/internal/servertest"
)

// each runs f for each way to use a library.
func each(t *testing.T, f func(t *testing.T, client, variant string)) {
	t.Helper()
	for _, v := range variants {
		t.Run(v[0]+":"+v[1], func(t *testing.T) {
			t.Parallel()
			f(t, v[0], v[1])
		})
	}
}

// timed is a trial of 400 ms, concurrent.
func timed(s *servertest.Server, client, variant string) driver.Spec {
	spec := specFor(s, client, variant)
	spec.Scenario, spec.Workers = "concurrent", 3
	spec.Steps, spec.LeastSteps, spec.LeastTime = 0, 1, int64(400*time.Millisecond)
	return spec
}

// TestCut holds that a trial goes on over another connection, and that what the
// cut has cost is counted and told.
func TestCut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client, variant string) {
		s := servertest.Start(t, servertest.Options{})
		c := begin(t, timed(s, client, variant))
		c.start(t)
		time.Sleep(100 * time.Millisecond)
		before := counted(t, s, "get")
		s.Do(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
		r := c.record(t)
		if counted(t, s, "get") <= before+10 || r.Connections != 2 {
			t.Errorf("did not go on: %+v", r)
		}
		if n := r.Errors["reset"]; n < 1 || n > 3 || len(r.Errors) != 1 || r.FirstErrors["reset"] == "" {
			t.Errorf("errors %v %v, want one reset of each worker at most", r.Errors, r.FirstErrors)
		}
		if n := failed(c.read(t, r)); n != r.Errors["reset"] {
			t.Errorf("%d negative samples", n)
		}
	})
}

func failed(workers [][]int64) (n int64) {
	for _, samples := range workers {
		for _, s := range samples {
			if s < 0 {
				n++
			}
		}
	}
	return n
}

// TestErrors holds that failed steps are counted by their classes.
func TestErrors(t *testing.T) {
	t.Parallel()
	troubles := []struct {
		class     string
		from, end []string
	}{
		{"oom", []string{"CONFIG", "SET", "maxmemory", "1"}, []string{"CONFIG", "SET", "maxmemory", "0"}},
		{"readonly", []string{"REPLICAOF", "127.0.0.1", "1"}, []string{"REPLICAOF", "NO", "ONE"}},
		{"permission", []string{"ACL", "SETUSER", "default", "-get"}, []string{"ACL", "SETUSER", "default", "+get"}},
		{"timeout", []string{"CLIENT", "PAUSE", "600"}, []string{"PING"}},
	}
	each(t, func(t *testing.T, client, variant string) {
		s := servertest.Start(t, servertest.Options{})
		spec := timed(s, client, variant)
		spec.LeastTime, spec.Timeout = int64(2500*time.Millisecond), int64(300*time.Millisecond)
		c := begin(t, spec)
		c.start(t)
		for _, trouble := range troubles {
			s.Do(t, trouble.from...)
			time.Sleep(150 * time.Millisecond)
			s.Do(t, trouble.end...)
			time.Sleep(150 * time.Millisecond) // a worker waits up to 100 ms, until a success
		}
		r := c.record(t)
		for _, trouble := range troubles {
			if r.Errors[trouble.class] == 0 || r.FirstErrors[trouble.class] == "" {
				t.Errorf("no %s", trouble.class)
			}
		}
		if len(r.Errors) != len(troubles) || failed(c.read(t, r)) != total(slices.Collect(maps.Values(r.Errors))) {
			t.Errorf("errors %v %v, %d negative samples", r.Errors, r.FirstErrors, failed(c.read(t, r)))
		}
	})
}

// TestMismatch holds that every reply is looked at: somebody else writes the
// only key.
func TestMismatch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client, variant string) {
		for _, depth := range []int{0, 3} {
			s := servertest.Start(t, servertest.Options{})
			spec := timed(s, client, variant)
			spec.Scenario, spec.Workers, spec.Keyspace = "sync", 1, 1
			if depth > 0 { // a server reads so much in several steps
				spec.Scenario, spec.Depth, spec.DataSize = "pipelined", depth, 100_000
			}
			spec.LeastTime = int64(1200 * time.Millisecond)
			c := begin(t, spec)
			c.start(t)
			end := flood(t, s, resp.AppendCommand(nil, "SET", spec.Prefix+"0", "somebody else's"))
			r := c.record(t)
			end()
			if r.Errors["mismatch"] == 0 || len(r.Errors) != 1 || !strings.Contains(r.FirstErrors["mismatch"], "of 15 characters") {
				t.Errorf("depth %d: errors %v %v", depth, r.Errors, r.FirstErrors)
			}
		}
	})
}

// flood has a server execute a command between any two others, until its end.
func flood(t *testing.T, s *servertest.Server, command []byte) (end func()) {
	conn, err := net.Dial("unix", s.Socket)
	if err != nil {
		t.Fatal(err)
	}
	commands := bytes.Repeat(command, 100)
	var ends sync.WaitGroup
	ends.Go(func() { _, _ = io.Copy(io.Discard, conn) })
	ends.Go(func() {
		for {
			if _, err := conn.Write(commands); err != nil {
				return
			}
		}
	})
	return func() {
		_ = conn.Close()
		ends.Wait()
	}
}

// TestMismatchInTheWarmUp holds that they are told apart from other failures.
func TestMismatchInTheWarmUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client, variant string) {
		s := servertest.Start(t, servertest.Options{})
		spec := specFor(s, client, variant)
		spec.Keyspace, spec.Steps, spec.WarmupTime = 1, 5, int64(3*time.Second)
		c := begin(t, spec)
		for counted(t, s, "get") == 0 {
			time.Sleep(time.Millisecond)
		}
		for range 500 {
			s.Do(t, "SET", spec.Prefix+"0", "somebody else's")
		}
		s.Do(t, "ACL", "SETUSER", "default", "-get")
		servertest.Eventually(t, 10*time.Second, "have a GET refused", func() error {
			if !strings.Contains(s.Do(t, "INFO", "errorstats"), "NOPERM") {
				return errors.New("none was")
			}
			return nil
		})
		s.Do(t, "ACL", "SETUSER", "default", "+get")
		c.start(t)
		if r := c.record(t); r.Warm.Mismatches == 0 || r.Warm.Failed <= r.Warm.Mismatches || len(r.Errors) > 0 {
			t.Errorf("warm-up %+v, errors %v", r.Warm, r.Errors)
		}
	})
}

// TestRefused holds that a trial that cannot be run says so, and ends.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Args: []string{"--requirepass", "secret"}})
	tests := map[string]struct {
		change func(*driver.Spec)
		want   string
		early  bool // before a library is loaded
	}{
		"nobody there":   {func(p *driver.Spec) { p.Server.Port = free(t) }, "ECONNREFUSED", false},
		"no password":    {func(*driver.Spec) {}, "NOAUTH", false},
		"wrong password": {func(p *driver.Spec) { p.Server.Password = "wrong" }, "WRONGPASS", false},
		"protocol":       {func(p *driver.Spec) { p.Protocol = 2 }, "protocol 2; this driver speaks 1", true},
		"scenario":       {func(p *driver.Spec) { p.Version = 2 }, "scenario sync, version 2", true},
		"client":         {func(p *driver.Spec) { p.Variant = "pool" }, ":pool; have ioredis, node-redis, iovalkey", true},
		"keys":           {func(p *driver.Spec) { p.Workers = 51 }, "50 keys for 51 workers", true},
	}
	each(t, func(t *testing.T, client, variant string) {
		for name, test := range tests {
			if test.early && client != "ioredis" || variant != "default" || client == "iovalkey" {
				continue // the same code refuses it
			}
			spec := specFor(s, client, variant)
			test.change(&spec)
			c := begin(t, spec)
			if e := c.expect(t, "error"); !strings.Contains(e.Error, test.want) || strings.Contains(e.Error, "\n") {
				t.Errorf("%s: error %q, want %q", name, e.Error, test.want)
			}
			c.expect(t, "")
		}
	})
}

// TestTransports holds that each library gets to a server over all of them, as
// a user with a password, to the database that is asked for.
func TestTransports(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true, Args: []string{"--user", "me", "on", ">secret", "~*", "&*", "+@all"}})
	secure, _ := strconv.Atoi(s.Port())
	certs := driver.TLS{CA: read(t, s.Certs.CA), Cert: read(t, s.Certs.Client.Cert), Key: read(t, s.Certs.Client.Key)}
	other, named, insecure := certs, certs, certs
	other.CA = read(t, s.Certs.OtherCA)
	insecure.CA, insecure.Insecure = other.CA, true
	named.ServerName = "elsewhere.test"
	tests := map[string]struct {
		server driver.Server
		wrong  string
	}{
		"unix":         {server: driver.Server{Network: "unix", Path: s.Socket}},
		"tls":          {server: driver.Server{Network: "tcp", Host: "localhost", Port: secure, TLS: &certs}},
		"insecure":     {server: driver.Server{Network: "tcp", Host: "127.0.0.1", Port: secure, TLS: &insecure}},
		"another name": {server: driver.Server{Network: "tcp", Host: "127.0.0.1", Port: secure, TLS: &named}, wrong: "elsewhere.test"},
		"another CA":   {server: driver.Server{Network: "tcp", Host: "127.0.0.1", Port: secure, TLS: &other}, wrong: "certificate"},
	}
	each(t, func(t *testing.T, client, variant string) {
		if variant != "default" {
			return // it opens its connection as the default does
		}
		for name, test := range tests {
			if test.wrong != "" && client == "iovalkey" {
				continue // the same code refuses it as for ioredis
			}
			spec := specFor(s, client, variant)
			spec.Prefix = fmt.Sprintf("respbench:%s:%s:", client, strings.ReplaceAll(name, " ", "-"))
			spec.Server = test.server
			spec.Server.Username, spec.Server.Password, spec.Server.DB = "me", "secret", 3
			c := begin(t, spec)
			if test.wrong != "" {
				if e := c.expect(t, "error"); !strings.Contains(e.Error, test.wrong) {
					t.Errorf("%s: error %q, want %q", name, e.Error, test.wrong)
				}
				continue
			}
			c.start(t)
			if r := c.record(t); total(r.Samples) != spec.Steps || len(r.Errors) > 0 {
				t.Errorf("%s: %+v", name, r)
			}
			if s.Do(t, "SELECT", "3"); s.Do(t, "EXISTS", spec.Prefix+"0") != "1" {
				t.Errorf("%s: no key in database 3", name)
			}
		}
	})
}

// TestProtocol holds that a library speaks the version that is asked for, or
// the first that it describes.
func TestProtocol(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client, variant string) {
		for asked, want := range map[int]string{0: "resp=3", 2: "resp=2"} {
			if client == "iovalkey" && asked != 2 || variant != "default" {
				continue
			}
			s := servertest.Start(t, servertest.Options{})
			spec := specFor(s, client, variant)
			spec.RESP = asked
			c := begin(t, spec)
			c.expect(t, "ready")
			if lines := s.Clients(t); len(lines) != 1 || !strings.Contains(lines[0], want) {
				t.Errorf("asked for %d: %q, want one client with %s", asked, lines, want)
			}
			c.order(t, driver.Order{Go: true})
			c.expect(t, "started")
			if r := c.record(t); total(r.Samples) != spec.Steps {
				t.Errorf("%+v", r)
			}
		}
	})
}

// TestFolders holds that packages are found in the current folder, and where
// Debian's npm -g puts them: elsewhere has another folder stand for that.
func TestFolders(t *testing.T) {
	t.Parallel()
	const elsewhere = `
const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = (name, parent, main, options) => resolve(name, parent, main,
  options && { paths: options.paths.map((path) => (path === '/usr/local/lib' ? __dirname : path)) });
`
	for _, options := range []string{"", "--require=./elsewhere/preload.cjs"} {
		cmd := command(t, "", "describe")
		cmd.Env = append(cmd.Env, "NODE_OPTIONS="+options)
		folder := cmd.Dir
		if options != "" {
			folder += "/elsewhere"
		}
		if err := errors.Join(
			os.MkdirAll(folder, 0o700), os.WriteFile(folder+"/preload.cjs", []byte(elsewhere), 0o600),
			os.Symlink(packages(t), folder+"/node_modules"),
		); err != nil {
			t.Fatal(err)
		}
		text, err := cmd.Output()
		if err != nil || strings.Contains(string(text), "missing") {
			t.Errorf("%q: %v\n%s", options, err, text)
		}
	}
}
