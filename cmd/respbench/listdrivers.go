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
	c.Flags().StringVar(&path, "check", "", "path of a driver, or a client of one that respbench brings along")
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

// checkDriver proves a driver against a server.
func (a *app) checkDriver(ctx context.Context, o *runOptions, path string) error {
	d, err := driver.Find(ctx, path)
	if errors.Is(err, driver.ErrUnknown) {
		program, _, failed := splitPath(path)
		if failed != nil {
			return fmt.Errorf("--check %w", failed)
		}
		d, err = driver.Describe(ctx, []string{program})
	}
	if err != nil {
		return fmt.Errorf("--check %s: %w", path, err)
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
