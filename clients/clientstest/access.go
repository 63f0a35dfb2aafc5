package clientstest

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
)

func checkPassword(t *testing.T, s subject) {
	to := target(s.server.guard(t, "secret"), 1)
	for _, wrong := range []string{"", "guessed"} {
		to.Password = wrong
		s.mustRefuse(t, to)
	}
	to.Password = "secret"
	mustSetGet(t, s.alone(t, to), "password", text("v"))
}

func checkUser(t *testing.T, s subject) {
	admin := s.server.admin
	admin.do(t, "ACL SETUSER tester on >secret ~* +@all")
	defer admin.do(t, "ACL DELUSER tester")
	for _, protocol := range []int{2, 3} {
		to := target(s.server.addr, 1)
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
	to := target(s.server.addr, 1)
	to.DB = 3
	session := s.alone(t, to)
	mustSetGet(t, session, "database", text("v"))

	admin := s.server.admin
	admin.do(t, "SELECT 3")
	defer admin.do(t, "SELECT 0")
	if admin.do(t, "EXISTS database") != "1" {
		t.Error("the key is in another database")
	}
}

func checkUnixSocket(t *testing.T, s subject) {
	to := target(s.server.socket, 1)
	to.Dialer = clients.NewDialer("unix", time.Second, nil)
	mustSetGet(t, s.alone(t, to), "socket", text("v"))
	if to.Dialer.Dials() == 0 {
		t.Error("connected without the target's dialer")
	}
}

// checkTLS puts a relay before the server that speaks TLS, with a certificate
// that the client has to verify.
func checkTLS(t *testing.T, s subject) {
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	r := startRelay(t, s.server.addr, &tls.Config{Certificates: https.TLS.Certificates})
	trusted := x509.NewCertPool()
	trusted.AddCert(https.Certificate())

	to := target(r.addr, 1)
	to.Dialer = clients.NewDialer("tcp", limit, &tls.Config{RootCAs: trusted})
	mustSetGet(t, s.alone(t, to), "tls", text("v"))

	to.Dialer = clients.NewDialer("tcp", limit, &tls.Config{})
	if err := s.firstUse(t, to); err == nil {
		t.Error("trusts a certificate that nobody vouches for")
	}
}
