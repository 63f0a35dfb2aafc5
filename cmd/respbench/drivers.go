package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/redisbenchmark"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/results"
)

// byPath begins the name of a client whose driver is a program at a path.
const byPath = "exec:"

// A driven is a program, beside this one, that executes the trials of some
// libraries.
type driven struct {
	libraries []clients.Library
	executor  runner.Executor
	about     results.Executor
	lacks     func(p results.Point, w *place) string
	missing   func(library, variant string) string // why it cannot be run here, and what changes that; or empty
}

// drives reports whether the program executes the trials of a library.
func (d driven) drives(library string) bool { return named(d.libraries, library) }

func named(libraries []clients.Library, name string) bool {
	return slices.ContainsFunc(libraries, func(l clients.Library) bool { return l.Name == name })
}

// findDrivers finds the drivers of the clients that are asked for, and of those
// that a broken run goes on with.
func (a *app) findDrivers(ctx context.Context, o *runOptions, broken *brokenRun) error {
	lists := []*[]string{&o.Clients}
	for i := range o.parts {
		lists = append(lists, &o.parts[i].Clients)
	}
	for _, list := range lists {
		if err := a.findAll(ctx, list); err != nil {
			return err
		}
	}
	if broken == nil {
		return nil
	}
	for _, p := range broken.run.Header.Points {
		if _, err := a.find(ctx, p.Client()); errors.Is(err, driver.ErrUnknown) {
			return fmt.Errorf("--resume: %s is not known here; if it has a driver of your own, give -c as it was, with that driver's exec:PATH", p.Client())
		} else if err != nil {
			return fmt.Errorf("--resume: %w", err)
		}
	}
	a.resumeDrivers(broken.run.Header.Executors[1:])
	return nil
}

// resumeDrivers puts the drivers in the order, and under the ids, that they have
// in the run that goes on.
func (a *app) resumeDrivers(executors []results.Executor) {
	var ordered []driven
	for _, e := range executors {
		for i, d := range a.drivers {
			if slices.ContainsFunc(d.libraries, func(l clients.Library) bool { _, has := e.Modules[l.Name]; return has }) {
				d.executor.ID, d.about.ID = e.ID, e.ID
				ordered = append(ordered, d)
				a.drivers = slices.Delete(a.drivers, i, i+1)
				break
			}
		}
	}
	a.drivers = append(ordered, a.drivers...) // the others have nothing to measure
}

// findAll puts the names of what drivers have for the paths in a list.
func (a *app) findAll(ctx context.Context, list *[]string) error {
	var names []string
	for _, name := range *list {
		found, err := a.find(ctx, name)
		if errors.Is(err, driver.ErrUnknown) {
			return fmt.Errorf("unknown client %q; have %s, all; by drivers %s, exec:PATH", name,
				strings.Join(clients.Names(a.libraries), ", "), strings.Join(driverNames(), ", "))
		}
		if err != nil {
			return err
		}
		names = append(names, found...)
	}
	*list = names
	return nil
}

// driverNames are the clients whose drivers come with respbench.
func driverNames() []string {
	var names []string
	for _, e := range driver.Embedded() {
		names = append(names, e.Clients...)
	}
	return append(names, redisbenchmark.Name)
}

// find makes one client known, and returns what it is called.
func (a *app) find(ctx context.Context, name string) ([]string, error) {
	if path, ok := strings.CutPrefix(name, byPath); ok {
		return a.findPath(ctx, path)
	}
	library, _, _ := strings.Cut(name, ":")
	if name == "all" || named(a.libraries, library) {
		return []string{name}, nil
	}
	if !a.isDriven(library) {
		d, err := a.foundDriver(ctx, library)
		if err != nil {
			return nil, err
		}
		a.add(d)
	}
	return []string{name}, nil
}

func (a *app) isDriven(library string) bool {
	return slices.ContainsFunc(a.drivers, func(d driven) bool { return d.drives(library) })
}

func (a *app) foundDriver(ctx context.Context, library string) (driven, error) {
	if l := redisbenchmark.Library(); l.Name == library {
		return redisBenchmark(ctx, l)
	}
	d, err := driver.Find(ctx, library)
	if err != nil {
		return driven{}, err
	}
	return drivenBy(d), nil
}

// add makes the libraries of a driver known, under an id of its own.
func (a *app) add(d driven) {
	id := fmt.Sprintf("e%d", len(a.drivers)+2) // the first is this program
	d.executor.ID, d.about.ID = id, id
	a.drivers = append(a.drivers, d)
}

