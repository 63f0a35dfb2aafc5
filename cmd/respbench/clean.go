package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/server"
)

// cleanOptions are the flags of clean.
type cleanOptions struct {
	serverFlags

	timeout, connectTimeout time.Duration
	dryRun                  bool
}

func (a *app) cleanCommand() *cobra.Command {
	o := &cleanOptions{serverFlags: serverFlags{choice: "auto"}}
	c := &cobra.Command{
		Use:   "clean",
		Short: "Remove the keys that a killed run left behind",
		Long: `Remove the keys that a killed run left behind: those named respbench:<run>:...,
in the database that is named, on every master of a cluster. A run that still
lives keeps its keys, and so does everybody else.

They are found by SCAN and removed by UNLINK; what will be removed is shown
first.`,
		Example: `  respbench clean --url redis://10.0.0.5:6379 --dry-run
  respbench clean --url redis+cluster://10.0.0.5:7000,10.0.0.6:7000`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.validate(c.Flags()); err != nil {
				return err
			}
			return a.clean(c.Context(), o)
		},
	}
	o.addNamed(c.Flags())
	c.Flags().DurationVar(&o.timeout, "timeout", plan.DefaultTimeout, "of a command")
	c.Flags().DurationVar(&o.connectTimeout, "connect-timeout", plan.DefaultTimeout, "of a connection")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "print what would be removed, and remove nothing")
	return c
}

func (o *cleanOptions) validate(flags *pflag.FlagSet) error {
	if name := emptyFlag(flags); name != "" {
		return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
	}
	switch {
	case o.timeout <= 0:
		return fmt.Errorf("--timeout %v: must be above 0", o.timeout)
	case o.connectTimeout <= 0:
		return fmt.Errorf("--connect-timeout %v: must be above 0", o.connectTimeout)
	case flags.Changed("port") && o.port == 0:
		return errors.New("--port 0: must be above 0")
	}
	return nil
}

// clean removes what killed runs left, and shows it first.
func (a *app) clean(ctx context.Context, o *cleanOptions) error {
	access, err := o.access(a.stderr)
	if err != nil {
		return err
	}
	if len(access.Addrs) == 0 {
		return errors.New("clean needs the server that keys were left on: --url, --host or RESPBENCH_URL")
	}
	admin := server.NewAdmin(server.Remote, access, server.Limits{Timeout: o.timeout, ConnectTimeout: o.connectTimeout})
	defer admin.Close()
	if err := admin.Check(ctx); err != nil && !isFull(err) {
		return err
	}
	c := &cleaner{admin: admin, out: a.stdout, keys: map[string]int{}}
	if err := c.find(ctx); err != nil {
		return err
	}
	if len(c.keys) == 0 {
		fmt.Fprintf(a.stdout, "nothing to remove: no keys of runs in database %d %s\n", access.DB, whereabouts(access))
		return nil
	}
	if err := c.show(ctx); err != nil || o.dryRun || len(c.keys) == 0 {
		return err
	}
	err = c.remove(ctx)
	fmt.Fprintf(a.stdout, "removed: %s\n", progress.Count(c.removed, "key"))
	return err
}

// isFull knows a server without room for more: one that needs cleaning.
func isFull(err error) bool {
	problem, ok := errors.AsType[*server.Problem](err)
	return ok && problem.Code == "oom"
}

// A cleaner removes the keys of runs that do not live.
type cleaner struct {
	admin   *server.Admin
	out     io.Writer
	keys    map[string]int // how many, by run
	removed int
}

// byRun are the keys of runs among keys.
func byRun(keys []string) map[string][]string {
	found := map[string][]string{}
	for _, key := range keys {
		if run, ok := gen.RunOf(key); ok {
			found[run] = append(found[run], key)
		}
	}
	return found
}

// find counts the keys of all runs. A server that grows or shrinks meanwhile
// may name some twice: what was removed, the server counts.
func (c *cleaner) find(ctx context.Context) error {
	return c.each(ctx, func(run string, keys []string) error {
		c.keys[run] += len(keys)
		return nil
	})
}

// each hands over the keys of runs as they are found, those of one run at a
// time.
func (c *cleaner) each(ctx context.Context, do func(run string, keys []string) error) error {
	return c.admin.Keys(ctx, gen.RunPrefix("*")+"*", func(keys []string) error {
		for run, keys := range byRun(keys) {
			if err := do(run, keys); err != nil {
				return err
			}
		}
		return nil
	})
}

// show says what will be removed and what is left, which it forgets.
func (c *cleaner) show(ctx context.Context) error {
	for _, run := range slices.Sorted(maps.Keys(c.keys)) {
		count := c.keys[run]
		if lives, err := c.leaveAlive(ctx, run); err != nil {
			return err
		} else if !lives {
			fmt.Fprintf(c.out, "remove: run %s, %s\n", run, progress.Count(count, "key"))
		}
	}
	return nil
}

// remove goes over all keys again, for there may be more than fit in memory.
// A run may have been resumed since it was looked at.
func (c *cleaner) remove(ctx context.Context) error {
	return c.each(ctx, func(run string, keys []string) error {
		if c.keys[run] == 0 {
			return nil
		}
		if lives, err := c.leaveAlive(ctx, run); err != nil || lives {
			return err
		}
		removed, err := c.admin.Unlink(ctx, len(keys), func(i int) string { return keys[i] })
		c.removed += int(removed)
		return err
	})
}

// leaveAlive reports whether a run lives; its keys are then left, and nothing
// more said of them.
func (c *cleaner) leaveAlive(ctx context.Context, run string) (lives bool, err error) {
	ttl, lives, err := c.admin.TTL(ctx, gen.AliveKey(run))
	if err != nil || !lives {
		return false, err
	}
	delete(c.keys, run)
	mark := "its mark does not expire"
	if ttl > 0 {
		mark = "its mark expires in " + max(ttl.Round(time.Second), time.Second).String()
	}
	fmt.Fprintf(c.out, "left: run %s is alive (%s)\n", run, mark)
	return true, nil
}
