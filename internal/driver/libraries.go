package driver

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

// Libraries are the driver's clients for a plan, which nothing in this process
// can open. What they lack, Lacks says.
func (d *Driver) Libraries() []clients.Library {
	// Its scenarios say what it has.
	has := clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true}
	var list []clients.Library
	for _, c := range d.About.Clients {
		l := clients.Library{Name: c.Name, Module: c.Package}
		for _, v := range c.Variants {
			l.Variants = append(l.Variants, clients.Variant{Name: v.Name, Doc: v.Doc, Shares: v.Shares, Has: has})
		}
		list = append(list, l)
	}
	return list
}

// Executor is the driver as a run's header has it.
func (d *Driver) Executor(id string) results.Executor {
	e := results.Executor{
		ID: id, Tool: d.About.Name + " driver", Runtime: storable(results.Access{}, d.About.Runtime),
		Libraries: map[string]string{}, Modules: map[string]string{},
	}
	maps.Copy(e.Libraries, d.About.Packages)
	for _, c := range d.About.Clients {
		e.Modules[c.Name] = c.Package
	}
	return e
}

// Lacks says why the driver cannot measure a point on a server, or is empty.
func (d *Driver) Lacks(p results.Point, network, mode string, tls bool) string {
	c, v, reason := d.variant(p)
	if reason == "" {
		reason = d.lacksScenario(p)
	}
	switch {
	case reason != "":
		return reason
	case v.Missing != "":
		return storable(results.Access{}, v.Missing)
	case p.Settings.Isolation == "none":
		return "a driver needs a process of its own"
	case d.About.Speaks == SpeaksTrial:
		return ""
	case mode != results.Standalone:
		return fmt.Sprintf("a driver is for a standalone server, not for %s", mode)
	}
	for _, reason := range []string{d.lacksTransport(network, tls), lacksSettings(p, c), lacksConns(p, v), lacksLoad(p.Load)} {
		if reason != "" {
			return reason
		}
	}
	return ""
}

// variant is that of a point, or the reason why there is none.
func (d *Driver) variant(p results.Point) (c Client, v Variant, reason string) {
	c, ok := d.client(p.Library)
	if !ok {
		return c, v, fmt.Sprintf("the driver %s has no client %s; have %s", d.About.Name, p.Library, d.clientNames())
	}
	var names []string
	for _, v := range c.Variants {
		if v.Name == p.Variant || p.Variant == "" {
			return c, v, ""
		}
		names = append(names, v.Name)
	}
	return c, v, fmt.Sprintf("%s has no variant %s; have %s", c.Name, p.Variant, strings.Join(names, ", "))
}

func (d *Driver) lacksScenario(p results.Point) string {
	have := d.scenarios()
	version, ok := have[p.Scenario]
	switch {
	case !ok:
		return fmt.Sprintf("the driver %s has no scenario %s; have %s",
			d.About.Name, p.Scenario, strings.Join(slices.Sorted(maps.Keys(have)), ", "))
	case version != p.Version:
		return fmt.Sprintf("the driver %s has version %d of %s, not %d", d.About.Name, version, p.Scenario, p.Version)
	}
	return ""
}

// defined are the scenarios that a driver is told how to run.
var defined = []string{"sync", "pipelined", "concurrent", "concurrent-pipelined"}

// scenarios are those of its own that the driver can be asked for.
func (d *Driver) scenarios() map[string]int {
	have := maps.Clone(d.About.Scenarios)
	maps.DeleteFunc(have, func(name string, _ int) bool {
		return d.About.Speaks != SpeaksTrial && !slices.Contains(defined, name)
	})
	return have
}

func (d *Driver) lacksTransport(network string, tls bool) string {
	if tls {
		network = "tls"
	}
	if slices.Contains(d.About.Transports, network) {
		return ""
	}
	return fmt.Sprintf("the driver %s does not connect by %s; have %s", d.About.Name, network, strings.Join(d.About.Transports, ", "))
}

func lacksSettings(p results.Point, c Client) string {
	switch s := p.Settings; {
	case s.RESP != 0 && !slices.Contains(c.RESP, s.RESP):
		return fmt.Sprintf("%s does not speak RESP %d", c.Name, s.RESP)
	case s.Context != "" && s.Context != "background":
		return "a driver has no contexts"
	case p.Disturb != "":
		return "trials of a driver are not disturbed"
	}
	return ""
}

func lacksConns(p results.Point, v Variant) string {
	if v.MostConns == 0 || p.Load.Conns <= v.MostConns {
		return ""
	}
	return fmt.Sprintf("%s holds at most %d of the %d connections that were asked for", p.Client(), v.MostConns, p.Load.Conns)
}

// lacksLoad names what a driver's spec cannot carry.
func lacksLoad(l results.Load) string {
	for _, one := range []struct {
		asked bool
		name  string
	}{
		{l.Rate != 0, "open loop"},
		{l.Sizes != "", "values of several sizes"},
		{l.Keys != "", "keys at random"},
		{l.Mix != "", "mix"},
		{l.Misses != 0, "misses"},
		{l.BatchMax != 0 || l.BatchWait != 0, "batches"},
		{l.Receivers != 0, "receivers"},
		{l.Lines != "", "commands of one's own"},
	} {
		if one.asked {
			return "a driver has no " + one.name
		}
	}
	return ""
}
