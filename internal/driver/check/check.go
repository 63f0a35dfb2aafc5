// Package check proves a driver against a real server: that it does as often as
// it says what it was asked for, that it looks at every reply, that it reads its
// clock once a step, and that it ends when it is told to. What a driver says is
// set beside what the server has counted, and beside what a proxy between the
// two has seen and done.
package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A Failure says that not everything held.
type Failure struct{ Failed, Checks int }

func (f *Failure) Error() string {
	return fmt.Sprintf("%d of %d checks did not hold", f.Failed, f.Checks)
}

// patience is how long a driver may make no progress.
const patience = 10 * time.Second

// Run checks every variant of the driver that is not missing, in every scenario
// that the check knows and the driver names, against a standalone server that
// nobody else uses, over plain TCP. It writes a line for each
// check and removes the keys. Its error is a *Failure if something did not hold;
// any other says that it could not be found out.
func Run(ctx context.Context, w io.Writer, d *driver.Driver, access results.Access) error {
	return run(ctx, w, d, access, patience)
}

func run(ctx context.Context, w io.Writer, d *driver.Driver, access results.Access, patience time.Duration) error {
	if access.Network != "tcp" || access.TLS != nil || len(access.Addrs) != 1 || cmp.Or(access.Mode, results.Standalone) != results.Standalone {
		return errors.New("check a driver: against a standalone server over plain TCP only")
	}
	if !slices.Contains(d.About.Transports, "tcp") {
		return fmt.Errorf("check a driver: over tcp; it has %s only", strings.Join(d.About.Transports, ", "))
	}
	admin := server.NewAdmin(server.Remote, access, server.Limits{})
	defer admin.Close()
	if err := admin.Check(ctx); err != nil {
		return fmt.Errorf("check a driver: %w", err)
	}
	r := &report{out: w, access: access}
	r.line("ok  ", d.About.Name+" describe", describe(d.About))
	var checked bool
	for _, c := range d.About.Clients {
		for _, v := range c.Variants {
			s := subject{driver: d, library: c.Name, variant: v.Name, access: admin.Access(), admin: admin, patience: patience}
			if v.Missing != "" {
				r.line("skip", s.name(), v.Missing)
				continue
			}
			s.check(ctx, r)
			checked = true
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !checked:
		return errors.New("check a driver: all of its variants are missing")
	}
	return r.outcome()
}

func describe(about driver.Description) string {
	versions := []string{"protocol " + fmt.Sprint(about.Protocol), about.Runtime}
	for _, name := range slices.Sorted(maps.Keys(about.Packages)) {
		versions = append(versions, name+" "+about.Packages[name])
	}
	return strings.Join(versions, ", ")
}

// check makes all checks of one variant. Where it gets the
// counts wrong, it is not asked for more.
func (s subject) check(ctx context.Context, r *report) {
	known := slices.DeleteFunc(slices.Clone(shapes), func(sh shape) bool {
		_, named := s.driver.About.Scenarios[sh.scenario]
		return !named
	})
	if len(known) == 0 {
		r.line("FAIL", s.name(), "it names no scenario that can be checked: have sync, pipelined, concurrent, concurrent-pipelined")
	}
	var whole []check
	for _, sh := range known {
		if r.one(ctx, s.alone(sh)) {
			whole = append(whole, s.together(sh, len(whole) == 0)...)
		}
	}
	r.all(ctx, whole)
}

// A check is one line of the report. It returns what held.
type check struct {
	name, title string
	run         func(context.Context) (held string, err error)
}

// alone are the checks for which the server counts: nothing else runs meanwhile.
func (s subject) alone(sh shape) []check {
	name := s.name() + " " + sh.scenario
	return []check{
		{name, fmt.Sprintf("exactly %d steps", sh.steps), func(ctx context.Context) (string, error) { return s.exactly(ctx, sh) }},
		{name, lasting.String(), func(ctx context.Context) (string, error) { return s.lasts(ctx, sh) }},
	}
}

// together are the checks that may run side by side; those that follow from no
// scenario come with the first one.
func (s subject) together(sh shape, first bool) []check {
	name := s.name() + " " + sh.scenario
	var checks []check
	add := func(title string, run func(context.Context) (string, error)) {
		checks = append(checks, check{name, title, run})
	}
	for _, b := range blows {
		add(b.title, func(ctx context.Context) (string, error) { return s.hit(ctx, sh, b) })
	}
	if sh.scenario == "sync" {
		add("a late reply shows in one sample", func(ctx context.Context) (string, error) { return s.timed(ctx, sh) })
	}
	for _, e := range endings {
		if sh.depth == 0 {
			add(e.title, func(ctx context.Context) (string, error) { return s.leave(ctx, sh, e) })
		}
	}
	if first {
		add("without a server", func(ctx context.Context) (string, error) { return s.unreachable(ctx, sh) })
		add("another protocol", func(ctx context.Context) (string, error) { return s.refusesProtocol(ctx, sh) })
	}
	if first && runtime.GOOS != "windows" {
		add("SIGINT", func(ctx context.Context) (string, error) { return s.ignoresInterrupt(ctx, sh) })
	}
	return checks
}
