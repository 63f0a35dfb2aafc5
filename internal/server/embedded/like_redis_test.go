package embedded

import (
	"io"
	"strings"
	"testing"
)

// long is more than an error text may repeat.
var long = strings.Repeat("x", 200)

// sameAsRedis are requests that Redis 7.0 and we must answer alike, byte for
// byte. They build on one another, in order, on one connection.
var sameAsRedis = [][]string{
	{"PING"}, {"ping", "a b"}, {"PING", "a", "b"}, {"ECHO", "\x00\r\n\xff"}, {"ECHO"}, {"ECHO", "a", "b"},
	{"nosuch"}, {"NoSuch", "a", "b"}, {"nosuch", long, long}, {"nosuch", "a\r\nb", "c\x00d"}, {long, "a"}, {""}, {"", ""},
	{"CLIENT"}, {"CLIENT", "NOSUCH"}, {"CLIENT", "ID", "x"}, {"CLIENT", "SETNAME"}, {"client", "getname", "x"}, {"CONFIG"}, {"CONFIG", "no such"}, {"CONFIG", "GET"},
	{"COMMAND", "nosuch"}, {"COMMAND", "COUNT", "x"}, {"COMMAND", "INFO", "nosuch"}, {"COMMAND", "DOCS", "nosuch"}, {"CONFIG", long},
	{"CLIENT", "GETNAME"}, {"CLIENT", "SETNAME", "me"}, {"CLIENT", "GETNAME"}, {"CLIENT", "SETNAME", "a b"}, {"CLIENT", "SETNAME", "a\nb"}, {"CLIENT", "SETNAME", ""}, {"CLIENT", "GETNAME"},
	{"SELECT", "16"}, {"SELECT", "-1"}, {"SELECT", "x"}, {"SELECT", "99999999999"}, {"SELECT"}, {"SELECT", "3"}, {"DBSIZE"}, {"SELECT", "0"},
	{"AUTH"}, {"AUTH", "x"}, {"AUTH", "default", "x"}, {"AUTH", "nobody", "x"}, {"AUTH", "a", "b", "c"},
	{"HELLO", "x"}, {"HELLO", "1"}, {"HELLO", "4"}, {"HELLO", "2", "NOSUCH"}, {"HELLO", "2", "AUTH", "x"}, {"HELLO", "2", "SETNAME"},
	{"HELLO", "2", "AUTH", "nobody", "x"}, {"HELLO", "2", "SETNAME", "a b"},
	{"GET"}, {"GET", "k"}, {"GET", "k", "x"}, {"SET", "k"}, {"SET", "k", "v"}, {"GET", "k"}, {"SET", "", ""}, {"GET", ""},
	{"SET", "k", "\x00\r\n\xff"}, {"GET", "k"}, {"set", "k", long + long}, {"gEt", "k"},
	{"SET", "k", "w", "NX"}, {"SET", "k", "w", "XX"}, {"SET", "new", "w", "XX"}, {"GET", "new"}, {"SET", "new", "w", "nx"}, {"SET", "k", "v", "NX", "XX"},
	{"SET", "k", "v", "GET"}, {"SET", "none", "v", "GET"}, {"SET", "k", "v2", "NX", "GET"}, {"GET", "k"}, {"SET", "gone", "v", "XX", "GET"}, {"GET", "gone"},
	{"SET", "k", "v", "EX"}, {"SET", "k", "v", "EX", "x"}, {"SET", "k", "v", "EX", "0"}, {"SET", "k", "v", "PX", "-1"}, {"SET", "k", "v", "EX", "1.5"}, {"SET", "k", "v", "EX", " 1"},
	{"SET", "k", "v", "EX", "9223372036854775807"}, {"SET", "k", "v", "PX", "9223372036854775807"}, {"SET", "k", "v", "EX", "10", "PX", "10"}, {"SET", "k", "v", "EX", "10", "KEEPTTL"},
	{"SET", "k", "v", "KEEPTTL", "EX", "10"}, {"SET", "k", "v", "nosuch"}, {"SET", "k", "v", "XX", "EX"}, {"SET", "k", "v", "EXAT", "0"}, {"SET", "k", "v", "PXAT", "-5"},
	{"SET", "k", "v", "EX", "100"}, {"TTL", "k"}, {"SET", "k", "v", "KEEPTTL"}, {"TTL", "k"}, {"SET", "k", "v"}, {"TTL", "k"}, {"TTL", "nosuch"}, {"PTTL", "k"}, {"PTTL", "nosuch"},
	{"SET", "k", "v", "PX", "100000", "NX"}, {"SET", "k", "v", "XX", "PX", "100000"}, {"TTL", "k"}, {"SET", "k", "v", "EXAT", "4102444800"}, {"SET", "k", "v", "PXAT", "1000"}, {"GET", "k"}, {"EXISTS", "k"},
	{"SET", "k", "v"}, {"EXPIRE", "k"}, {"EXPIRE", "k", "x"}, {"EXPIRE", "k", "9223372036854775807"}, {"PEXPIRE", "k", "9223372036854775807"}, {"EXPIRE", "k", "-9223372036854775808"},
	{"EXPIRE", "k", "100", "NOSUCH"}, {"EXPIRE", "k", "100", "NX", "XX"}, {"EXPIRE", "k", "100", "GT", "LT"}, {"EXPIRE", "k", "100", "NX", "GT"}, {"EXPIRE", "k", "x", "NOSUCH"},
	{"EXPIRE", "k", "100", "XX"}, {"EXPIRE", "k", "100", "GT"}, {"TTL", "k"}, {"EXPIRE", "k", "100", "LT"}, {"TTL", "k"}, {"EXPIRE", "k", "50", "GT"}, {"EXPIRE", "k", "200", "GT"}, {"TTL", "k"},
	{"EXPIRE", "k", "100", "NX"}, {"EXPIRE", "k", "100", "xx", "lt"}, {"TTL", "k"}, {"EXPIRE", "nosuch", "1"}, {"PEXPIRE", "k", "100000"}, {"TTL", "k"}, {"INCR", "k"}, {"EXPIRE", "k", "-1"}, {"EXISTS", "k"},
	{"EXPIRE", "new", "0"}, {"GET", "new"},
	{"INCR", "n"}, {"INCR", "n"}, {"EXPIRE", "n", "100"}, {"INCR", "n"}, {"TTL", "n"}, {"SET", "n", "9223372036854775807"}, {"INCR", "n"}, {"SET", "n", "9223372036854775806"}, {"INCR", "n"},
	{"SET", "n", "x"}, {"INCR", "n"}, {"SET", "n", " 1"}, {"INCR", "n"}, {"SET", "n", "01"}, {"INCR", "n"}, {"SET", "n", "-0"}, {"INCR", "n"}, {"SET", "n", "-1"}, {"INCR", "n"}, {"SET", "n", ""}, {"INCR", "n"},
	{"MSET"}, {"MSET", "a"}, {"MSET", "a", "1", "b"}, {"MSET", "a", "1", "b", "2", "a", "3"}, {"MGET", "a", "b", "nosuch", "a"}, {"MGET"}, {"EXISTS", "a", "b", "a", "nosuch"}, {"EXISTS"},
	{"DEL", "a", "a", "nosuch"}, {"UNLINK", "b", "b"}, {"DEL"}, {"UNLINK"}, {"DBSIZE"}, {"DBSIZE", "x"},
	{"FLUSHDB", "nosuch"}, {"FLUSHALL", "ASYNC", "SYNC"}, {"FLUSHDB", "ASYNC"}, {"DBSIZE"}, {"SCAN", "0"}, {"SCAN", "x"}, {"SCAN"}, {"SCAN", "-"}, {"SCAN", "0", "COUNT"}, {"SCAN", "0", "COUNT", "0"},
	{"SCAN", "0", "COUNT", "x"}, {"SCAN", "0", "NOSUCH", "x"}, {"SCAN", "0", "MATCH", "*", "COUNT", "-1"}, {"SET", "one", "1"}, {"SCAN", "0", "COUNT", "1000", "MATCH", "o*"}, {"SCAN", "0", "COUNT", "1000", "TYPE", "hash"},
	{"FLUSHALL", "sync"}, {"DBSIZE"},
	{"EXEC"}, {"DISCARD"}, {"MULTI"}, {"EXEC", "x"}, {"EXEC"}, {"MULTI", "x"}, {"MULTI"}, {"MULTI"}, {"SET", "a", "1"}, {"INCR", "a"}, {"GET", "a"}, {"GET", "none"}, {"EXEC"},
	{"MULTI"}, {"EXEC"}, {"MULTI"}, {"SET", "a", "x"}, {"DISCARD"}, {"GET", "a"}, {"MULTI"}, {"nosuch"}, {"SET", "a", "y"}, {"EXEC"}, {"GET", "a"}, {"MULTI"}, {"GET"}, {"EXEC"}, {"EXEC"},
	{"MULTI"}, {"SET", "a", "x"}, {"INCR", "a"}, {"SET", "a", "z", "NOSUCH"}, {"SELECT", "2"}, {"SET", "b", "2"}, {"DBSIZE"}, {"EXEC"}, {"DBSIZE"}, {"GET", "b"}, {"MULTI"}, {"CLIENT", "NOSUCH"}, {"EXEC"},
	{"MULTI"}, {"FLUSHALL"}, {"DBSIZE"}, {"MGET", "a", "b"}, {"MSET", "c", "1", "d", "2"}, {"DEL", "c"}, {"SCAN", "0", "COUNT", "1000"}, {"EXISTS", "d"}, {"EXPIRE", "d", "100"}, {"TTL", "d"}, {"EXEC"},
	{"CONFIG", "GET", "save"}, {"CONFIG", "GET", "appendonly"}, {"CONFIG", "GET", "maxmemory"}, {"CONFIG", "GET", "nosuch*"}, {"CONFIG", "GET", "maxmemory-policy"}, {"INFO", "nosuch"}, {"INFO", "replication", "x"},
	{"CLIENT", "LIST", "x"}, {"CLIENT", "LIST", "TYPE"}, {"CLIENT", "LIST", "TYPE", "nosuch"}, {"CLIENT", "LIST", "type", "Master"}, {"CLIENT", "LIST", "TYPE", "pubsub"}, {"CLIENT", "LIST", "TYPE", "normal", "x"},
	{"CLIENT", "LIST", "ID"}, {"CLIENT", "LIST", "ID", "x"}, {"CLIENT", "LIST", "ID", "999999", "999998"}, {"CLIENT", "INFO", "x"},
	{"CLIENT", "KILL"}, {"CLIENT", "KILL", "nosuch"}, {"CLIENT", "KILL", "ID", "x"}, {"CLIENT", "KILL", "ID", "0"}, {"CLIENT", "KILL", "id", "999999"}, {"CLIENT", "KILL", "TYPE", "nosuch"}, {"CLIENT", "KILL", "TYPE", "replica"},
	{"CLIENT", "KILL", "ADDR", "127.0.0.1:1"}, {"CLIENT", "KILL", "LADDR", "x", "ADDR"}, {"CLIENT", "KILL", "LADDR", "x"}, {"CLIENT", "KILL", "USER", "nobody"}, {"CLIENT", "KILL", "USER", "default"}, {"CLIENT", "KILL", "SKIPME", "maybe"},
	{"CLIENT", "KILL", "SKIPME", "yes"}, {"CLIENT", "KILL", "nosuch", "x"}, {"CLIENT", "KILL", "TYPE", "normal", "USER", "default", "SKIPME", "YES"}, {"CLIENT", "KILL", "TYPE", "master", "SKIPME", "no"}, {"PING"},
	{"CLIENT", "PAUSE"}, {"CLIENT", "PAUSE", "x"}, {"CLIENT", "PAUSE", "-1"}, {"CLIENT", "PAUSE", "1.5"}, {"CLIENT", "PAUSE", "1", "nosuch"}, {"CLIENT", "PAUSE", "x", "nosuch"}, {"CLIENT", "PAUSE", "1", "ALL", "x"}, {"CLIENT", "PAUSE", "0"}, {"PING"},
	{"CLIENT", "PAUSE", "1"}, {"PING"}, {"CLIENT", "PAUSE", "1", "write"}, {"SET", "k", "v"}, {"CLIENT", "PAUSE", "60000", "WRITE"}, {"GET", "k"}, {"MULTI"}, {"GET", "k"}, {"EXEC"}, {"CLIENT", "UNPAUSE", "x"}, {"CLIENT", "UNPAUSE"}, {"SET", "k", "w"},
	{"CLIENT", "UNPAUSE"}, {"CLIENT", "PAUSE", "9223372036854775807", "WRITE"}, {"CLIENT", "PAUSE", "1", "WRITE"}, {"GET", "k"}, {"CLIENT", "UNPAUSE"}, {"INFO", "errorstats"},
	{"QUIT"},
}

