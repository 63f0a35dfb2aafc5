package clientstest

import (
	"context"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func checkPassword(t *testing.T, s subject) {
	to := Target(s.server.guard(t, "secret"), 1)
	for _, wrong := range []string{"", "guessed"} {
		to.Password = wrong
		s.mustRefuse(t, to)
	}
	to.Password = "secret"
	mustSetGet(t, s.alone(t, to), "password", text("v"))
}

func checkUser(t *testing.T, s subject) {
	admin := s.server.admin
	admin.Do(t, "ACL", "SETUSER", "tester", "on", ">secret", "~*", "+@all")
	defer admin.Do(t, "ACL", "DELUSER", "tester")
	for _, protocol := range []int{2, 3} {
		to := Target(s.server.addr, 1)
		if to.RESP = protocol; s.variant.Reaches(to) != nil {
			continue
		}
		to.Username, to.Password = "tester", "guessed"
		s.mustRefuse(t, to)
		to.Password = "secret"
		mustSetGet(t, s.alone(t, to), "user", text("v"))
	}
}

func (s subject) mustRefuse(t *testing.T, to clients.Target) {
	t.Helper()
	switch err := s.firstUse(t, to); {
	case err == nil:
		t.Errorf("password %q: no error", to.Password)
	case clients.Classify(err) != clients.Auth:
		t.Errorf("password %q: %v is %v", to.Password, err, clients.Classify(err))
	}
}

func checkDatabase(t *testing.T, s subject) {
	to := Target(s.server.addr, 1)
	if to.DB = 3; s.refuses(t, to, "database 3") {
		return
	}
	session := s.alone(t, to)
	mustSetGet(t, session, "database", text("v"))

	admin := s.server.admin
	admin.Do(t, "SELECT", "3")
	defer admin.Do(t, "SELECT", "0")
	if admin.Do(t, "EXISTS", "database") != "1" {
		t.Error("the key is in another database")
	}
}

// refuses tells whether the variant cannot serve a target. It must say what it is
// that it cannot.
func (s subject) refuses(t *testing.T, to clients.Target, what string) bool {
	t.Helper()
	if s.variant.Reaches == nil {
		return false
	}
	err := s.variant.Reaches(to)
	if err != nil && !strings.Contains(err.Error(), what) {
		t.Errorf("refuses a target without naming %q: %v", what, err)
	}
	return err != nil
}

func checkUnixSocket(t *testing.T, s subject) {
	to := Target(s.server.socket, 1)
	if to.Dialer = clients.NewDialer("unix", time.Second, nil); s.refuses(t, to, "unix socket") {
		return
	}
	mustSetGet(t, s.alone(t, to), "socket", text("v"))
	if to.Dialer.Dials() == 0 {
		t.Error("connected without the target's dialer")
	}
}

// checkLimitedUser may do what the classic scenarios need and no more: neither
// HELLO nor CLIENT nor PING. A cache needs more.
func checkLimitedUser(t *testing.T, s subject) {
	if s.variant.Has.Cache {
		return
	}
	own := servertest.Start(t, servertest.Options{})
	own.Do(t, "ACL", "SETUSER", "limited", "on", ">secret", "resetkeys", "~respbench:*",
		"-@all", "+get", "+set", "+unlink", "+exists", "+ttl")
	own.Do(t, "ACL", "SETUSER", "default", "off")
	for _, protocol := range []int{0, 2} {
		to := Target(own.Addr, 1)
		to.RESP, to.Username, to.Password = protocol, "limited", "secret"
		if to.Timeout = short; s.refuses(t, to, "RESP") {
			continue
		}
		session := s.alone(t, to)
		mustSetGet(t, session, "respbench:x", text("v"))
		time.Sleep(short) // some libraries PING when idle for less
		mustSetGet(t, session, "respbench:x", text("after a pause"))
		err := SetGet(context.Background(), session, "foreign", text("v"))
		if err == nil || clients.Classify(err) != clients.Permission {
			t.Errorf("RESP %d: a foreign key: %v", protocol, err)
		}
		mustSetGet(t, session, "respbench:x", text("after a refusal"))
	}
}

// checkForbiddenCommands uses a server as some services offer it. A cache needs
// more.
func checkForbiddenCommands(t *testing.T, s subject) {
	if s.variant.Has.Cache {
		return
	}
	var forbidden []string
	for _, command := range []string{"HELLO", "CLIENT", "CONFIG", "INFO"} {
		forbidden = append(forbidden, "--rename-command", command, "")
	}
	own := servertest.Start(t, servertest.Options{Args: forbidden})
	for _, protocol := range []int{0, 2} {
		to := Target(own.Addr, 1)
		if to.RESP, to.OldRESP = protocol, true; s.refuses(t, to, "RESP") {
			continue
		}
		c := s.open(t, to)
		mustSetGet(t, Session(t, c), "forbidden", text("v"))
		if got := c.Resolved().RESP; got != 2 {
			t.Errorf("asked for RESP %d, declares %d without HELLO", protocol, got)
		}
	}
}
