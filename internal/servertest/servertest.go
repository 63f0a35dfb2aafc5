// Package servertest starts real servers for tests: redis-server or
// valkey-server, alone, as a cluster or under Sentinels, with TLS if asked.
//
// They listen on loopback, keep nothing on disk, are children of the test's
// process and end with the test that started them, or with the process. A test
// is skipped where the program is not installed.
package servertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The programs that servers are started from.
const (
	Redis  = "redis-server"
	Valkey = "valkey-server"
)

// Options are how a server is started.
type Options struct {
	Program     string   // a path, or a name to be found on PATH; empty: Redis
	Args        []string // of its configuration, one word each: "--maxmemory", "1mb"
	TLS         bool     // listen for TLS beside the plain port, with Certs.Server
	ClientCerts bool     // over TLS, want a certificate by Certs.CA from clients

	config string // path of a file that the server may rewrite
}

// Programs are the paths of the programs that are here: Redis from PATH and
// Valkey from VALKEY_SERVER or PATH.
func Programs(t testing.TB) []string {
	t.Helper()
	var found []string
	for _, name := range []string{Redis, Valkey} {
		if path, err := find(name); err == nil {
			found = append(found, path)
		}
	}
	return found
}

// Each runs f on Redis and on Valkey, as subtests that are named after them;
// one that is not here is a skipped test.
func Each(t *testing.T, f func(t *testing.T, program string)) {
	t.Helper()
	for _, name := range []string{Redis, Valkey} {
		t.Run(name, func(t *testing.T) { f(t, mustFind(t, name)) })
	}
}

func mustFind(t testing.TB, name string) string {
	t.Helper()
	path, err := find(name)
	if err != nil {
		t.Skipf("NOT TESTED on %s: %v", name, err)
	}
	return path
}

func find(name string) (path string, err error) {
	if named := os.Getenv("VALKEY_SERVER"); name == Valkey && named != "" {
		name = named
	}
	path, err = exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}