// findPath asks the program at "PATH", "PATH:VARIANT" or "PATH:*" what it is.
func (a *app) findPath(ctx context.Context, path string) ([]string, error) {
	program, variant, err := splitPath(path)
	if err != nil {
		return nil, fmt.Errorf("%sPATH: %w", byPath, err)
	}
	i := slices.IndexFunc(a.drivers, func(d driven) bool { return d.is(program) })
	if i < 0 {
		d, err := driver.Describe(ctx, []string{program})
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", byPath, path, err)
		}
		found := drivenBy(d)
		for _, l := range found.libraries {
			if named(a.libraries, l.Name) || a.isDriven(l.Name) || slices.Contains(driverNames(), l.Name) {
				return nil, fmt.Errorf("%s%s: it calls its client %s, which is the name of another", byPath, path, l.Name)
			}
		}
		a.add(found)
		i = len(a.drivers) - 1
	}
	var names []string
	for _, l := range a.drivers[i].libraries {
		names = append(names, strings.TrimSuffix(l.Name+":"+variant, ":"))
	}
	return names, nil
}

// is reports whether it is the program at a path.
func (d driven) is(program string) bool {
	return d.executor.Driver != nil && slices.Equal(d.executor.Driver.Args, []string{program})
}

// splitPath finds the program, which may have a colon in its path, and what
// follows.
func splitPath(path string) (program, variant string, err error) {
	found, err := exec.LookPath(path)
	if at := strings.LastIndex(path, ":"); err != nil && at > 0 {
		if other, failed := exec.LookPath(path[:at]); failed == nil {
			found, variant, err = other, path[at+1:], nil
		}
	}
	switch {
	case err != nil:
		return "", "", fmt.Errorf("%q: %w", path, errors.Unwrap(err))
	case filepath.Base(found) == redisbenchmark.Name: // it would take a word for a command, and load a server
		return "", "", fmt.Errorf("%q is no driver: -c %s is how it is measured, and it is exempt from the check", path, redisbenchmark.Name)
	}
	program, err = filepath.Abs(found)
	return program, variant, err
}

func drivenBy(d *driver.Driver) driven {
	libraries := d.Libraries()
	for i := range libraries {
		libraries[i].Driven = true
	}
	return driven{
		libraries: libraries,
		executor:  runner.Executor{Driver: d, CPUs: d.About.CPUs},
		about:     d.Executor(""),
		lacks: func(p results.Point, w *place) string {
			host := w.host()
			return d.Lacks(p, cmp.Or(host.Network, "tcp"), cmp.Or(host.Mode, results.Standalone), w.options.Access.TLS != nil)
		},
		missing: func(library, variant string) string {
			for _, c := range d.About.Clients {
				for _, v := range c.Variants {
					if c.Name == library && v.Name == variant {
						return v.Missing
					}
				}
			}
			return ""
		},
	}
}

// redisBenchmark is the wrapper of redis-benchmark, which is in this program.
func redisBenchmark(ctx context.Context, l clients.Library) (driven, error) {
	command, err := self("trial")
	if err != nil {
		return driven{}, err
	}
	command = append(command, "--by", redisbenchmark.Name)
	l.Driven = true
	return driven{
		libraries: []clients.Library{l},
		executor:  runner.Executor{Command: command, CPUs: 1, Unchecked: new(redisbenchmark.Unchecked)},
		about: results.Executor{
			Tool: l.Name + " wrapper", Version: toolVersion(), Runtime: runtime.Version(),
			Libraries: map[string]string{l.Name: redisbenchmark.Version(ctx)}, Modules: map[string]string{l.Name: l.Name},
		},
		lacks:   func(p results.Point, w *place) string { return redisbenchmark.Lacks(p, w.options.Access) },
		missing: func(_, _ string) string { return redisbenchmark.Missing() },
	}, nil
}

// known are the libraries that a plan may have.
func (a *app) known() []clients.Library {
	all := slices.Clone(a.libraries)
	for _, d := range a.drivers {
		all = append(all, d.libraries...)
	}
	return all
}

// skipLacking leaves out what drivers cannot measure on these servers.
func (a *app) skipLacking(p *plan.Plan, places []*place) error {
	return p.Skip(func(point results.Point) string {
		for _, d := range a.drivers {
			if d.drives(point.Library) {
				return d.lacks(point, placeOf(point, places))
			}
		}
		return ""
	})
}

func placeOf(p results.Point, places []*place) *place {
	for i, w := range places {
		if p.Server == plan.Server(i) {
			return w
		}
	}
	return places[0]
}

// usedBy are the drivers of a plan's points.
func (a *app) usedBy(points []results.Point) []driven {
	return slices.DeleteFunc(slices.Clone(a.drivers), func(d driven) bool {
		return !slices.ContainsFunc(points, func(p results.Point) bool { return d.drives(p.Library) })
	})
}

// executors are those of a plan's points: own, and those of drivers.
func (a *app) executors(own results.Executor, points []results.Point) []results.Executor {
	list := []results.Executor{own}
	for _, d := range a.usedBy(points) {
		list = append(list, d.about)
	}
	return list
}

// others are what the trials of drivers' libraries are handed to.
func (a *app) others(points []results.Point) map[string]runner.Executor {
	others := map[string]runner.Executor{}
	for _, d := range a.usedBy(points) {
		for _, l := range d.libraries {
			others[l.Name] = d.executor
		}
	}
	return others
}
