package server

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"respbench.dev/respbench/results"
)

// A dialError is why there is no connection to address.
type dialError struct {
	address string
	err     error
}

func (e *dialError) Error() string { return "dial " + e.address + ": " + e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// A handshakeError is why there is a connection but no TLS on it.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

// dial connects to address, with TLS if the access has it, within limit. Its
// error is a *dialError.
func dial(ctx context.Context, access results.Access, address string, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conf, err := access.TLS.Config()
	if err != nil {
		return nil, &dialError{address, &handshakeError{err}}
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, access.Network, address)
	if err != nil {
		return nil, &dialError{address, err}
	}
	if conf == nil {
		return conn, nil
	}
	secure, err := handshake(ctx, conn, conf, address)
	if err != nil {
		return nil, &dialError{address, &handshakeError{err}}
	}
	return secure, nil
}

// handshake closes conn if it fails.
func handshake(ctx context.Context, conn net.Conn, conf *tls.Config, address string) (net.Conn, error) {
	if host, _, err := net.SplitHostPort(address); err == nil && conf.ServerName == "" {
		conf.ServerName = host
	}
	secure := tls.Client(conn, conf)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}
