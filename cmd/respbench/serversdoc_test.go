package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

var update = flag.Bool("update", false, "write docs/SERVERS.md as the test saw it")

const serversDoc = "../../docs/SERVERS.md"

// A kind of server, and how a user names one.
type kindOfServer struct {
	name  string
	start func(t *testing.T) (args, environment []string)
}

// restricted is all that a user needs who measures a standalone server.
const restricted = "on >" + secret + " ~respbench:* -@all +get +set +unlink +exists +ttl"

var kindsOfServers = []kindOfServer{
	{"standalone, TCP", func(t *testing.T) (args, environment []string) {
		return []string{"--url", "redis://" + servertest.Start(t, servertest.Options{}).Addr}, nil
	}},
	{"unix socket", func(t *testing.T) (args, environment []string) {
		return []string{"--url", "unix://" + servertest.Start(t, servertest.Options{}).Socket}, nil
	}},
	{"TLS", func(t *testing.T) (args, environment []string) {
		s := servertest.Start(t, servertest.Options{TLS: true})
		return []string{"--url", "rediss://" + s.Addr, "--cacert", s.Certs.CA}, nil
	}},
	{"TLS, client certificate", func(t *testing.T) (args, environment []string) {
		s := servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true})
		return []string{"--url", "rediss://" + s.Addr, "--cacert", s.Certs.CA, "--cert", s.Certs.Client.Cert, "--key", s.Certs.Client.Key}, nil
	}},
	{"user with GET, SET, UNLINK, EXISTS, TTL on respbench:*", func(t *testing.T) (args, environment []string) {
		s := servertest.Start(t, servertest.Options{})
		s.Do(t, append([]string{"ACL", "SETUSER", "me"}, strings.Fields(restricted)...)...)
		return []string{"--url", "redis://me@" + s.Addr}, []string{"REDISCLI_AUTH=" + secret}
	}},
	{"without HELLO, CLIENT, CONFIG and INFO", func(t *testing.T) (args, environment []string) {
		s := servertest.Start(t, servertest.Options{Args: []string{
			"--rename-command", "HELLO", "", "--rename-command", "CLIENT", "", "--rename-command", "CONFIG", "", "--rename-command", "INFO", "",
		}})
		return []string{"--url", "redis://" + s.Addr}, nil
	}},
	{"Sentinel", func(t *testing.T) (args, environment []string) {
		s := servertest.StartSentinel(t)
		return []string{"--url", "redis+sentinel://" + strings.Join(s.Addrs, ",") + "/" + servertest.MasterName}, nil
	}},
	{"Cluster", func(t *testing.T) (args, environment []string) {
		return []string{"--url", "redis+cluster://" + strings.Join(servertest.StartCluster(t).Addrs, ",")}, nil
	}},
	{"embedded", func(*testing.T) (args, environment []string) { return []string{"--server", "embedded"}, nil }},
}

// TestServersDoc runs every variant against every kind of server: the document
// says what came of it.
func TestServersDoc(t *testing.T) {
	t.Parallel()
	clients := listedClients()
	cells := make([][]string, len(kindsOfServers))
	t.Run("kinds", func(t *testing.T) {
		for i, kind := range kindsOfServers {
			t.Run(kind.name, func(t *testing.T) {
				t.Parallel()
				cells[i] = reached(t, kind, clients)
			})
		}
	})
	got := serversTable(clients, cells)
	want, err := os.ReadFile(serversDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, _, after := cutTable(t, string(want))
	whole := before + got + after
	if *update {
		if err := os.WriteFile(serversDoc, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if whole != string(want) {
		t.Errorf("%s does not say what was seen; write it with -update:\n%s", serversDoc, got)
	}
}

// reached is what became of each client at a kind of server.
func reached(t *testing.T, kind kindOfServer, clients []string) []string {
	args, environment := kind.start(t)
	dir := t.TempDir()
	r := respbench(t, dir, environment, append([]string{
		"run", "-c", "all", "-s", "sync", "-n", "200", "-k", "100", "--warmup", "0", "--rounds", "1", "-o", "out.jsonl",
	}, args...)...)
	if r.code != 0 && r.code != exitTrial {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	run := readRun(t, filepath.Join(dir, "out.jsonl"))
	outcome := map[string]string{}
	for _, trial := range run.Trials {
		outcome[fullName(trial.Point)] = "works"
		switch caches := strings.HasSuffix(trial.Point.Client(), ":cache"); {
		case caches && trial.Status == results.Failed:
			outcome[fullName(trial.Point)] = "fails: its cache needs what the server refuses"
		case trial.Status != results.OK || trial.Ops != 200:
			t.Errorf("%s: %s (%s), %d ops", trial.Point.Client(), trial.Status, trial.Reason, trial.Ops)
		}
	}
	for _, skip := range run.Header.Skips {
		outcome[fullName(skip.Point)] = "skipped: " + skip.Reason
	}
	list := make([]string, len(clients))
	for i, client := range clients {
		list[i] = outcome[client]
	}
	return list
}

func fullName(p results.Point) string { return p.Library + ":" + p.Variant }

// serversTable has a row a kind of server and a column a client; clients with
// equal columns share one.
func serversTable(clients []string, cells [][]string) string {
	var names []string
	var columns [][]string
	for i, client := range clients {
		column := make([]string, len(cells))
		for row := range cells {
			column[row] = cells[row][i]
		}
		client = strings.TrimSuffix(client, ":default")
		if last := len(columns) - 1; last >= 0 && strings.Join(columns[last], "\n") == strings.Join(column, "\n") {
			names[last] += ", " + client
			continue
		}
		names, columns = append(names, client), append(columns, column)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| server | %s |\n|---|%s\n", strings.Join(names, " | "), strings.Repeat("---|", len(names)))
	for row, kind := range kindsOfServers {
		fmt.Fprintf(&b, "| %s |", kind.name)
		for _, column := range columns {
			fmt.Fprintf(&b, " %s |", column[row])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// cutTable finds the part of a document that a test makes.
func cutTable(t *testing.T, document string) (before, table, after string) {
	t.Helper()
	const begins, ends = "<!-- table -->\n", "<!-- end of table -->"
	head, rest, found := strings.Cut(document, begins)
	table, tail, closed := strings.Cut(rest, ends)
	if !found || !closed {
		t.Fatalf("the document has no %q and %q", begins, ends)
	}
	return head + begins, table, ends + tail
}