// differs tells which of these requests cannot be compared, for the answer
// tells which server it is.
func differs(args []string) bool { return args[0] == "INFO" && args[1] == "replication" }

func TestAnswersLikeRedis(t *testing.T) {
	for _, proto := range []string{"2", "3"} {
		t.Run("RESP"+proto, func(t *testing.T) {
			ours := connect(t, start(t, Options{}))
			redis := dial(t, "unix", startRedis(t))
			ours.do("HELLO", proto)
			redis.do("HELLO", proto)
			for i, args := range sameAsRedis {
				want, got := redis.bytes(args...), ours.bytes(args...)
				if got != want && !differs(args) {
					t.Errorf("%d %.80q:\n got %.300q\nwant %.300q", i, args, got, want)
				}
			}
			if n, err := ours.conn.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("after QUIT: %d bytes, %v", n, err)
			}
		})
	}
}

func TestAsksForThePasswordLikeRedis(t *testing.T) {
	requests := [][]string{
		{"GET", "k"}, {"PING"}, {"nosuch"}, {"GET"}, {"HELLO"}, {"HELLO", "3"}, {"HELLO", "9"}, {"HELLO", "3", "AUTH", "default", "wrong"}, {"CLIENT", "ID"}, {"MULTI"}, {"EXEC"},
		{"AUTH", "wrong"}, {"AUTH", "default", "wrong"}, {"AUTH", "nobody", "secret"}, {"AUTH", "secret", "x", "y"}, {"AUTH", ""}, {"GET", "k"},
		{"AUTH", "secret"}, {"GET", "k"}, {"AUTH", "wrong"}, {"GET", "k"}, {"AUTH", "default", "secret"}, {"QUIT"},
	}
	ours := connect(t, start(t, Options{Password: "secret"}))
	redis := dial(t, "unix", startRedis(t, "--requirepass", "secret"))
	for i, args := range requests {
		if want, got := redis.bytes(args...), ours.bytes(args...); got != want {
			t.Errorf("%d %q:\n got %q\nwant %q", i, args, got, want)
		}
	}
}

