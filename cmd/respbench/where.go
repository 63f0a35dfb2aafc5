package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// serverFlags say which server is measured.
type serverFlags struct {
	url, host, user, passwordFile string
	port                          int
	choice                        string
}

func (s *serverFlags) addServer(f *pflag.FlagSet) {
	f.StringVarP(&s.url, "url", "u", "", "server: redis://[user[:password]@]host[:port][/db] or unix:///path (also RESPBENCH_URL)")
	f.StringVar(&s.host, "host", "", "host of the server")
	f.IntVarP(&s.port, "port", "p", 0, "port of the server (default 6379)")
	f.StringVar(&s.user, "user", "", "user of the server")
	f.StringVar(&s.passwordFile, "password-file", "", "file that holds the password (also REDISCLI_AUTH)")
	f.StringVar(&s.choice, "server", "auto", "server to start: auto, embedded, redis-server, valkey-server or a path")
}

// A place is the server that will be measured.
type place struct {
	options     server.Options
	kind        string
	description string // for the terminal
}

// server finds out which server is meant and touches nothing.
func (o *runOptions) server(stderr io.Writer) (*place, error) {
	access, err := o.access(stderr)
	if err != nil {
		return nil, err
	}
	guard, err := self("guard")
	if err != nil {
		return nil, err
	}
	embedded, err := self("serve")
	if err != nil {
		return nil, err
	}
	w := &place{options: server.Options{Access: access, Kind: o.choice, Guard: guard, Embedded: embedded, Timeout: min(max(o.Timeout, time.Second), plan.DefaultTimeout)}}
	var path string
	if w.kind, path, err = server.Plan(w.options); err != nil {
		return nil, fmt.Errorf("--server: %w", err)
	}
	switch w.kind {
	case server.Remote:
		w.description = "at " + access.Addrs[0]
	case server.Spawned:
		w.description = fmt.Sprintf("%s started for this run on a free loopback port, without persistence", path)
	default:
		w.description = "started for this run"
	}
	return w, nil
}

const defaultAddress = "127.0.0.1:6379"

// pointOut says how to measure a server that runs here and that nobody named.
func (w *place) pointOut(ctx context.Context, stderr io.Writer) {
	if w.kind != server.Remote && answers(ctx, defaultAddress) {
		fmt.Fprintf(stderr, "note: a server answers at %s; to measure it: respbench run --url redis://%s\n", defaultAddress, defaultAddress)
	}
}

// answers reports whether something accepts connections at addr.
func answers(ctx context.Context, addr string) bool {
	dialer := net.Dialer{Timeout: 200 * time.Millisecond}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// access is how the server that the user named is reached; empty if none was.
func (s *serverFlags) access(stderr io.Writer) (results.Access, error) {
	url, typed := s.url, s.url != ""
	parts := s.host != "" || s.port != 0
	if typed && parts {
		return results.Access{}, errors.New("--url together with --host or -p: give one of them")
	}
	if !typed && !parts && s.choice == "auto" {
		url = os.Getenv("RESPBENCH_URL")
	}
	var access results.Access
	var err error
	switch {
	case url != "":
		if access, err = server.ParseURL(url); err != nil {
			return access, err
		}
		if typed && access.Password != "" {
			fmt.Fprintln(stderr, "warning: a password in --url is seen in the process list; RESPBENCH_URL, REDISCLI_AUTH and --password-file are not")
		}
	case parts:
		access, err = s.addressed()
	case s.user != "" || s.passwordFile != "":
		return access, errors.New("--user and --password-file need --url or --host: a server that is started for the run has no password")
	default:
		return access, nil
	}
	if err != nil {
		return access, err
	}
	return access, s.credentials(&access)
}

func (s *serverFlags) addressed() (results.Access, error) {
	host, port := s.host, s.port
	if strings.ContainsAny(host, "/@") { // not quoted: a URL may hold a password
		return results.Access{}, errors.New("--host takes a host name or an address; a URL is --url")
	}
	if host == "" {
		host = "localhost"
	}
	if port == 0 {
		port = 6379
	}
	if port < 1 || port > 65535 {
		return results.Access{}, fmt.Errorf("-p %d: a port is from 1 to 65535", port)
	}
	return results.Access{Mode: "standalone", Network: "tcp", Addrs: []string{net.JoinHostPort(strings.Trim(host, "[]"), fmt.Sprint(port))}}, nil
}

// credentials completes an access by what is not in the URL.
func (s *serverFlags) credentials(access *results.Access) error {
	if s.user != "" {
		access.Username = s.user
	}
	switch {
	case s.passwordFile != "":
		secret, err := os.ReadFile(s.passwordFile)
		if err != nil {
			return fmt.Errorf("--password-file: %w", err)
		}
		access.Password = strings.TrimRight(string(secret), "\r\n")
	case access.Password == "":
		access.Password = os.Getenv("REDISCLI_AUTH")
	}
	if !utf8.ValidString(access.Username) || !utf8.ValidString(access.Password) {
		return errors.New("user and password must be UTF-8")
	}
	return nil
}

// forServer completes the plan's options by what depends on the server.
func (o *runOptions) forServer(w *place) plan.Options {
	options := o.Options
	options.Host = plan.Host{
		CanPin: proc.CanPin(), CPUs: proc.CPUs(), Procs: runtime.GOMAXPROCS(0),
		OwnServer: w.kind != server.Remote, Memory: int64(results.ThisMachine().MemoryBytes), Core: proc.Core, ParseCPUs: proc.ParseCPUs,
	}
	return options
}

// start are the options for starting the server as planned.
func (w *place) start(p *plan.Plan) server.Options {
	options := w.options
	options.CPUs = p.Points[0].Placement.ServerCPUs
	options.Procs = len(options.CPUs)
	return options
}
