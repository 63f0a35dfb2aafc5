package results

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Modes of an Access.
const (
	Standalone = "standalone"
	Sentinel   = "sentinel"
	Cluster    = "cluster"
)

// Access is how the server is reached. It goes to executors over their stdin
// and is never stored: addresses and credentials are nobody else's business.
type Access struct {
	Mode     string   `json:"mode"`    // Standalone, Sentinel or Cluster
	Network  string   `json:"network"` // tcp or unix
	Addrs    []string `json:"addrs"`   // of the server, of Sentinels, or of some nodes of a cluster
	Username string   `json:"username,omitempty"`
	Password string   `json:"password,omitempty"`
	DB       int      `json:"db,omitempty"`
	Master   string   `json:"master,omitempty"` // Sentinel's name of the server
	TLS      *TLS     `json:"tls,omitempty"`    // nil: plain

	// What a first contact has shown.

	SentinelAuth bool `json:"sentinel_auth,omitempty"` // the Sentinels ask for the same user and password
	OldRESP      bool `json:"old_resp,omitempty"`      // no HELLO there: libraries fall back to RESP 2
}

// TLS is how a connection is secured: version 1.2 or later, the server's
// certificate verified unless Insecure.
type TLS struct {
	ServerName string `json:"server_name,omitempty"` // to ask for and to verify; empty: the host that is dialled
	Insecure   bool   `json:"insecure,omitempty"`
	CA         string `json:"ca,omitempty"`   // PEM; empty: the system's
	Cert       string `json:"cert,omitempty"` // PEM, with Key: what the client shows
	Key        string `json:"key,omitempty"`
}

// Config is what crypto/tls wants; nil for a plain connection.
func (t *TLS) Config() (*tls.Config, error) {
	if t == nil {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: t.Insecure}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return nil, errors.New("the CA holds no certificate in PEM")
		}
	}
	if t.Cert != "" {
		pair, err := tls.X509KeyPair([]byte(t.Cert), []byte(t.Key))
		if err != nil {
			return nil, fmt.Errorf("certificate and key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// address matches an IP address with a port, and the "->" form of net errors.
var address = regexp.MustCompile(`(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.%\w]*:[0-9a-fA-F:.%\w]*\])(:\d+)?`)

// hostNames matches what errors of package net and of crypto/x509 say of hosts.
var hostNames = regexp.MustCompile(`(\blookup |\b(?:dial|read|write) (?:tcp|udp|unix)[46]? |certificate is (?:valid|not valid) for )[^\s:<>]+(?:, not \S+)?(:\d+)?`)

// Redact takes the server's addresses and names, any other IP address, the
// hosts of network errors and the credentials out of a text that is going to be
// stored.
func (a Access) Redact(text string) string {
	for _, addr := range a.Addrs {
		text = strings.ReplaceAll(text, addr, "<server>")
		if host, _, ok := strings.Cut(addr, ":"); ok && host != "" && a.Network == "tcp" {
			text = replaceWord(text, host, "<server>")
		}
	}
	if a.Master != "" {
		text = replaceWord(text, a.Master, "<master>")
	}
	if len(a.Password) > shortSecret {
		text = strings.ReplaceAll(text, a.Password, "<secret>")
	}
	for _, secret := range []string{a.Password, a.Username} {
		if secret != "" && secret != "default" {
			text = replaceWord(text, secret, "<secret>")
		}
	}
	text = address.ReplaceAllString(text, "<address>")
	return hostNames.ReplaceAllString(text, "${1}<address>")
}

// shortSecret is up to which length a password is looked for as a word only:
// replacing it everywhere would tear other words apart and so tell it.
const shortSecret = 3

// replaceWord replaces whole words only.
func replaceWord(text, word, with string) string {
	re, err := regexp.Compile(`(^|\W)` + regexp.QuoteMeta(word) + `($|\W)`)
	if err != nil {
		return text
	}
	return re.ReplaceAllString(text, "${1}"+with+"${2}")
}
