package main

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// brief is a run of every library's first variant, as short as it goes.
var brief = []string{"run", "-s", "sync", "-n", "100", "-k", "100", "--warmup", "0", "--rounds", "1", "-o", "out.jsonl"}

// A run and clean reach a server over TLS, verified, with and without a
// certificate of their own, under Sentinels and in a cluster.
func TestTLS(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(t *testing.T, s *servertest.Server)
		options servertest.Options
		args    func(s *servertest.Server) []string
		warns   string
	}{
		{"rediss", nil, servertest.Options{}, func(s *servertest.Server) []string {
			return []string{"--url", "rediss://" + s.Addr, "--cacert", s.Certs.CA}
		}, ""},
		{"host, another name", nil, servertest.Options{}, func(s *servertest.Server) []string {
			return []string{"--host", "127.0.0.1", "-p", s.Port(), "--tls", "--sni", "localhost", "--cacert", s.Certs.CA}
		}, ""},
		{"client certificate", nil, servertest.Options{ClientCerts: true}, func(s *servertest.Server) []string {
			return []string{"--url", "redis://" + s.Addr, "--tls", "--cacert", s.Certs.CA, "--cert", s.Certs.Client.Cert, "--key", s.Certs.Client.Key}
		}, ""},
		{"not verified", nil, servertest.Options{}, func(s *servertest.Server) []string {
			return []string{"--url", "rediss://" + s.Addr, "--insecure"}
		}, "warning: --insecure: the server's certificate is not verified"},
		{"cluster", becomeCluster, servertest.Options{Args: []string{
			"--cluster-enabled", "yes", "--tls-cluster", "yes", "--cluster-announce-ip", "127.0.0.1",
		}}, func(s *servertest.Server) []string {
			return []string{"--url", "redis+cluster://" + s.Addr, "--tls", "--cacert", s.Certs.CA}
		}, ""},
		{"Sentinel", watch, servertest.Options{Program: sentinelProgram(t), Args: []string{"--sentinel", "--tls-replication", "yes"}}, func(s *servertest.Server) []string {
			return []string{"--url", "redis+sentinel://" + s.Addr + "/m", "--tls", "--cacert", s.Certs.CA}
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.options.TLS = true
			s := servertest.Start(t, test.options)
			if test.prepare != nil {
				test.prepare(t, s)
			}
			args, dir := test.args(s), t.TempDir()
			r := respbench(t, dir, nil, append(brief, args...)...)
			r.expectDone(t)
			if warned := strings.HasPrefix(r.stderr, "warning: "); warned != (test.warns != "") || !strings.HasPrefix(r.stderr, test.warns) {
				t.Errorf("stderr %s, want first %q", r.stderr, test.warns)
			}
			for _, trial := range readRun(t, filepath.Join(dir, "out.jsonl")).Trials {
				if trial.Status != results.OK {
					t.Errorf("%s: %s", trial.Status, trial.Reason)
				}
			}
			r = respbench(t, dir, nil, append([]string{"clean"}, args...)...)
			r.expectDone(t)
			if !strings.HasPrefix(r.stdout, "nothing to remove: ") || !strings.HasSuffix(r.stdout, ", over TLS\n") {
				t.Errorf("stdout of clean: %s", r.stdout)
			}
		})
	}
}

