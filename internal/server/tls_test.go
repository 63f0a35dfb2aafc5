package server

import (
	"os"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

func pem(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func tlsAccess(s *servertest.Server, conf results.TLS) results.Access {
	access := standaloneAccess(s.Addr)
	access.TLS = &conf
	return access
}

func TestTLS(t *testing.T) { servertest.Each(t, speaksTLS) }

func speaksTLS(t *testing.T, program string) {
	s := servertest.Start(t, servertest.Options{Program: program, TLS: true, ClientCerts: true})
	ca := pem(t, s.Certs.CA)
	cert, key := pem(t, s.Certs.Client.Cert), pem(t, s.Certs.Client.Key)
	for _, conf := range []results.TLS{
		{CA: ca, Cert: cert, Key: key},
		{CA: ca, Cert: cert, Key: key, ServerName: "localhost"},
		{Insecure: true, Cert: cert, Key: key},
	} {
		a := remote(t, tlsAccess(s, conf))
		if err := a.Check(t.Context()); err != nil {
			t.Error(err)
		}
		facts, _, err := a.Facts(t.Context())
		if err != nil || facts.Transport != "tls" || facts.Name == "" {
			t.Errorf("facts %+v, %v", facts, err)
		}
	}
}

func TestTLSProblems(t *testing.T) {
	requireRedis(t)
	s := servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true})
	ca := pem(t, s.Certs.CA)
	with := func(cert, key string) results.TLS { return results.TLS{CA: ca, Cert: cert, Key: key} }
	good := with(pem(t, s.Certs.Client.Cert), pem(t, s.Certs.Client.Key))
	stranger := servertest.NewCerts(t)
	tests := []struct {
		name        string
		pair        servertest.Pair // that the server shows
		conf        results.TLS
		code, words string
	}{
		{"expired", s.Certs.Expired, good, "tls-expired", "shows a certificate that has expired or is not valid yet: renew it"},
		{"other host", s.Certs.OtherHost, good, "tls-host", "is for another host: --sni NAME says which to ask for and to expect (it is for elsewhere.test)"},
		{"unknown CA", s.Certs.Server, results.TLS{CA: pem(t, s.Certs.OtherCA)}, "tls-unknown-ca", "of a CA that is not known here: --cacert FILE"},
		{"system's CAs", s.Certs.Server, results.TLS{}, "tls-unknown-ca", "of a CA that is not known here"},
		{"no client certificate", s.Certs.Server, with("", ""), "tls-client-certificate", "wants a certificate from its clients: give one with --cert and --key"},
		{"strange client certificate", s.Certs.Server, with(pem(t, stranger.Client.Cert), pem(t, stranger.Client.Key)), "tls-client-certificate", "does not accept our certificate ("},
		{"bad pair", s.Certs.Server, with(pem(t, s.Certs.Client.Cert), "x"), "tls", "certificate and key: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.Do(t, "CONFIG", "SET", "tls-cert-file", tt.pair.Cert, "tls-key-file", tt.pair.Key)
			a := remote(t, tlsAccess(s, tt.conf))
			wantProblem(t, a.Check(t.Context()), tt.code, tt.words)
			if _, err := a.Stats(t.Context()); err == nil {
				t.Error("it can be asked all the same")
			}
		})
	}
}

func TestTLSWithPlain(t *testing.T) {
	requireRedis(t)
	s := servertest.Start(t, servertest.Options{TLS: true})
	wantProblem(t, remote(t, standaloneAccess(s.Addr)).Check(t.Context()), "tls-port", "speaks TLS on this port: use --tls or rediss://")
	access := tlsAccess(s, results.TLS{CA: pem(t, s.Certs.CA)})
	access.Addrs = []string{s.Plain}
	a := NewAdmin(Remote, access, Limits{Timeout: 300 * time.Millisecond, ConnectTimeout: 300 * time.Millisecond})
	defer a.Close()
	wantProblem(t, a.Check(t.Context()), "not-tls", "does not speak TLS on this port: leave --tls out")
	silent := fake(t, func(string) (string, bool) { return "", true })
	silent.TLS = access.TLS
	a = NewAdmin(Remote, silent, Limits{Timeout: 300 * time.Millisecond, ConnectTimeout: 300 * time.Millisecond})
	defer a.Close()
	wantProblem(t, a.Check(t.Context()), "tls-handshake", "does not answer as a TLS port does")
}
