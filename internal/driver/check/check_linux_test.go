package check

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/server/embedded"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

func accessOf(s *servertest.Server) results.Access {
	return results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{s.Addr}}
}

func described(t *testing.T, args ...string) *driver.Driver {
	t.Helper()
	d, err := driver.Describe(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// passes holds that every check of a driver holds, and that no key is left.
func passes(t *testing.T, d *driver.Driver) {
	t.Helper()
	s := servertest.Start(t, servertest.Options{})
	var out strings.Builder
	began := time.Now()
	if err := Run(t.Context(), &out, d, accessOf(s)); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	t.Logf("took %v\n%s", time.Since(began), out.String())
	if keys := s.Do(t, "DBSIZE"); keys != "0" {
		t.Errorf("%s keys are left", keys)
	}
}

func example(t *testing.T) *driver.Driver {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	return described(t, "python3", filepath.Join("..", "..", "..", "examples", "driver.py"))
}

func TestExample(t *testing.T) {
	t.Parallel()
	passes(t, example(t))
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var out strings.Builder
	err := Run(ctx, &out, example(t), accessOf(s))
	if err == nil || strings.Contains(out.String(), "FAIL") {
		t.Errorf("got %v\n%s", err, out.String())
	}
	if keys := s.Do(t, "DBSIZE"); keys != "0" {
		t.Errorf("%s keys are left", keys)
	}
}

// Where no redis-server is installed, the embedded one counts.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	s, err := embedded.Listen(embedded.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.Serve() })
	defer serving.Wait()
	defer s.Close()
	var out strings.Builder
	access := results.Access{Network: "tcp", Addrs: []string{s.Addr().String()}}
	if err := Run(t.Context(), &out, liar(t, "one scenario"), access); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestServersThatWillNotDo(t *testing.T) {
	for want, access := range map[string]results.Access{
		"over plain TCP only": {Network: "tcp", Mode: results.Cluster, Addrs: []string{"127.0.0.1:1"}},
		"standalone server":   {Network: "unix", Addrs: []string{"/nowhere"}},
		"nothing listens":     {Network: "tcp", Addrs: []string{"127.0.0.1:1"}},
	} {
		var out strings.Builder
		err := Run(t.Context(), &out, liar(t, ""), access)
		if _, failure := errors.AsType[*Failure](err); err == nil || failure || out.Len() > 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v and %q", want, err, out.String())
		}
	}
}
