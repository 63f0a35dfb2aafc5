package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// serverFlags say which server is measured.
type serverFlags struct {
	url, host, user, passwordFile string
	port                          int
	choice                        string
	inPlan                        string // the file that has these; empty: the command line
	tlsFlags
}

// addServer adds the flags of a verb that may also start a server.
func (s *serverFlags) addServer(f *pflag.FlagSet) {
	s.addNamed(f)
	f.StringVar(&s.choice, "server", "auto", "server to start: auto, embedded, redis-server, valkey-server or a path")
}

// addNamed adds the flags that name a server.
func (s *serverFlags) addNamed(f *pflag.FlagSet) {
	f.StringVarP(&s.url, "url", "u", "", `server (also RESPBENCH_URL):
redis://[user[:password]@]host[:port][/db]
rediss://... is the same over TLS
unix:///path[?db=n]
redis+sentinel://host[:port],.../master[/db]
redis+cluster://host[:port],...`)
	f.StringVar(&s.host, "host", "", "host of the server")
	f.IntVarP(&s.port, "port", "p", 0, "port of the server (default 6379)")
	f.StringVar(&s.user, "user", "", "user of the server")
	f.StringVar(&s.passwordFile, "password-file", "", "file that holds the password (also REDISCLI_AUTH)")
	s.addTLS(f)
}

// access is how the server that the user named is reached; empty if none was.
func (s *serverFlags) access(stderr io.Writer) (results.Access, error) {
	access, err := s.named()
	if err != nil {
		return results.Access{}, err
	}
	if len(access.Addrs) == 0 {
		return access, s.unnamed()
	}
	typed := s.url != "" && access.Password != ""
	if err := s.credentials(&access); err != nil {
		return results.Access{}, err
	}
	if err := s.secure(&access); err != nil {
		return results.Access{}, err
	}
	switch {
	case typed && s.inPlan != "":
		fmt.Fprintf(stderr, "warning: a password is in a url of %s; password-file and REDISCLI_AUTH keep it out of the plan\n", s.inPlan)
	case typed:
		fmt.Fprintln(stderr, "warning: a password in --url is seen in the process list; RESPBENCH_URL, REDISCLI_AUTH and --password-file are not")
	}
	if s.insecure {
		fmt.Fprintln(stderr, "warning: --insecure: the server's certificate is not verified, so that another may answer for it; --cacert FILE verifies")
	}
	return access, nil
}

// named is the address that the user gave, in one way or another.
func (s *serverFlags) named() (access results.Access, err error) {
	parts := s.host != "" || s.port != 0
	switch {
	case s.url != "" && parts:
		return access, errors.New("--url together with --host or -p: give one of them")
	case s.url != "":
		return server.ParseURL(s.url)
	case parts:
		return s.addressed()
	}
	url := os.Getenv("RESPBENCH_URL")
	if url == "" || s.choice != "auto" {
		return access, nil
	}
	if access, err = server.ParseURL(url); err != nil {
		return access, fmt.Errorf("RESPBENCH_URL: %w", err)
	}
	return access, nil
}

// unnamed refuses what only a server that was named can have.
func (s *serverFlags) unnamed() error {
	if s.user != "" || s.passwordFile != "" {
		return errors.New("--user and --password-file need --url or --host: a server that is started for the run has no password")
	}
	if flag := s.given(); flag != "" {
		return fmt.Errorf("%s needs --url or --host: a server that is started for the run has no TLS", flag)
	}
	return nil
}

func (s *serverFlags) addressed() (results.Access, error) {
	host, port := s.host, s.port
	if strings.ContainsAny(host, "/@,") { // not quoted: a URL may hold a password
		return results.Access{}, errors.New("--host takes one host name or address; a URL, or several of a cluster, is --url")
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
	return results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{net.JoinHostPort(strings.Trim(host, "[]"), fmt.Sprint(port))}}, nil
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
