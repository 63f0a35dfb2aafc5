package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/valkey-io/valkey-glide/go/v2/config"
	"respbench.dev/respbench/clients"
)

// The pauses between attempts to dial again, at random up to the last: with the
// library's own, opening a client at a closed port takes longer than any time-out.
const (
	backoffSteps  = 1
	backoffFactor = 100 // ms
	backoffBase   = 2
)

// options leave it to the library to ask the server for its role: if it is told not
// to, it opens a client without a server and answers calls with time-outs.
func options(t clients.Target, address *config.NodeAddress) *config.ClientConfiguration {
	advanced := config.NewAdvancedClientConfiguration().WithConnectionTimeout(t.ConnectTimeout)
	if t.Dialer.TLS != nil {
		advanced.WithTlsConfiguration(secure(t))
	}
	c := config.NewClientConfiguration().
		WithAddress(address).
		WithReconnectStrategy(config.NewBackoffStrategy(backoffSteps, backoffFactor, backoffBase)).
		WithRequestTimeout(t.Timeout).
		WithUseTLS(t.Dialer.TLS != nil).
		WithDatabaseId(t.DB).
		WithAdvancedConfiguration(advanced)
	if known := credentials(t); known != nil {
		c.WithCredentials(known)
	}
	return c
}

func credentials(t clients.Target) *config.ServerCredentials {
	switch {
	case t.Username != "":
		return config.NewServerCredentials(t.Username, t.Password)
	case t.Password != "":
		return config.NewServerCredentialsWithDefaultUsername(t.Password)
	}
	return nil
}

func node(addr string) (*config.NodeAddress, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	return &config.NodeAddress{Host: host, Port: n}, err
}

// secure is TLS as far as this library has it: see reachesTLS.
func secure(t clients.Target) *config.TlsConfiguration {
	c := config.NewTlsConfiguration()
	if t.Dialer.TLS.InsecureSkipVerify {
		c.WithInsecureTLS(true)
	}
	return c
}

// reachesTLS refuses what the library takes in a form that a Target does not
// have, or not at all.
func reachesTLS(conf *tls.Config) error {
	switch {
	case conf.RootCAs != nil:
		return errors.New("glide takes TLS with the system's certificates here, not with a CA of one's own")
	case len(conf.Certificates) > 0:
		return errors.New("glide has no client certificates")
	case conf.ServerName != "" && !conf.InsecureSkipVerify:
		return errors.New("glide verifies the address that it dials, not another server name")
	}
	return nil
}

// described names what differs from the library's defaults.
func described(t clients.Target) map[string]string {
	named := map[string]string{
		"requestTimeout":    t.Timeout.String(),
		"connectionTimeout": t.ConnectTimeout.String(),
		"reconnectStrategy": fmt.Sprintf("%d steps of %d ms x %d^n", backoffSteps, backoffFactor, backoffBase),
	}
	if t.Dialer.TLS != nil && t.Dialer.TLS.InsecureSkipVerify {
		named["tlsConfig.UseInsecureTLS"] = "true"
	}
	return named
}
