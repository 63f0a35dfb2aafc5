package servertest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStart(t *testing.T) {
	Each(t, func(t *testing.T, program string) {
		t.Parallel()
		s := Start(t, Options{Program: program, Args: []string{"--rename-command", "CONFIG", "", "--maxmemory", "1gb"}})
		s.Do(t, "SET", "key", "a value")
		if got := s.Do(t, "GET", "key"); got != "a value" {
			t.Errorf("answered %q", got)
		}
		if _, err := s.Try("CONFIG", "GET", "maxmemory"); err == nil {
			t.Error("the arguments do not reach the server")
		}
		if !strings.Contains(s.Do(t, "INFO", "server"), "process_id:"+strconv.Itoa(s.Pid())) {
			t.Error("another process answers")
		}
		checkConnections(t, s)
		checkRestart(t, s)
	})
}

func checkConnections(t *testing.T, s *Server) {
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	Eventually(t, limit, "see a connection", func() error {
		if n := len(s.Clients(t)); n != 1 {
			return net.UnknownNetworkError(strconv.Itoa(n))
		}
		return nil
	})
	_ = conn.Close()
}

func checkRestart(t *testing.T, s *Server) {
	before := s.Pid()
	s.Kill(t)
	if _, err := s.Try("PING"); err == nil || s.Running() {
		t.Error("answers after its end")
	}
	s.Restart(t)
	if s.Pid() == before || s.Do(t, "EXISTS", "key") != "0" {
		t.Error("the same server as before")
	}
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatalf("another address: %v", err)
	}
	_ = conn.Close()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{TLS: true, ClientCerts: true})
	client, err := tls.LoadX509KeyPair(s.Certs.Client.Cert, s.Certs.Client.Key)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, ca string
		certs    []tls.Certificate
		ok       bool
	}{
		{"mutual", s.Certs.CA, []tls.Certificate{client}, true},
		{"no client certificate", s.Certs.CA, nil, false},
		{"other CA", s.Certs.OtherCA, []tls.Certificate{client}, false},
	}
	for _, test := range tests {
		err := ping(s.Addr, &tls.Config{RootCAs: pool(t, test.ca), Certificates: test.certs})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func ping(addr string, conf *tls.Config) error {
	conn, err := tls.Dial("tcp", addr, conf)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 7))
	return err
}

func pool(t *testing.T, path string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	p.AppendCertsFromPEM(text)
	return p
}

func TestCerts(t *testing.T) {
	t.Parallel()
	certs := NewCerts(t)
	for name, test := range map[string]struct {
		pair Pair
		ok   bool
	}{"server": {certs.Server, true}, "expired": {certs.Expired, false}, "other host": {certs.OtherHost, false}} {
		pair, err := tls.LoadX509KeyPair(test.pair.Cert, test.pair.Key)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pair.Leaf.Verify(x509.VerifyOptions{DNSName: "127.0.0.1", Roots: pool(t, certs.CA)})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	c := StartCluster(t)
	slot := c.Slot(t, "key")
	from := c.MasterOf(t, slot)
	from.Do(t, "SET", "key", "value")
	to := c.Masters(t)[0]
	if to == from {
		to = c.Masters(t)[1]
	}

	finish := c.Migrate(t, slot, to)
	wantError(t, from, "ASK "+strconv.Itoa(slot)+" "+to.Addr, "GET", "key")
	finish()
	wantError(t, from, "MOVED "+strconv.Itoa(slot)+" "+to.Addr, "GET", "key")
	if c.MasterOf(t, slot) != to || to.Do(t, "GET", "key") != "value" {
		t.Error("the key is not at its new master")
	}

	heir := c.ReplicaOf(t, to)
	to.Kill(t)
	Eventually(t, limit, "failover", func() error {
		_, err := heir.Try("SET", "key", "another")
		return err
	})
	c.AwaitOK(t)
	if c.MasterOf(t, slot) != heir {
		t.Error("the replica does not serve the slot")
	}
	to.Restart(t)
	c.AwaitOK(t)
	if c.ReplicaOf(t, heir) != to {
		t.Error("the former master is no replica")
	}
}

func wantError(t *testing.T, s *Server, want string, args ...string) {
	t.Helper()
	if _, err := s.Try(args...); err == nil || err.Error() != want {
		t.Errorf("%v: %v, want %s", args, err, want)
	}
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	s := StartSentinel(t)
	first, second := s.Master(t), s.Replica(t)
	s.Failover(t)
	if s.Master(t) != second {
		t.Error("the replica is not the master")
	}
	s.AwaitOK(t)
	second.Kill(t)
	s.AwaitOther(t, second)
	if s.Master(t) != first {
		t.Error("the first master is not the master again")
	}
	second.Restart(t)
	s.AwaitOK(t)
}
