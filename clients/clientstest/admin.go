package clientstest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// An admin is a connection beside the adapters, for what only the server
// knows. It sends inline commands and reads what they answer.
type admin struct {
	conn net.Conn
	r    *bufio.Reader
}

// do returns a simple, integer or bulk reply, and fails the test on an error.
func (a *admin) do(t testing.TB, command string) string {
	t.Helper()
	if _, err := io.WriteString(a.conn, command+"\r\n"); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	reply, err := a.read()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return reply
}

func (a *admin) read() (string, error) {
	line, err := a.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	kind, rest := line[0], strings.TrimRight(line[1:], "\r\n")
	switch kind {
	case '+', ':':
		return rest, nil
	case '$':
		return a.readBulk(rest)
	}
	return "", fmt.Errorf("answered %q", line)
}

func (a *admin) readBulk(length string) (string, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 {
		return "", err
	}
	body := make([]byte, n+len("\r\n"))
	_, err = io.ReadFull(a.r, body)
	return string(body[:n]), err
}

// calls is how often the server has executed a command.
func (a *admin) calls(t testing.TB, command string) int {
	t.Helper()
	_, rest, found := strings.Cut(a.do(t, "INFO commandstats"), "cmdstat_"+command+":calls=")
	if !found {
		return 0
	}
	digits, _, _ := strings.Cut(rest, ",")
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// connections returns the value of a field for each connection whose last
// command was a SET or a GET: those that the adapter uses for commands.
func (a *admin) connections(t testing.TB, field string) []string {
	t.Helper()
	var values []string
	for line := range strings.Lines(a.do(t, "CLIENT LIST")) {
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
