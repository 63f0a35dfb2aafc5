package clientstest

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// checkTLS has the client verify whom it speaks to.
func checkTLS(t *testing.T, s subject) {
	own := servertest.Start(t, servertest.Options{TLS: true})
	certs := own.Certs
	trusting := &tls.Config{RootCAs: CertPool(t, certs.CA)}
	if s.refuses(t, secure(own.Addr, trusting), "TLS") {
		return
	}
	mustSetGet(t, s.alone(t, secure(own.Addr, trusting)), "tls", text("v"))

	s.mustFail(t, "another CA", secure(own.Addr, &tls.Config{RootCAs: CertPool(t, certs.OtherCA)}))
	s.mustFail(t, "no TLS", Target(own.Addr, 1))
	s.mustFail(t, "TLS to a plain port", secure(own.Plain, trusting))
	for name, pair := range map[string]servertest.Pair{"expired": certs.Expired, "another host's": certs.OtherHost} {
		own.Do(t, "CONFIG", "SET", "tls-cert-file", pair.Cert, "tls-key-file", pair.Key)
		s.mustFail(t, name+" certificate", secure(own.Addr, trusting))
	}
	own.Do(t, "CONFIG", "SET", "tls-cert-file", certs.Server.Cert, "tls-key-file", certs.Server.Key)
	mustSetGet(t, s.alone(t, secure(own.Addr, trusting)), "tls", text("valid again"))
}

// checkMutualTLS has the server verify the client too.
func checkMutualTLS(t *testing.T, s subject) {
	own := servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true})
	pair, err := tls.LoadX509KeyPair(own.Certs.Client.Cert, own.Certs.Client.Key)
	if err != nil {
		t.Fatal(err)
	}
	mutual := &tls.Config{RootCAs: CertPool(t, own.Certs.CA), Certificates: []tls.Certificate{pair}}
	if s.refuses(t, secure(own.Addr, mutual), "certificate") {
		return
	}
	s.mustFail(t, "no client certificate", secure(own.Addr, &tls.Config{RootCAs: mutual.RootCAs}))
	mustSetGet(t, s.alone(t, secure(own.Addr, mutual)), "tls", text("mutual"))
}

// mustFail wants an error within the limit.
func (s subject) mustFail(t *testing.T, why string, to clients.Target) {
	t.Helper()
	to.Timeout, to.ConnectTimeout = short, short
	to.Dialer = clients.NewDialer("tcp", short, to.Dialer.TLS)
	if err := s.firstUse(t, to); err == nil {
		t.Errorf("%s: no error", why)
	}
}

func secure(addr string, conf *tls.Config) clients.Target {
	to := Target(addr, 1)
	to.Dialer = clients.NewDialer("tcp", limit, conf)
	return to
}

// CertPool holds the certificates in a PEM file.
func CertPool(t *testing.T, path string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", path)
	}
	return p
}
