package results

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
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
