package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/resp"
)

func TestInfoFields(t *testing.T) {
	s := start(t, Options{Version: "1.2.3"})
	p := connect(t, s)
	p.do("SET", "k", "v", "EX", "100")
	p.do("GET", "k")
	p.do("GET", "nosuch")
	fields := p.fields()
	want := map[string]string{
		"redis_version": Compatible, "server_name": "respbench", "respbench_version": "1.2.3",
		"process_id": strconv.Itoa(os.Getpid()), "tcp_port": strconv.Itoa(s.port()),
		"connected_clients": "1", "total_connections_received": "1", "total_commands_processed": "3",
		"keyspace_hits": "1", "keyspace_misses": "1", "expired_keys": "0", "db0": "keys=1,expires=1,avg_ttl=0",
		"maxmemory": "0", "maxmemory_policy": "noeviction", "role": "master", "loading": "0",
	}
	for name, value := range want {
		if got, ok := fields[name]; !ok || got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	for _, name := range []string{"uptime_in_seconds", "used_cpu_user", "used_cpu_sys", "used_memory"} {
		if n, err := strconv.ParseFloat(fields[name], 64); err != nil || n < 0 {
			t.Errorf("%s is %q", name, fields[name])
		}
	}
}

func TestInfoSections(t *testing.T) {
	p := connect(t, start(t, Options{}))
	tests := []struct {
		ask  string
		want string
	}{
		{"INFO", "Server Clients Memory Persistence Stats Replication CPU Errorstats Keyspace"},
		{"INFO default", "Server Clients Memory Persistence Stats Replication CPU Errorstats Keyspace"},
		{"INFO all", "Server Clients Memory Persistence Stats Replication CPU Commandstats Errorstats Keyspace"},
		{"info EVERYTHING", "Server Clients Memory Persistence Stats Replication CPU Commandstats Errorstats Keyspace"},
		{"INFO commandstats server", "Server Commandstats"},
		{"INFO nosuch", ""},
	}
	for _, tt := range tests {
		var got []string
		for line := range strings.Lines(p.do(strings.Fields(tt.ask)...).Text) {
			if name, ok := strings.CutPrefix(line, "# "); ok {
				got = append(got, strings.TrimSpace(name))
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.ask, got, tt.want)
		}
	}
}

// calls reads the statistics of one command: "calls=1,usec=2,...".
func calls(t *testing.T, p *peer, command string) map[string]string {
	t.Helper()
	stats := make(map[string]string)
	for pair := range strings.SplitSeq(p.fields("commandstats")["cmdstat_"+command], ",") {
		name, value, _ := strings.Cut(pair, "=")
		stats[name] = value
	}
	return stats
}

// Whoever has read the replies must find exactly these commands counted, on
// another connection and after the first has ended.
func TestCommandStatsAreExact(t *testing.T) {
	s := start(t, Options{})
	admin := connect(t, s)
	for round := 1; round <= 20; round++ {
		p := connect(t, s)
		batch := strings.Repeat(string(resp.AppendCommand(nil, "SET", "k", "v"))+string(resp.AppendCommand(nil, "GET", "k")), 50)
		p.send(batch)
		for range 100 {
			if _, _, err := p.in.ReadScalar(); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"set", "get"} {
			if got := calls(t, admin, name)["calls"]; got != strconv.Itoa(50*round) {
				t.Fatalf("round %d: %s has %s calls, want %d", round, name, got, 50*round)
			}
		}
		p.conn.Close()
	}
}

func TestCommandStatsOfFailures(t *testing.T) {
	p := connect(t, start(t, Options{}))
	p.do("SET", "k", "x")
	p.do("INCR", "k")
	p.do("INCR")
	p.do("CLIENT", "ID")
	p.do("MULTI")
	p.do("INCR", "k")
	p.do("INCR", "n")
	p.do("EXEC")
	want := map[string]string{
		"incr":      "calls=3 failed_calls=2 rejected_calls=1",
		"client|id": "calls=1 failed_calls=0 rejected_calls=0",
		"exec":      "calls=1 failed_calls=0 rejected_calls=0",
		"set":       "calls=1 failed_calls=0 rejected_calls=0",
	}
	for name, text := range want {
		got := calls(t, p, name)
		if s := fmt.Sprintf("calls=%s failed_calls=%s rejected_calls=%s", got["calls"], got["failed_calls"], got["rejected_calls"]); s != text {
			t.Errorf("%s: got %s, want %s", name, s, text)
		}
		if _, err := strconv.ParseFloat(got["usec_per_call"], 64); err != nil {
			t.Errorf("%s: usec_per_call: %v", name, err)
		}
		if _, err := strconv.ParseInt(got["usec"], 10, 64); err != nil {
			t.Errorf("%s: usec: %v", name, err)
		}
	}
}

func TestConfigGet(t *testing.T) {
	s := start(t, Options{})
	p := connect(t, s)
	p.want(fmt.Sprintf("[port %d]", s.port()), "CONFIG", "GET", "PORT")
	p.want("[maxmemory 0 maxmemory-policy noeviction save ]", "CONFIG", "GET", "max*", "save", "maxmemory")
	p.want("[io-threads 1]", "CONFIG", "GET", "io-*")
	p.want("[bind 127.0.0.1]", "CONFIG", "GET", "b?nd")
}

func TestCommandDescriptions(t *testing.T) {
	s := start(t, Options{})
	p := connect(t, s)
	for _, proto := range []string{"2", "3"} {
		p.do("HELLO", proto)
		all := p.do("COMMAND")
		if n := p.do("COMMAND", "COUNT").Int; int(n) != len(all.Elems) || len(all.Elems) != len(p.do("COMMAND", "LIST").Elems) {
			t.Errorf("COMMAND has %d entries and COUNT %d", len(all.Elems), n)
		}
		for _, entry := range all.Elems {
			checkArity(t, p, entry)
		}
		p.want("set -3 1 1 1", "ECHO", described(p.do("COMMAND", "INFO", "set").Elems[0]))
		p.want("mset -3 1 -1 2", "ECHO", described(p.do("COMMAND", "INFO", "MSET").Elems[0]))
		p.want("client|id 2 0 0 0", "ECHO", described(p.do("COMMAND", "INFO", "client|id").Elems[0]))
		docs := p.do("COMMAND", "DOCS", "get").String()
		if !strings.Contains(docs, "Get the value of a key") {
			t.Errorf("COMMAND DOCS get: %s", docs)
		}
	}
	p.do("CLIENT", "HELP")
}

func described(entry resp.Value) string {
	e := entry.Elems
	return fmt.Sprint(e[0].Text, " ", e[1].Int, " ", e[3].Int, " ", e[4].Int, " ", e[5].Int)
}

// checkArity sends one argument too few, or too many: a list that lies about
// the arity shows.
func checkArity(t *testing.T, p *peer, entry resp.Value) {
	t.Helper()
	name, arity := entry.Elems[0].Text, entry.Elems[1].Int
	request := []string{name}
	switch {
	case arity >= 0:
		for range arity {
			request = append(request, "x")
		}
	case arity == -1:
		return
	default:
		for range -arity - 2 {
			request = append(request, "x")
		}
	}
	if got, want := p.do(request...).Text, "wrong number of arguments for '"+name+"' command"; !strings.HasSuffix(got, want) {
		t.Errorf("%q: got %q, want %q at the end", request, got, want)
	}
}

func TestClientFacts(t *testing.T) {
	s := start(t, Options{Network: "unix", Addr: filepath.Join(t.TempDir(), "s")})
	p := connect(t, s)
	p.want("OK", "CLIENT", "SETNAME", "me")
	p.want("OK", "CLIENT", "SETINFO", "LIB-NAME", "lib")
	p.want("OK", "CLIENT", "SETINFO", "lib-ver", "1.0")
	p.want("ERR Unrecognized option 'nosuch'", "CLIENT", "SETINFO", "nosuch", "x")
	p.want("ERR lib-ver cannot contain spaces, newlines or special characters.", "CLIENT", "SETINFO", "lib-ver", "a b")
	line := p.do("CLIENT", "INFO").Text
	for _, word := range []string{fmt.Sprint("id=", p.do("CLIENT", "ID").Int, " "), " name=me ", " lib-name=lib ", " lib-ver=1.0\n", " db=0 ", " resp=2 "} {
		if !strings.Contains(line, word) {
			t.Errorf("CLIENT INFO lacks %q: %q", word, line)
		}
	}
	hello := p.do("HELLO", "3", "SETNAME", "you").String()
	if want := fmt.Sprintf("[server respbench version %s proto 3 id 1 mode standalone role master modules []]", Compatible); hello != want {
		t.Errorf("HELLO: got %s, want %s", hello, want)
	}
	p.want("you", "CLIENT", "GETNAME")
	p.want(s.Addr().String(), "ECHO", p.do("CONFIG", "GET", "unixsocket").Elems[1].Text)
}
