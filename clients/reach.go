package clients

import "fmt"

// NeedStandalone tells why a client that does not follow Sentinel or Cluster
// cannot serve t; nil for one server of its own.
func NeedStandalone(client string, t Target) error {
	if t.Mode == Standalone {
		return nil
	}
	return fmt.Errorf("%s has no %s support of its own: it is for a standalone server", client, t.Mode)
}

// NeedConnPerWorker tells why a client that gives each worker a connection of
// its own cannot hold another number of them.
func NeedConnPerWorker(client string, t Target) error {
	if t.Conns == 0 || t.Conns == t.Workers {
		return nil
	}
	return fmt.Errorf("%s holds one connection for each worker: %d, not %d", client, t.Workers, t.Conns)
}

// NeedOneServer tells why a client that holds connections to each master of a
// cluster cannot hold a given number of them.
func NeedOneServer(client string, t Target) error {
	if t.Conns == 0 || t.Mode != Cluster {
		return nil
	}
	return fmt.Errorf("%s holds connections to each master of a cluster: a number of them can only be asked for on one server", client)
}

// Negotiated is the protocol version of a library that asks for RESP 3 unless
// told otherwise, and falls back by itself where the server knows no HELLO.
func (t Target) Negotiated() int {
	switch {
	case t.OldRESP:
		return 2
	case t.RESP != 0:
		return t.RESP
	default:
		return 3
	}
}
