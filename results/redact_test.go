package results

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	access := Access{Network: "tcp", Addrs: []string{"db.example:6379"}, Username: "me", Password: "s3cret", Master: "mymaster"}
	for in, want := range map[string]string{
		"dial tcp 10.1.2.3:6379: refused":                      "dial tcp <address>: refused",
		"read tcp 127.0.0.1:4000->127.0.0.1:6379: i/o timeout": "read tcp <address>-><address>: i/o timeout",
		"lookup db.example: no such host":                      "lookup <server>: no such host",
		"dial db.example:6379":                                 "dial <server>",
		"dial tcp [::1]:6379: refused":                         "dial tcp <address>: refused",
		"user me with s3cret, mentioned":                       "user <secret> with <secret>, mentioned",
		"user me me; me":                                       "user <secret> <secret>; <secret>",
		"mymaster mymaster.":                                   "<master> <master>.",

		// Hosts that nobody typed.
		"the server at redis-node-1.prod.acme.internal:7000 does not answer": "the server at <address> does not answer",
		"the server at shard-a:7000 does not answer in time":                 "the server at <address> does not answer in time",
		"no connection to redis_1.acme.net.":                                 "no connection to <address>.",
		"redis://node.acme:7000/2, NODE-1.ACME.NET":                          "redis://<address>/2, <address>",
		"a.acme:1->b.acme:2, 1.acme:3":                                       "<address>-><address>, <address>",
		"7.0.node.acme: down":                                                "<address>: down",
		"ASK 7 fd00::5:6379 and ::1":                                         "ASK 7 <address> and <address>",
	} {
		if got := access.Redact(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// What names code, keys, versions and times tells nothing of a host.
func TestRedactKeeps(t *testing.T) {
	access := Access{Network: "tcp", Addrs: []string{"db.example:6379"}, Username: "me"}
	for _, text := range []string{
		"the process of the trial ended (exit status 2): panic\ngoroutine 1 [IO wait, 3 minutes]:\n" +
			"runtime.gopark proc.go:435\nmain.main main.go:12\nruntime.goexit asm_amd64.s:1700\n? proc.go:1\n" +
			"github.com/redis/go-redis/v9/internal/pool.(*ConnPool).Get pool.go:123\n" +
			"created by respbench.dev/respbench/internal/trial.(*execution).work trial.go:77\n",
		"a step got proc.go:123 and main.go, at client.go:12:7",
		"rueidis.NewClient: redis.Nil, context.deadlineExceededError, rueidis.Client.Do",
		"key respbench:abcdefg2:12: wrong, respbench:abcdefg2:loaded16:3, respbench:abcdefg2:alive",
		"Redis 7.0.15, go-redis v9.22.0, go1.26.8, 8.0-rc1",
		"took 1.5s, 3 of 4. At 12:34:56, 3:1",
		"redis.exceptions.ConnectionError: Connection closed by server.",
		"LOADING Redis is loading the dataset in memory",
		"ERR unknown command 'FOO', with args beginning with: 'a' 'b'",
		"remember: some-thing",
	} {
		if got := access.Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestReplaceWord(t *testing.T) {
	for _, test := range []struct{ text, word, want string }{
		{"user bob bob", "bob", "user X X"},
		{"ab ab ab, abc cab", "ab", "X X X, abc cab"},
		{"$x $x $x a$x $xy", "$x", "X X X a$x $xy"},
		{"(a-) (a-)b a-a-", "a-", "(X) (X)b a-X"},
		{"é éé", "é", "X XX"},
	} {
		if got := replaceWord(test.text, test.word, "X"); got != test.want {
			t.Errorf("%q in %q: %q, want %q", test.word, test.text, got, test.want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("dial tcp 10.1.2.3:6379: connect: connection refused")
	f.Add("lookup db.example on [fe80::1%eth0]:53: me s3cret")
	access := Access{Network: "tcp", Addrs: []string{"10.1.2.3:6379"}, Password: "s3cret"}
	f.Fuzz(func(t *testing.T, text string) {
		if got := access.Redact(text); strings.Contains(got, "s3cret") || strings.Contains(got, "10.1.2.3") {
			t.Errorf("%q became %q", text, got)
		}
	})
}
