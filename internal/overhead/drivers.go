package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
)

// barePython is a program that takes a driver's spec.
//
//go:embed bare.py
var barePython string

// driverWarmTime comes before the window of every segment of a driver, in a
// process of its own.
const driverWarmTime = 300 * time.Millisecond

// compareDriver is compare for a variant of a library that the Python driver
// drives.
func (c *comparison) compareDriver(ctx context.Context, name string) (*outcome, error) {
	direct, through, err := c.driverSides(ctx, name)
	if err != nil {
		return nil, err
	}
	return c.alternate(&outcome{client: name, scenario: c.scenario.Name, driver: true}, direct, through, c.driverLength)
}

func (c *comparison) driverSides(ctx context.Context, name string) (direct, through *process, err error) {
	client, variant, _ := strings.Cut(name, ":")
	d, err := driver.Find(ctx, client)
	if err != nil {
		return nil, nil, err
	}
	spec, err := c.driverSpec(d, client, cmp.Or(variant, "default"))
	if err != nil {
		return nil, nil, err
	}
	direct = &process{ctx: ctx, args: []string{d.Args[0], "-c", barePython}, spec: spec, hear: hearBare}
	return direct, &process{ctx: ctx, args: d.Args, spec: spec, hear: hearDriver}, nil
}

// driverSpec is what a driver would be told for the scenario.
func (c *comparison) driverSpec(d *driver.Driver, client, variant string) (driver.Spec, error) {
	i := slices.IndexFunc(d.About.Clients, func(about driver.Client) bool { return about.Name == client })
	if d.About.Name != "python" || i < 0 {
		return driver.Spec{}, fmt.Errorf("no bare loop for %s; have redis-py and its variants", client)
	}
	about := d.About.Clients[i]
	if err := has(about, variant); err != nil {
		return driver.Spec{}, err
	}
	host, port, err := net.SplitHostPort(c.addr)
	if err != nil {
		return driver.Spec{}, err
	}
	number, err := strconv.Atoi(port)
	return driver.Spec{
		Protocol: driver.Protocol, Client: client, Variant: variant,
		Scenario: c.scenario.Name, Version: d.About.Scenarios[c.scenario.Name], Workers: c.workers,
		DataSize: plan.DefaultDataSize, Prefix: gen.RunPrefix(runID), Keyspace: plan.DefaultKeys, Seed: seed,
		RESP: about.RESP[0], Timeout: int64(plan.DefaultTimeout), ConnectTimeout: int64(plan.DefaultTimeout),
		WarmupTime: int64(driverWarmTime),
		Server:     driver.Server{Network: "tcp", Host: host, Port: number},
	}, err
}

// has says why a client's variant cannot be run.
func has(about driver.Client, variant string) error {
	var names []string
	for _, v := range about.Variants {
		if v.Name == variant {
			if v.Missing != "" {
				return errors.New(v.Missing)
			}
			return nil
		}
		names = append(names, v.Name)
	}
	return fmt.Errorf("unknown variant %q; have %s", variant, strings.Join(names, ", "))
}
