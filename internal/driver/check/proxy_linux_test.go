package check

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"respbench.dev/respbench/results"
)

// conversation sends commands through a proxy to a server that answers the
// first of them with replies, and returns what comes back of n bytes.
func conversation(t *testing.T, f fault, commands, replies string, n int) (came string, seen sight) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		conn, err := server.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.ReadFull(conn, make([]byte, len(commands)))
		io.WriteString(conn, replies)
		io.Copy(io.Discard, conn)
	}()
	p, err := listen(results.Access{Network: "tcp", Addrs: []string{server.Addr().String()}}, f)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	p.arm()
	conn, err := net.Dial("tcp", p.access().Addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, commands)
	back := make([]byte, n)
	got, _ := io.ReadFull(bufio.NewReader(conn), back)
	return string(back[:got]), p.seen()
}

const (
	hello = "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"
	set   = "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$2\r\nv1\r\n"
	get   = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"

	greeted = "%1\r\n$5\r\nproto\r\n:3\r\n"
	pushed  = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"
)

// What the proxy does not mean to change passes as it is, and what it changes
// is the reply to the command that it counts.
func TestProxy(t *testing.T) {
	for name, test := range map[string]struct {
		fault         fault
		replies, want string
		struck        bool
		commands      string
	}{
		"nothing is changed":       {fault{}, greeted + "+OK\r\n" + pushed + "$2\r\nv1\r\n", greeted + "+OK\r\n" + pushed + "$2\r\nv1\r\n", false, hello + set + get},
		"nil in RESP 3":            {fault{"GET", 1, missing}, greeted + pushed + "+OK\r\n" + pushed + "$2\r\nv1\r\n", greeted + pushed + "+OK\r\n" + pushed + "_\r\n", true, hello + set + get},
		"nil in RESP 2":            {fault{"GET", 1, missing}, "+OK\r\n$2\r\nv1\r\n", "+OK\r\n$-1\r\n", true, set + get},
		"no HELLO there":           {fault{"GET", 1, missing}, "-ERR unknown command\r\n+OK\r\n$2\r\nv1\r\n", "-ERR unknown command\r\n+OK\r\n$-1\r\n", true, hello + set + get},
		"the second GET":           {fault{"GET", 2, refusal}, "$2\r\nv1\r\n$-1\r\n$2\r\nv2\r\n", "$2\r\nv1\r\n$-1\r\n-ERR injected\r\n", true, get + get + get},
		"SETs alone":               {fault{"SET", 1, refusal}, "$2\r\nv1\r\n+OK\r\n", "$2\r\nv1\r\n-ERR injected\r\n", true, get + set},
		"a cut":                    {fault{"SET", 1, cut}, "$2\r\nv1\r\n+OK\r\n", "$2\r\nv1\r\n", true, get + set},
		"a reply that never comes": {fault{"SET", 9, refusal}, "+OK\r\n", "+OK\r\n", false, set},
	} {
		t.Run(name, func(t *testing.T) {
			came, seen := conversation(t, test.fault, test.commands, test.replies, len(test.want))
			if came != test.want || seen.struck != test.struck {
				t.Errorf("%q came back, struck %v; want %q, %v", came, seen.struck, test.want, test.struck)
			}
			for _, c := range seen.log {
				if c.key != "k" || c.name == "SET" && c.value != "v1" {
					t.Errorf("the log has %+v", c)
				}
			}
			if want := strings.Count(test.commands, "$1\r\nk"); len(seen.log) != want {
				t.Errorf("the log has %d commands, want %d", len(seen.log), want)
			}
		})
	}
}

func TestWrongByte(t *testing.T) {
	for range 50 {
		changed, err := wrongByte(nil, []byte("$3\r\nabc\r\n"))
		var wrong int
		for i, c := range []byte("$3\r\nabc\r\n") {
			if changed[i] != c {
				wrong++
			}
		}
		if err != nil || wrong != 1 || !strings.HasPrefix(string(changed), "$3\r\n") || !strings.HasSuffix(string(changed), "\r\n") {
			t.Fatalf("got %q, %v", changed, err)
		}
	}
}
