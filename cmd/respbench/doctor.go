package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/doctor"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// doctorOptions are the flags of doctor.
type doctorOptions struct {
	serverFlags

	timeout, connectTimeout time.Duration
	serverLabel, format     string
	strict                  bool
}

func (a *app) doctorCommand() *cobra.Command {
	o := &doctorOptions{serverFlags: serverFlags{choice: "auto"}}
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what about this machine or a server would spoil a measurement, and how to mend it",
		Long: `Say what about this machine or a server would spoil a measurement, and how to
mend it. Nothing is changed, and a server that nobody named is not touched.

Each finding is ok, a note (it changes numbers), a problem (it spoils them) or
unknown (it could not be looked at). It takes about a second.`,
		Example: `  respbench doctor
  respbench doctor --url redis://10.0.0.5:6379
  respbench doctor --strict --format json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.validate(c.Flags()); err != nil {
				return err
			}
			return a.doctor(c.Context(), o)
		},
	}
	o.addNamed(c.Flags())
	c.Flags().DurationVar(&o.timeout, "timeout", plan.DefaultTimeout, "of a command")
	c.Flags().DurationVar(&o.connectTimeout, "connect-timeout", plan.DefaultTimeout, "of a connection")
	c.Flags().StringVar(&o.serverLabel, "server-label", "", "name of the server in the findings")
	c.Flags().StringVar(&o.format, "format", "table", "of the findings: "+strings.Join(doctorFormats, ", "))
	c.Flags().BoolVar(&o.strict, "strict", false, "end with exit code 3 if there is a problem")
	return c
}

var doctorFormats = []string{"table", "json"}

func (o *doctorOptions) validate(flags *pflag.FlagSet) error {
	if name := emptyFlag(flags); name != "" {
		return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
	}
	switch {
	case !slices.Contains(doctorFormats, o.format):
		return fmt.Errorf("--format: unknown format %q; have %s", o.format, strings.Join(doctorFormats, ", "))
	case o.timeout <= 0:
		return fmt.Errorf("--timeout %v: must be above 0", o.timeout)
	case o.connectTimeout <= 0:
		return fmt.Errorf("--connect-timeout %v: must be above 0", o.connectTimeout)
	case flags.Changed("port") && o.port == 0:
		return errors.New("--port 0: must be above 0")
	}
	return nil
}

// doctor asks the server first: one that cannot be reached ends it at once.
func (a *app) doctor(ctx context.Context, o *doctorOptions) error {
	access, err := o.access(a.stderr)
	if err != nil {
		return err
	}
	ofServer, err := o.askServer(ctx, access)
	if err != nil {
		return err
	}
	machine := doctor.ThisMachine(func() doctor.Clock { return clockOf(engine.Clock()) })
	machine.Procs = procsOfRun(access)
	findings := append(machine.Examine(ctx), ofServer...)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := o.write(a.stdout, findings); err != nil {
		return err
	}
	if o.strict && slices.ContainsFunc(findings, isProblem) {
		return outcome{exitRegressed, "--strict: " + doctor.Summary(findings)}
	}
	return nil
}

func (o *doctorOptions) write(w io.Writer, findings []results.Finding) error {
	if o.format == "json" {
		return doctor.WriteJSON(w, findings)
	}
	return doctor.WriteTable(w, findings, columns(w))
}

// procsOfRun is GOMAXPROCS of what a run measures that is told no more than doctor.
func procsOfRun(access results.Access) int {
	w := &place{options: server.Options{Access: access}, kind: server.Spawned}
	if len(access.Addrs) > 0 {
		w.kind = server.Remote
	}
	return plan.DefaultPlacement(w.host()).Procs
}

func isProblem(f results.Finding) bool { return f.Level == results.LevelProblem }

// askServer is about the server that was named, or about the one that a run
// would start.
func (o *doctorOptions) askServer(ctx context.Context, access results.Access) ([]results.Finding, error) {
	if len(access.Addrs) == 0 {
		if o.serverLabel != "" {
			return nil, errors.New("--server-label needs --url or --host: no server is named")
		}
		return []results.Finding{doctor.SharedCores(results.MachineSubject, doctor.Ours, runtime.NumCPU(), proc.CanPin())}, nil
	}
	admin := server.NewAdmin(server.Remote, access, server.Limits{Timeout: o.timeout, ConnectTimeout: o.connectTimeout})
	defer admin.Close()
	if err := admin.Check(ctx); err != nil {
		return nil, err
	}
	facts, _, err := admin.Facts(ctx)
	if err != nil {
		return nil, err
	}
	facts.Label = o.serverLabel
	return serverFindings(ctx, admin, facts, false), nil
}

// serverFindings are about a server; pinned tells of one of ours.
func serverFindings(ctx context.Context, admin *server.Admin, facts results.Server, pinned bool) []results.Finding {
	subject, at := cmp.Or(facts.Label, facts.ID, "server"), doctor.Ours
	if facts.Kind == server.Remote {
		at = doctor.Locate(ctx, admin.Access())
	}
	return append(doctor.Ask(ctx, admin, facts).Examine(subject), doctor.SharedCores(subject, at, runtime.NumCPU(), pinned))
}

func clockOf(c engine.ClockFacts) doctor.Clock {
	return doctor.Clock{Reading: time.Duration(c.Reading), Resolution: c.Resolution, LagP50: c.LagP50, Longest: c.Longest, Sleeps: c.Sleeps}
}

// What a run spends on findings: its sleeps, and how long it waits for all
// answers of a server, which come one after another.
const (
	briefSleeps  = 30 * time.Millisecond
	leastAnswers = 250 * time.Millisecond
	mostAnswers  = 2 * time.Second
	answerTrips  = 20 // round trips: more than are made
)

// answersWithin allows a server that is far away its round trips.
func answersWithin(ctx context.Context, admin *server.Admin) time.Duration {
	trip, err := admin.RoundTrip(ctx)
	if err != nil {
		return leastAnswers
	}
	return max(leastAnswers, answerTrips*trip)
}

// examiner is what a run looks at before it begins. The machine is looked at
// once, before the first run of this program.
func (a *app) examiner(p *plan.Plan, machineToo bool) func(context.Context, *server.Admin, results.Server) []results.Finding {
	return func(ctx context.Context, admin *server.Admin, facts results.Server) []results.Finding {
		var findings []results.Finding
		if machineToo {
			if a.machine == nil {
				a.machine = examineBriefly(ctx, p)
			}
			findings = slices.Clone(a.machine)
		}
		ctx, cancel := context.WithTimeout(ctx, mostAnswers)
		defer cancel()
		ctx, end := context.WithTimeout(ctx, answersWithin(ctx, admin))
		defer end()
		return append(findings, serverFindings(ctx, admin, facts, apart(p))...)
	}
}

func examineBriefly(ctx context.Context, p *plan.Plan) []results.Finding {
	machine := doctor.InBrief(func() doctor.Clock { return clockOf(engine.ClockWithin(briefSleeps)) })
	machine.Procs = 0
	for _, point := range p.Points {
		machine.Procs = max(machine.Procs, point.Placement.Procs)
	}
	return machine.Examine(ctx)
}

// apart reports whether no trial shares a CPU with a server of ours.
func apart(p *plan.Plan) bool {
	return !slices.ContainsFunc(p.Points, func(point results.Point) bool {
		place := point.Placement
		return len(place.ServerCPUs) == 0 || slices.ContainsFunc(place.Client, func(cpu int) bool { return slices.Contains(place.ServerCPUs, cpu) })
	})
}
