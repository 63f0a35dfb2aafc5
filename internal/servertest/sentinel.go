package servertest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// MasterName is what the Sentinels call their master.
const MasterName = "mymaster"

// quorum is how many of the three Sentinels must hold the master for gone.
const quorum = 2

// A Sentinel is a master and a replica under three Sentinels, which give the
// master up when it is silent for 500 ms.
type Sentinel struct {
	Servers   []*Server // at first the master, then the replica
	Sentinels []*Server
	Addrs     []string // of Sentinels
}

// StartSentinel starts servers under Sentinels; they end with the test. The
// Sentinels know each other and the replica when this returns.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	master := Start(t, Options{})
	replica := Start(t, Options{Args: []string{"--replicaof", loopback + " " + master.Port()}})
	s := &Sentinel{Servers: []*Server{master, replica}}
	for range 3 {
		node := startSentinel(t, master.Port())
		s.Sentinels, s.Addrs = append(s.Sentinels, node), append(s.Addrs, node.Addr)
	}
	s.AwaitOK(t)
	return s
}

func startSentinel(t testing.TB, masterPort string) *Server {
	t.Helper()
	conf := filepath.Join(shortDir(t), "sentinel.conf") // each rewrites its own
	text := fmt.Sprintf("sentinel monitor %[1]s %s %s %d\n"+
		"sentinel down-after-milliseconds %[1]s 500\nsentinel failover-timeout %[1]s 1500\n",
		MasterName, loopback, masterPort, quorum)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Start(t, Options{Args: []string{"--sentinel"}, config: conf})
	// What takes seconds otherwise: finding each other by what they publish,
	// making a replica of a former master (four times that period), seeing a
	// replica's state (which must not be older than three times that period to
	// promote it); and a half-minute of doing nothing after a clock jump.
	s.Do(t, "SENTINEL", "DEBUG", "PUBLISH-PERIOD", "200", "INFO-PERIOD", "500", "TILT-PERIOD", "1000")
	return s
}

// Master is the server that the Sentinels name.
func (s *Sentinel) Master(t testing.TB) *Server {
	t.Helper()
	master, err := s.named()
	if err != nil {
		t.Fatal(err)
	}
	return master
}

// Replica is the server that the Sentinels do not name.
func (s *Sentinel) Replica(t testing.TB) *Server {
	t.Helper()
	if s.Master(t) == s.Servers[0] {
		return s.Servers[1]
	}
	return s.Servers[0]
}

// named is whom all Sentinels name.
func (s *Sentinel) named() (*Server, error) {
	var named *Server
	for _, sentinel := range s.Sentinels {
		addr, err := sentinel.masterAddr()
		if err != nil {
			return nil, err
		}
		server := s.at(addr)
		if server == nil || named != nil && server != named {
			return nil, fmt.Errorf("the Sentinels name %q and others", addr)
		}
		named = server
	}
	return named, nil
}

func (s *Sentinel) at(addr string) *Server {
	for _, server := range s.Servers {
		if server.Plain == addr {
			return server
		}
	}
	return nil
}

// AwaitOK waits until the Sentinels agree on a master that is one, know each
// other, and know a replica that follows the master: until they could fail
// over.
func (s *Sentinel) AwaitOK(t testing.TB) {
	t.Helper()
	Eventually(t, limit, "Sentinels", func() error {
		master, err := s.named()
		if err != nil {
			return err
		}
		if role, err := master.Try("ROLE"); err != nil || !strings.HasPrefix(role, "master") {
			return errors.Join(err, fmt.Errorf("the master is a %q", role))
		}
		for _, sentinel := range s.Sentinels {
			if err := sentinel.sentinelOK(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Server) sentinelOK() error {
	if _, err := s.Try("SENTINEL", "CKQUORUM", MasterName); err != nil {
		return err
	}
	state, err := s.Try("SENTINEL", "MASTER", MasterName)
	if err != nil {
		return err
	}
	fields := pairs(state)
	if fields["num-other-sentinels"] != "2" || fields["flags"] != "master" {
		return fmt.Errorf("master with %s other Sentinels is %s", fields["num-other-sentinels"], fields["flags"])
	}
	replicas, err := s.Try("SENTINEL", "REPLICAS", MasterName)
	if err != nil {
		return err
	}
	if fields := pairs(replicas); fields["flags"] != "slave" || fields["master-link-status"] != "ok" {
		return fmt.Errorf("replica is %s, its link %s", fields["flags"], fields["master-link-status"])
	}
	return nil
}

// pairs are lines of names and values in turn.
func pairs(text string) map[string]string {
	fields := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 1; i < len(lines); i += 2 {
		fields[lines[i-1]] = lines[i]
	}
	return fields
}

// Failover has the Sentinels promote the replica and waits until they all name
// it; the former master may still be one for a second.
func (s *Sentinel) Failover(t testing.TB) {
	t.Helper()
	before, first := s.Master(t), s.Sentinels[0]
	Eventually(t, limit, "SENTINEL FAILOVER", func() error {
		addr, err := first.masterAddr()
		if err == nil && addr == before.Plain { // also after one that was given up
			_, _ = first.Try("SENTINEL", "FAILOVER", MasterName)
			err = errors.New(addr + " is the master")
		}
		return err
	})
	s.AwaitOther(t, before)
}

// masterAddr is where a Sentinel believes the master.
func (s *Server) masterAddr() (string, error) {
	addr, err := s.Try("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName)
	return strings.Replace(addr, "\n", ":", 1), err
}

// AwaitOther waits until all Sentinels name another master.
func (s *Sentinel) AwaitOther(t testing.TB, before *Server) {
	t.Helper()
	Eventually(t, limit, "failover", func() error {
		if now, err := s.named(); err != nil || now == before {
			return errors.Join(err, fmt.Errorf("the master is %s", before.Addr))
		}
		return nil
	})
}
