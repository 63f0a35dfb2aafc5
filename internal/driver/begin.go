package driver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// Begin makes the file of a trial's samples, and what the driver is told. The
// caller closes the Talk.
func (d *Driver) Begin(spec results.Spec, access results.Access) (*Talk, error) {
	c, v, reason := d.variant(spec.Point)
	if reason != "" {
		return nil, errors.New(reason)
	}
	t, err := newTalk(spec, access, v)
	if err != nil {
		return nil, err
	}
	if t.told, err = toldOf(spec, access, c); err != nil {
		return nil, err
	}
	if t.samples, err = os.CreateTemp("", "respbench-samples-"); err != nil {
		return nil, fmt.Errorf("a file for samples: %w", withoutPath(err))
	}
	t.told.Samples = t.samples.Name()
	return t, nil
}

// withoutPath is the error alone: the path is nobody else's business.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// toldOf is respbench's spec in a driver's words.
func toldOf(spec results.Spec, access results.Access, c Client) (Spec, error) {
	p := spec.Point
	scenario, err := scenarios.Named(p.Scenario)
	if err != nil {
		return Spec{}, err
	}
	s := Spec{
		Protocol: Protocol, Client: p.Library, Variant: p.Variant, Scenario: p.Scenario, Version: p.Version,
		Workers: p.Load.Workers, Depth: p.Load.Depth, DataSize: p.Load.DataSize,
		Prefix: scenario.Prefix(spec.Run, scenarios.Load(p.Load)), Keyspace: p.Load.Keyspace, Conns: p.Load.Conns,
		Seed: uint32(spec.Seed), RESP: respOf(p, access, c),
		Timeout: int64(p.Settings.Timeout), ConnectTimeout: int64(p.Settings.ConnectTimeout),
	}
	if s.Variant == "" {
		s.Variant = firstVariant
	}
	s.bound(spec.Limit, spec.Warmup)
	s.Server, err = serverOf(access)
	return s, err
}

func respOf(p results.Point, access results.Access, c Client) int {
	switch {
	case p.Settings.RESP != 0:
		return p.Settings.RESP
	case access.OldRESP:
		return 2
	}
	return c.RESP[0]
}

// bound says when the trial and its warm-up end. A number of steps to warm with
// is that of all workers, of whom each does its part, rounded up.
func (s *Spec) bound(l results.Limit, w results.Warmup) {
	s.Steps, s.MostTime = l.Steps, int64(l.MaxTime)
	switch {
	case l.Steps > 0:
	case l.Duration > 0:
		s.LeastTime = int64(l.Duration)
	default:
		s.LeastSteps, s.LeastTime = l.MinSteps, int64(l.MinTime)
	}
	if w.Steps > 0 {
		workers := int64(max(s.Workers, 1))
		s.WarmupSteps = (w.Steps + workers - 1) / workers
		return
	}
	s.WarmupSteps, s.WarmupTime = w.MinSteps, int64(w.Time)
}

func serverOf(a results.Access) (Server, error) {
	s := Server{Network: a.Network, Username: a.Username, Password: a.Password, DB: a.DB}
	if len(a.Addrs) != 1 {
		return s, fmt.Errorf("a driver is told one address; there are %d", len(a.Addrs))
	}
	if a.TLS != nil {
		tls := TLS(*a.TLS)
		s.TLS = &tls
	}
	if a.Network == "unix" {
		s.Path = a.Addrs[0]
		return s, nil
	}
	host, port, err := net.SplitHostPort(a.Addrs[0])
	if err == nil {
		s.Host = host
		s.Port, err = strconv.Atoi(port)
	}
	if err != nil {
		return s, errors.New("the server's address is no host with a port")
	}
	return s, nil
}
