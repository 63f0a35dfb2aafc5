package server

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/internal/server/embedded"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// TestMain makes the test binary its own guard and embedded server.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(serve(os.Args[3]))
	}
	if len(os.Args) > 1 && os.Args[1] == "guard" {
		os.Exit(proc.Guard(os.Stdin, os.Stdout, os.Args[2:]))
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's second at the end of each guard
	goleak.VerifyTestMain(m)
}

// serve is what "serve --port N" does.
func serve(port string) int {
	s, err := embedded.Listen(embedded.Options{Addr: net.JoinHostPort(loopback, port), Version: os.Getenv("GOMAXPROCS")})
	if err == nil {
		err = s.Serve() // until the guard ends this process
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// options are those of a server that runs script, a shell's, with the usual
// arguments as "$@"; without a script, of redis-server.
func options(t *testing.T, script string) Options {
	t.Helper()
	o := Options{Kind: kindRedis, Guard: []string{os.Args[0], "guard"}}
	if script != "" {
		o.Kind = filepath.Join(t.TempDir(), "server")
		servertest.WriteProgram(t, o.Kind, "#!/bin/sh\n"+script+"\n")
	}
	return o
}

// start starts a redis-server with further arguments of its configuration.
func start(t *testing.T, args string) *Server {
	t.Helper()
	requireRedis(t)
	script := ""
	if args != "" {
		script = `exec redis-server "$@" ` + args
	}
	s, err := Start(t.Context(), options(t, script))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func requireRedis(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath(kindRedis); err != nil {
		t.Skip("redis-server is not installed")
	}
}

// remote is the Admin of a server as if it were somebody else's.
func remote(t *testing.T, access results.Access) *Admin {
	t.Helper()
	a := NewAdmin(Remote, access, Limits{Timeout: time.Second, ConnectTimeout: time.Second})
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// command sends one command and returns its reply.
func command(t *testing.T, access results.Access, args ...any) any {
	t.Helper()
	client := redis.NewClient(&redis.Options{
		Network: access.Network, Addr: access.Addrs[0], Username: access.Username, Password: access.Password, Protocol: 2,
	})
	defer client.Close()
	reply, err := client.Do(t.Context(), args...).Result()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return reply
}

// fake listens and gives the name of every command that it reads to answer,
// which returns what to send and whether to go on. It is asked for a greeting
// with an empty name first.
func fake(t *testing.T, answer func(name string) (reply string, more bool)) results.Access {
	t.Helper()
	return fakeAt(t, loopback+":0", answer)
}

func fakeAt(t *testing.T, address string, answer func(name string) (reply string, more bool)) results.Access {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go converse(conn, answer)
		}
	}()
	return results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{listener.Addr().String()}}
}

func converse(conn net.Conn, answer func(name string) (string, bool)) {
	defer conn.Close()
	commands := resp.NewReader(conn, 4<<10)
	name := ""
	for {
		reply, more := answer(name)
		if _, err := conn.Write([]byte(reply)); err != nil || !more {
			return
		}
		args, err := commands.ReadCommand()
		if err != nil {
			return
		}
		name = strings.ToUpper(string(args[0]))
	}
}

// answering is a fake's answer: reply to one command, OK to every other.
func answering(command, reply string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		switch name {
		case "":
			return "", true
		case command:
			return reply + "\r\n", true
		case "HELLO":
			return "-ERR unknown command 'HELLO'\r\n", true
		default:
			return "+OK\r\n", true
		}
	}
}
