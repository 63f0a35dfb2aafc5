package all_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
)

// A monitor sees what a server executes, and over which connection it came.
type monitor struct {
	server *servertest.Server
	conn   net.Conn
	lines  *bufio.Reader
	marks  int
}

// An executed command is a SET or a GET.
type executed struct {
	at   time.Duration // since 1970
	conn string
	name string // in lower case
	key  string
}

func watch(t *testing.T, s *servertest.Server) *monitor {
	t.Helper()
	conn, err := net.Dial("unix", s.Socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := &monitor{server: s, conn: conn, lines: bufio.NewReader(conn)}
	if _, err := io.WriteString(conn, "MONITOR\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer := m.line(t); answer != "+OK" {
		t.Fatalf("MONITOR: %s", answer)
	}
	return m
}

func (m *monitor) line(t *testing.T) string {
	t.Helper()
	const limit = 10 * time.Second
	_ = m.conn.SetReadDeadline(time.Now().Add(limit))
	line, err := m.lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// since is what was executed since the last call of it. A mark tells where that
// ends: what is shown comes later than what is answered.
func (m *monitor) since(t *testing.T) []executed {
	t.Helper()
	m.marks++
	mark := fmt.Sprint("mark-", m.marks)
	m.server.Do(t, "ECHO", mark)
	var list []executed
	for {
		line := m.line(t)
		if strings.HasSuffix(line, `"`+mark+`"`) {
			return list
		}
		if e, ok := parse(t, line); ok {
			list = append(list, e)
		}
	}
}

// parse takes a line apart: +1700000000.123456 [0 127.0.0.1:5000] "set" "key" "value".
func parse(t *testing.T, line string) (e executed, ok bool) {
	t.Helper()
	f := strings.Fields(line)
	if len(f) < 5 {
		return e, false
	}
	seconds, micros, _ := strings.Cut(strings.TrimPrefix(f[0], "+"), ".")
	at, err := strconv.ParseInt(seconds+micros, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	e = executed{
		at: time.Duration(at) * time.Microsecond, conn: f[2],
		name: strings.ToLower(strings.Trim(f[3], `"`)), key: strings.Trim(f[4], `"`),
	}
	return e, e.name == "set" || e.name == "get"
}
