package clientstest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/server/embedded"
	"respbench.dev/respbench/internal/servertest"
)

// A server is what the adapters are held against: a real one, child of the test,
// or our embedded server within it.
type server struct {
	isReal bool
	addr   string // loopback, host:port
	socket string // path of a unix socket; empty where there is none
	admin  admin
}

// An admin executes commands beside the adapters, for what only the server
// knows.
type admin interface {
	Do(t testing.TB, args ...string) string
}

// startEmbedded serves from this process until the test ends.
func startEmbedded(t testing.TB) *server {
	t.Helper()
	addr := listenEmbedded(t, embedded.Options{})
	return &server{addr: addr, admin: servertest.Dial(t, "tcp", addr)}
}

func listenEmbedded(t testing.TB, o embedded.Options) (addr string) {
	t.Helper()
	s, err := embedded.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-served); err != nil {
			t.Errorf("embedded server: %v", err)
		}
	})
	return s.Addr().String()
}

// startReal starts a program that ends with the test.
func startReal(t testing.TB, program string) *server {
	t.Helper()
	s := servertest.Start(t, servertest.Options{Program: program})
	return &server{isReal: true, addr: s.Addr, socket: s.Socket, admin: s}
}

// guard returns the address of a server like s that asks for the password
// until the test ends.
func (s *server) guard(t testing.TB, password string) (addr string) {
	t.Helper()
	if !s.isReal {
		return listenEmbedded(t, embedded.Options{Password: password})
	}
	s.admin.Do(t, "CONFIG", "SET", "requirepass", password)
	t.Cleanup(func() { s.admin.Do(t, "CONFIG", "SET", "requirepass", "") })
	return s.addr
}

// awaitIdle waits until the connections of closed clients are gone.
func (s *server) awaitIdle(t testing.TB) {
	t.Helper()
	servertest.Eventually(t, limit, "wait for connections to close", func() error {
		if left := len(connections(t, s.admin, "id")); left > 0 {
			return fmt.Errorf("%d are open", left)
		}
		return nil
	})
}

// calls is how often the server has executed a command.
func calls(t testing.TB, a admin, command string) int {
	t.Helper()
	return number(t, a.Do(t, "INFO", "commandstats"), "cmdstat_"+command+":calls=")
}

// executed is how many commands the server has executed.
func executed(t testing.TB, a admin) int {
	t.Helper()
	return number(t, a.Do(t, "INFO", "stats"), "total_commands_processed:")
}

// number is the one behind a name, 0 where that is missing.
func number(t testing.TB, info, name string) int {
	t.Helper()
	_, rest, found := strings.Cut(info, name)
	if !found {
		return 0
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// connections returns the value of a field for each connection whose last
// command was a SET or a GET: those that the adapter uses for commands.
func connections(t testing.TB, a admin, field string) []string {
	t.Helper()
	var values []string
	for line := range strings.Lines(a.Do(t, "CLIENT", "LIST")) {
		line = " " + line
		if !strings.Contains(line, " cmd=set ") && !strings.Contains(line, " cmd=get ") {
			continue
		}
		_, rest, _ := strings.Cut(line, " "+field+"=")
		value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		values = append(values, value)
	}
	return values
}
