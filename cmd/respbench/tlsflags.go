package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/results"
)

// tlsFlags say how connections are secured.
type tlsFlags struct {
	tls, insecure          bool
	cacert, cert, key, sni string
}

func (t *tlsFlags) addTLS(f *pflag.FlagSet) {
	f.BoolVar(&t.tls, "tls", false, "TLS, also with Sentinel and Cluster (rediss:// is redis:// with --tls)")
	f.StringVar(&t.cacert, "cacert", "", "file of the CA that the server's certificate is verified with, PEM (default: the system's)")
	f.StringVar(&t.cert, "cert", "", "file of the client's certificate, PEM; needs --key")
	f.StringVar(&t.key, "key", "", "file of the key of --cert, PEM")
	f.StringVar(&t.sni, "sni", "", "server name to ask for and to verify (default: the host)")
	f.BoolVar(&t.insecure, "insecure", false, "do not verify the server's certificate")
}

// secure completes an access by TLS, with what the files hold: trials get it
// over their stdin.
func (t *tlsFlags) secure(access *results.Access) error {
	given, on := t.given(), t.tls || access.TLS != nil
	switch {
	case access.Network == "unix" && given != "":
		return fmt.Errorf("%s together with a unix socket: there is no TLS on one", given)
	case !on && given != "":
		return fmt.Errorf("%s needs --tls or rediss://", given)
	case !on:
		return nil
	case t.cert != "" && t.key == "":
		return errors.New("--cert needs --key: a certificate is shown together with its key")
	case t.key != "" && t.cert == "":
		return errors.New("--key needs --cert: a key is of use with its certificate")
	}
	var err error
	access.TLS, err = t.read()
	return err
}

// given is a flag of these that was given; empty if none was.
func (t *tlsFlags) given() string {
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"--cacert", t.cacert != ""}, {"--cert", t.cert != ""}, {"--key", t.key != ""},
		{"--sni", t.sni != ""}, {"--insecure", t.insecure}, {"--tls", t.tls},
	} {
		if flag.set {
			return flag.name
		}
	}
	return ""
}

// read reads the files and tries what they hold.
func (t *tlsFlags) read() (*results.TLS, error) {
	ca, err := readFile("--cacert", t.cacert)
	if err != nil {
		return nil, err
	}
	cert, err := readFile("--cert", t.cert)
	if err != nil {
		return nil, err
	}
	key, err := readFile("--key", t.key)
	if err != nil {
		return nil, err
	}
	if _, err := (&results.TLS{CA: ca}).Config(); err != nil {
		return nil, fmt.Errorf("--cacert %s: no certificate in PEM is in it", t.cacert)
	}
	if t.cert != "" {
		if _, err := tls.X509KeyPair([]byte(cert), []byte(key)); err != nil {
			return nil, fmt.Errorf("--cert %s, --key %s: %w", t.cert, t.key, err)
		}
	}
	return &results.TLS{ServerName: t.sni, Insecure: t.insecure, CA: ca, Cert: cert, Key: key}, nil
}

// readFile reads the file that a flag names; no name is no text.
func readFile(flag, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	if len(text) == 0 {
		return "", fmt.Errorf("%s %s: the file is empty", flag, path)
	}
	return string(text), nil
}
