package clients

import "fmt"

// NeedStandalone tells why a client that is not made to follow Sentinel or
// Cluster cannot serve t; nil for one server of its own.
func NeedStandalone(client string, t Target) error {
	if t.Mode == Standalone {
		return nil
	}
	return fmt.Errorf("%s is measured on a standalone server only, not on %s", client, t.Mode)
}

// NeedConnPerWorker tells why a client that gives each worker a connection of
// its own cannot hold another number of them.
func NeedConnPerWorker(client string, t Target) error {
	if t.Conns == 0 || t.Conns == t.Workers {
		return nil
	}
	return fmt.Errorf("%s holds one connection for each worker: %d, not %d", client, t.Workers, t.Conns)
}