// becomeCluster makes a server the only node of a cluster.
func becomeCluster(t *testing.T, s *servertest.Server) {
	t.Helper()
	s.Do(t, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	servertest.Eventually(t, 20*time.Second, "cluster", func() error {
		if info := s.Do(t, "CLUSTER", "INFO"); !strings.Contains(info, "cluster_state:ok") {
			return errors.New(info)
		}
		return nil
	})
}

// sentinelProgram is a redis-server that has a file to keep its state in, as
// Sentinels want.
func sentinelProgram(t *testing.T) string {
	t.Helper()
	conf, path := filepath.Join(t.TempDir(), "sentinel.conf"), filepath.Join(t.TempDir(), "sentinel")
	script := "#!/bin/sh\n: > " + conf + "\nexec redis-server " + conf + " \"$@\"\n"
	servertest.WriteProgram(t, path, script)
	return path
}

// watch has a Sentinel watch over a server that it reaches by TLS with its own
// certificate.
func watch(t *testing.T, sentinel *servertest.Server) {
	t.Helper()
	certs := sentinel.Certs
	server := servertest.Start(t, servertest.Options{Args: []string{
		"--port", "0", "--tls-port", freePort(t), "--tls-auth-clients", "no",
		"--tls-ca-cert-file", certs.CA, "--tls-cert-file", certs.Server.Cert, "--tls-key-file", certs.Server.Key,
	}})
	port := strings.Split(server.Do(t, "CONFIG", "GET", "tls-port"), "\n")[1]
	sentinel.Do(t, "SENTINEL", "MONITOR", "m", "127.0.0.1", port, "1")
}

func freePort(t *testing.T) string {
	t.Helper()
	addr, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// TLS that cannot be had is one line, before anything is measured.
func TestTLSRefused(t *testing.T) {
	t.Parallel()
	verified := servertest.Start(t, servertest.Options{TLS: true})
	mutual := servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true})
	certs := mutual.Certs
	expired := servertest.Start(t, servertest.Options{TLS: true, Args: []string{
		"--tls-ca-cert-file", certs.CA, "--tls-cert-file", certs.Expired.Cert, "--tls-key-file", certs.Expired.Key,
	}})
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"unknown CA", []string{"--url", "rediss://" + verified.Addr}, "of a CA that is not known here: --cacert FILE"},
		{"another CA", []string{"--url", "rediss://" + verified.Addr, "--cacert", verified.Certs.OtherCA}, "of a CA that is not known here"},
		{"another host", []string{"--url", "rediss://" + verified.Addr, "--cacert", verified.Certs.CA, "--sni", "elsewhere.test"}, "for another host: --sni"},
		{"expired", []string{"--url", "rediss://" + expired.Addr, "--cacert", certs.CA}, "has expired"},
		{"no certificate", []string{"--url", "rediss://" + mutual.Addr, "--cacert", certs.CA}, "--cert and --key"},
		{"a stranger's certificate", []string{
			"--url", "rediss://" + mutual.Addr, "--cacert", certs.CA, "--cert", verified.Certs.Client.Cert, "--key", verified.Certs.Client.Key,
		}, "does not accept our certificate"},
		{"plain to TLS", []string{"--url", "redis://" + verified.Addr}, "speaks TLS on this port: use --tls or rediss://"},
		{"TLS to plain", []string{"--url", "rediss://" + verified.Plain, "--cacert", verified.Certs.CA}, "does not speak TLS on this port: leave --tls out"},
		{"cluster, unknown CA", []string{"--url", "redis+cluster://" + verified.Addr, "--tls"}, "of a CA that is not known here"},
		{"Sentinel, unknown CA", []string{"--url", "redis+sentinel://" + verified.Addr + "/m", "--tls"}, "of a CA that is not known here"},

		{"a key for a CA", []string{"--url", "rediss://" + verified.Addr, "--cacert", certs.Client.Key}, "no certificate in PEM is in it"},
		{"another's key", []string{"--url", "rediss://" + verified.Addr, "--cert", certs.Client.Cert, "--key", certs.Server.Key}, "private key does not match"},
		{"interchanged", []string{"--url", "rediss://" + verified.Addr, "--cert", certs.Client.Key, "--key", certs.Client.Cert}, "--cert " + certs.Client.Key},
	}
	for _, test := range tests {
		for _, command := range [][]string{brief, {"clean"}} {
			t.Run(fmt.Sprint(test.name, ", ", command[0]), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				r := respbench(t, dir, nil, append(command, test.args...)...)
				if r.code != exitUsage || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, test.want) || r.stdout != "" {
					t.Errorf("exit code %d, stdout %q, stderr %s, want one line: %s", r.code, r.stdout, r.stderr, test.want)
				}
				expectNoPEM(t, "stderr", r.stderr, test.args)
			})
		}
	}
}