// Each of these ends its connection, with the words of Redis.
func TestRefusesLikeRedis(t *testing.T) {
	tests := []struct{ name, request string }{
		{"count", "*x\r\n"},
		{"no dollar", "*1\r\n:4\r\nPING\r\n"},
		{"no bulk", "*1\r\n\r\n"},
		{"bulk length", "*1\r\n$x\r\n"},
		{"negative bulk", "*2\r\n$4\r\nECHO\r\n$-1\r\n"},
		{"oversized bulk", "*2\r\n$4\r\nECHO\r\n$536870913\r\n"},
		{"endless count", "*" + strings.Repeat("1", 70_000)},
		{"endless bulk length", "*1\r\n$" + strings.Repeat("1", 70_000)},
		{"endless line", strings.Repeat("a", 70_000)},
		{"open quote", "ECHO \"a\r\n"},
		{"after good ones", "PING\r\n*1\r\n$4\r\nPING\r\n*1\r\n+PING\r\n"},
		{"HTTP", "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nFLUSHALL\r\n"},
		{"inline", "ECHO 'a b'\r\n\r\nPING\n*0\r\nQUIT\r\n"},
	}
	server := start(t, Options{})
	redis := startRedis(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := everything(dial(t, "unix", redis), tt.request)
			got := everything(connect(t, server), tt.request)
			if got != want {
				t.Errorf("got %q\nwant %q", got, want)
			}
		})
	}
	connect(t, server).want("PONG", "PING")
}

func TestUnauthenticatedLimitsLikeRedis(t *testing.T) {
	server := start(t, Options{Password: "secret"})
	redis := startRedis(t, "--requirepass", "secret")
	for _, request := range []string{"*11\r\n", "*1\r\n$16385\r\n"} {
		want := everything(dial(t, "unix", redis), request)
		if got := everything(connect(t, server), request); got != want {
			t.Errorf("%q: got %q, want %q", request, got, want)
		}
	}
}

// everything is all that a server sends until it ends the connection. It may
// end it before the request is sent in full, hence the errors do not matter.
func everything(p *peer, request string) string {
	io.WriteString(p.conn, request)
	answer, _ := io.ReadAll(p.conn)
	return string(answer)
}
