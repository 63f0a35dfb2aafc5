package trial

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/raw"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// realSpec is a trial of raw on a real server.
func realSpec(scenario string, limit results.Limit) results.Spec {
	return spec("default", func(s *results.Spec) {
		s.Point.Library, s.Point.Scenario, s.Point.Load.Workers = "raw", scenario, 2
		s.Point.Placement.Procs = runtime.GOMAXPROCS(0)
		s.Limit, s.Warmup = limit, results.Warmup{Steps: 10}
	})
}

func pem(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOverTLS(t *testing.T) {
	server := servertest.Start(t, servertest.Options{TLS: true})
	access := results.Access{
		Mode: results.Standalone, Network: "tcp", Addrs: []string{server.Addr},
		TLS: &results.TLS{CA: pem(t, server.Certs.CA)},
	}
	s := realSpec("concurrent", results.Limit{Steps: 100})
	m, err := Execute(t.Context(), []clients.Library{raw.Library}, s, access, quiet())
	if err != nil || m.Failure != "" || m.Ops != 100 {
		t.Fatalf("%+v, %v", m, err)
	}
	counting := realSpec("counter", results.Limit{Steps: 100})
	m, err = Execute(t.Context(), []clients.Library{raw.Library}, counting, access, quiet())
	if err != nil || m.Failure != "" || *m.Tally != (results.Tally{Acked: 110}) {
		t.Errorf("%+v, %v", m, err)
	}
	access.TLS.CA = pem(t, server.Certs.OtherCA)
	if m, err := Execute(t.Context(), []clients.Library{raw.Library}, s, access, quiet()); err == nil && m.Ops > 0 {
		t.Errorf("%d ops with a server that another authority vouches for", m.Ops)
	}
	access.TLS.CA = "none"
	if _, err := Execute(t.Context(), []clients.Library{raw.Library}, s, access, quiet()); err == nil || !strings.Contains(err.Error(), "no certificate in PEM") {
		t.Errorf("got %v", err)
	}
}

// Whatever becomes of connections, no increment is lost or done twice by a
// client that does not retry; after a restart that keeps nothing all are lost.
func TestCountingOnARealServer(t *testing.T) {
	for disturb, do := range map[string]func(*testing.T, *servertest.Server){
		"kill-clients@1s": func(t *testing.T, s *servertest.Server) { s.Do(t, "CLIENT", "KILL", "TYPE", "normal") },
		"pause=500ms@1s":  func(t *testing.T, s *servertest.Server) { s.Do(t, "CLIENT", "PAUSE", "500") },
		"restart@1s":      func(t *testing.T, s *servertest.Server) { s.Kill(t); s.Restart(t) },
	} {
		t.Run(disturb, func(t *testing.T) {
			t.Parallel()
			server := servertest.Start(t, servertest.Options{})
			access := results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{server.Addr}}
			s := realSpec("counter", results.Limit{Duration: 3 * time.Second})
			s.Point.Disturb, s.Point.Settings.Timeout = disturb, 300*time.Millisecond
			var m *results.Measured
			var err error
			var trial sync.WaitGroup
			trial.Go(func() { m, err = Execute(t.Context(), []clients.Library{raw.Library}, s, access, quiet()) })
			awaitCounting(t, server)
			do(t, server)
			awaitCounting(t, server)
			trial.Wait()
			if err != nil || m.Failure != "" || m.Tally == nil {
				t.Fatalf("%+v, %v", m, err)
			}
			lost := m.Tally.Lost > 0
			if m.Tally.Acked != m.Ops+m.Warm.Ops || m.Tally.Twice != 0 || lost != strings.HasPrefix(disturb, "restart") || m.Tally.Unsure > m.Attempts-m.Ops {
				t.Errorf("%+v of %d ops, %d attempts, errors %v", *m.Tally, m.Ops, m.Attempts, m.Errors)
			}
		})
	}
}

// awaitCounting returns when worker 0 has counted on, beyond the warm-up.
func awaitCounting(t *testing.T, server *servertest.Server) {
	t.Helper()
	value := func() int {
		n, _ := strconv.Atoi(server.Do(t, "GET", "respbench:ab:counter:0"))
		return n
	}
	before := value()
	servertest.Eventually(t, 20*time.Second, "counting", func() error {
		if n := value(); n == before || n < 20 {
			return fmt.Errorf("the counter is at %d, was at %d", n, before)
		}
		return nil
	})
}
