package main

import (
	"context"
	"errors"
	"time"

	glide "github.com/valkey-io/valkey-glide/go/v2"
	"respbench.dev/respbench/clients"
)

const module = "github.com/valkey-io/valkey-glide/go/v2"

// Library is Valkey GLIDE: a core in Rust that the Go library calls through cgo.
//
// All callers share one connection, which the core dials itself. One that has
// broken is dialled again in the background, some times in a second until that
// succeeds, and calls wait for it within their time-out; there is no setting
// against that. Opening a client tries twice. A connection whose replies stay away
// is kept: after packets were lost for good, calls time out until the server closes
// it. The server's user must be allowed INFO. Calls that may wait in the server go
// to a client of their own for each worker, as the documentation wants it: that is
// a connection more for each.
var Library = clients.Library{
	Name:   "glide",
	Module: module,
	Variants: []clients.Variant{{
		Name:    "default",
		Doc:     "one client, whose core multiplexes all callers over one connection (README, Basic Examples)",
		Shares:  true,
		Has:     clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true},
		Reaches: reaches,
		Open:    open,
	}},
}

func reaches(t clients.Target) error {
	switch {
	case t.Dialer != nil && t.Dialer.Network == "unix":
		return errors.New("glide has no unix sockets")
	case t.RESP == 2, t.OldRESP:
		return errors.New("glide speaks RESP 3 only, and needs HELLO for that")
	case t.Conns > 1:
		return errors.New("glide has one connection for all callers")
	case t.Dialer != nil && t.Dialer.TLS != nil:
		return reachesTLS(t.Dialer.TLS)
	}
	return clients.NeedStandalone("glide", t)
}

type client struct {
	core     *glide.Client
	target   clients.Target
	settings clients.Settings
}

func open(_ context.Context, t clients.Target) (clients.Client, error) {
	if err := reaches(t); err != nil { // who asks for a trial may not have
		return nil, err
	}
	core, err := dial(t)
	if err != nil {
		return nil, err
	}
	return &client{core: core, target: t, settings: clients.Settings{Conns: 1, RESP: 3, Options: described(t)}}, nil
}

func dial(t clients.Target) (*glide.Client, error) {
	address, err := node(t.Addrs[0])
	if err != nil {
		return nil, err
	}
	dialers.Store(address.Port, t.Dialer)
	core, err := glide.NewClient(options(t, address))
	return core, plain(err)
}

func (c *client) Session(context.Context) (clients.Session, error) { return &session{client: c}, nil }

func (c *client) Resolved() clients.Settings { return c.settings }

func (c *client) Close() error {
	c.core.Close()
	return nil
}

// forever is the time-out of calls that the server may let wait: the library has
// no name for none.
const forever = 24 * time.Hour
