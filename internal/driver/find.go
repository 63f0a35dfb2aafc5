package driver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"respbench.dev/respbench/clients/drivers"
)

// ErrUnknown is what Find returns for a client that no embedded driver drives.
var ErrUnknown = errors.New("unknown driver")

// An Embedding is a driver that respbench brings along.
type Embedding struct {
	Name    string // of the driver: "python"
	Clients []string
}

// Embedded lists them; Find of any of its clients finds a driver.
func Embedded() []Embedding {
	var list []Embedding
	for _, s := range sources {
		e := Embedding{Name: s.name}
		for _, c := range s.clients {
			e.Clients = append(e.Clients, c.Name)
		}
		list = append(list, e)
	}
	return list
}

// A source is an embedded driver, and who can interpret it.
type source struct {
	name, flag, text string
	setting          string   // the environment variable that names the interpreter
	interpreters     []string // otherwise: the first is looked for on PATH
	needs            string   // what installs all that may be missing
	clients          []Client // as they are listed where there is no interpreter
}

var sources = []source{
	{
		name: "python", flag: "-c", text: drivers.Python,
		setting: "RESPBENCH_PYTHON", interpreters: []string{"python3", "/usr/bin/python3"},
		needs:   "apt-get install python3 python3-redis python3-hiredis python3-uvloop",
		clients: []Client{known("redis-py", "redis", "hiredis", "asyncio", "asyncio-hiredis", "uvloop", "uvloop-hiredis")},
	},
	{
		name: "node", flag: "-e", text: drivers.Node,
		setting: "RESPBENCH_NODE", interpreters: []string{"node"},
		needs:   "apt-get install nodejs npm && npm install ioredis redis iovalkey",
		clients: []Client{known("ioredis", "ioredis", "autopipe"), known("node-redis", "redis"), known("iovalkey", "iovalkey")},
	},
}

func known(name, library string, variants ...string) Client {
	c := Client{Name: name, Package: library, RESP: []int{2}}
	for _, v := range append([]string{firstVariant}, variants...) {
		c.Variants = append(c.Variants, Variant{Name: v})
	}
	return c
}

// Find returns the embedded driver of a client, which is named without a
// variant. Where there is no interpreter the variants of the driver are missing.
func Find(ctx context.Context, client string) (*Driver, error) {
	for _, s := range sources {
		if slices.ContainsFunc(s.clients, func(c Client) bool { return c.Name == client }) {
			return s.find(ctx, client)
		}
	}
	return nil, fmt.Errorf("%w %q", ErrUnknown, client)
}

// find takes the first interpreter that has the client's package, else the first
// that runs.
func (s source) find(ctx context.Context, client string) (*Driver, error) {
	var first *Driver
	var broken error
	for _, path := range s.paths() {
		d, err := Describe(ctx, []string{path, s.flag, s.text})
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			broken = firstOf(broken, err)
		case d.installed(client):
			return d, nil
		case first == nil:
			first = d
		}
	}
	switch {
	case first != nil:
		return first, nil
	case broken != nil:
		return nil, broken
	}
	return s.missing(), nil
}

// paths are the interpreters that there are.
func (s source) paths() []string {
	names := s.interpreters
	if set := os.Getenv(s.setting); set != "" {
		names = []string{set}
	}
	var found []string
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found
}

// installed reports whether the interpreter has the package of a client.
func (d *Driver) installed(client string) bool {
	c, ok := d.client(client)
	return ok && d.About.Packages[c.Package] != ""
}

// missing is the driver as it is where nothing can run it.
func (s source) missing() *Driver {
	reason := fmt.Sprintf("needs %s: %s", s.interpreters[0], s.needs)
	if os.Getenv(s.setting) != "" {
		reason = fmt.Sprintf("needs %s: what %s names is not there", s.interpreters[0], s.setting)
	}
	d := &Driver{About: Description{
		Protocol: Protocol, Name: s.name,
		Scenarios: map[string]int{"sync": 1, "pipelined": 1, "concurrent": 1, "concurrent-pipelined": 1}, Transports: transports,
	}}
	for _, c := range s.clients {
		c.Variants = slices.Clone(c.Variants)
		for i := range c.Variants {
			c.Variants[i].Missing = reason
		}
		d.About.Clients = append(d.About.Clients, c)
	}
	return d
}

func (d *Driver) client(name string) (Client, bool) {
	i := slices.IndexFunc(d.About.Clients, func(c Client) bool { return c.Name == name })
	if i < 0 {
		return Client{}, false
	}
	return d.About.Clients[i], true
}

func (d *Driver) clientNames() string {
	var names []string
	for _, c := range d.About.Clients {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}
