package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/driver/check"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

func (a *app) listDriversCommand() *cobra.Command {
	o := &runOptions{}
	var path string
	c := &cobra.Command{
		Use:   "drivers",
		Short: "List drivers, or prove one against a real server",
		Long: `List the drivers that respbench brings along, with what is missing, or prove one.

A driver is a program, in any language, that executes trials through a client
library of its language: docs/DRIVERS.md says how to write one.

--check runs it against a server, as a rule one that is started for this, with a
proxy between them: exact counts by the server's own, its keys and values, every
reply checked, an error counted, the clock read once a step, and an end when it
is told. Exit codes: 0 it holds, 1 wrong use, 6 it does not.`,
		Example: `  respbench list drivers
  respbench list drivers --check ./mydriver`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "" {
				return a.listDrivers(c.Context())
			}
			if err := o.validate(c.Flags()); err != nil {
				return err
			}
			return a.checkDriver(c.Context(), o, path)
		},
	}
	c.Flags().StringVar(&path, "check", "", "path of a driver, or a client of one that respbench brings along; :VARIANT for one variant")
	o.addServer(c.Flags())
	o.addWhat(pflag.NewFlagSet("", pflag.ContinueOnError)) // as run has them by default
	o.addHow(pflag.NewFlagSet("", pflag.ContinueOnError))
	o.addShown(pflag.NewFlagSet("", pflag.ContinueOnError))
	return c
}

// listDrivers prints every client of every driver, and what is missing.
func (a *app) listDrivers(ctx context.Context) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, client := range driverNames() {
		if a.isDriven(client) {
			continue // another client of its driver came before
		}
		d, err := a.foundDriver(ctx, client)
		if err != nil {
			fmt.Fprintf(w, "%s\tcannot be asked: %v\n\n", client, err)
			continue
		}
		a.add(d)
		describeDriver(w, d)
	}
	fmt.Fprintln(w, "anyone's, by its path: -c exec:PATH")
	return w.Flush()
}

func describeDriver(w io.Writer, d driven) {
	fmt.Fprintf(w, "%s\n", versions(d))
	for _, l := range d.libraries {
		for _, v := range l.Variants {
			fmt.Fprintf(w, "%s\t%s\n", results.Point{Library: l.Name, Variant: v.Name}.Client(), v.Doc)
			describeMissing(w, d, l.Name, v.Name)
		}
	}
	fmt.Fprintln(w)
}

func describeMissing(w io.Writer, d driven, library, variant string) {
	if reason := d.missing(library, variant); reason != "" {
		fmt.Fprintf(w, "\tnot here: it %s\n", reason)
	}
}

// versions are those of a driver's interpreter and packages.
func versions(d driven) string {
	words := []string{strings.TrimSpace(d.about.Tool + ": " + d.about.Runtime)}
	for _, name := range slices.Sorted(maps.Keys(d.about.Libraries)) {
		words = append(words, name+" "+d.about.Libraries[name])
	}
	return strings.Join(words, ", ")
}

// checked is the driver to check: of a client, of one of its variants, or at a
// path.
func checked(ctx context.Context, name string) (*driver.Driver, error) {
	library, variant, _ := strings.Cut(name, ":")
	d, err := driver.Find(ctx, library)
	if err == nil {
		return only(d, library, variant)
	}
	if !errors.Is(err, driver.ErrUnknown) {
		return nil, err
	}
	program, variant, err := splitPath(name)
	if err != nil {
		return nil, fmt.Errorf("%w; have a path, or one of %s", err, strings.Join(driverNames(), ", "))
	}
	if d, err = driver.Describe(ctx, []string{program}); err != nil {
		return nil, err
	}
	return only(d, "", variant)
}

// only leaves of a driver the client and the variant that are named.
func only(d *driver.Driver, client, variant string) (*driver.Driver, error) {
	left, found := *d, false
	left.About.Clients = nil
	for _, c := range d.About.Clients {
		if client != "" && c.Name != client {
			continue
		}
		c.Variants = slices.DeleteFunc(slices.Clone(c.Variants), func(v driver.Variant) bool { return variant != "" && v.Name != variant })
		left.About.Clients = append(left.About.Clients, c)
		found = found || len(c.Variants) > 0
	}
	if !found {
		return nil, fmt.Errorf("unknown variant %q; respbench list drivers has them", variant)
	}
	return &left, nil
}

// checkDriver proves a driver against a server.
func (a *app) checkDriver(ctx context.Context, o *runOptions, path string) error {
	d, err := checked(ctx, path)
	if err != nil {
		return fmt.Errorf("--check: %w", err)
	}
	where, err := o.server(a.stderr)
	if err != nil {
		return err
	}
	if where.server, err = server.Start(ctx, where.options); err != nil {
		return err
	}
	defer where.server.Close()
	err = check.Run(ctx, a.stdout, d, where.server.Access)
	if failure, ok := errors.AsType[*check.Failure](err); ok {
		return outcome{exitTrial, failure.Error()}
	}
	return err
}
