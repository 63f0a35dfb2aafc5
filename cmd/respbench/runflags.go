package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/report"
)

// runOptions are the flags of run.
type runOptions struct {
	plan.Options
	serverFlags

	out, format, resume      string
	sweeps                   bool // the verb is sweep
	force, dryRun            bool
	progress                 string
	clientLabel, serverLabel string
	cpuprofile, memprofile   string
	failOn                   []string
	targetCI                 string
	target                   float64        // of targetCI; 0: none
	limits                   []report.Limit // of failOn

	load    loadFlags
	flags   *pflag.FlagSet
	given   func(flag string) bool // on the command line, or in a plan's file
	servers []plannedServer        // of a plan's file
	parts   []plan.Options         // of a plan's file
	file    *planFile              // nil: no plan's file
	typed   func(flag string) bool // on the command line, beside a plan's file
}

func (a *app) runCommand() *cobra.Command { return a.runCommandOf(&runOptions{}) }

func (a *app) runCommandOf(o *runOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "run [PLAN.yaml]",
		Short: "Run scenarios through clients, save the results, print the table",
		Long: `Run scenarios through clients, save the results, print the table.

Without flags: the first three scenarios, each client the way its library's
README uses it, 5 rounds, against a server that is started for it.

A list (-w 1,10,100) multiplies the scenarios that use that load; --rate and
--disturb multiply all of them. With --rate steps are due at given times (open
loop), and response time counts from then.

A plan in YAML has these flags as keys; flags on the command line come first.`,
		Example: `  respbench run
  respbench run --url redis://10.0.0.5:6379
  respbench run -c all -s sync,pipelined -P 1,16
  respbench run -c 'raw,rueidis:*' -s concurrent -w 1,10,100,1000
  respbench run -n 20000 --rounds 10 --pin none -o results/mine.jsonl
  respbench run --disturb none,kill-clients@2s,pause=500ms@2s --duration 6s
  respbench run -s concurrent --rate 5k,20k --arrivals poisson
  respbench run -s mixed --mix get:95,set:5 --keys zipf:0.99 -d 64:3,1k:1
  respbench run -s command --command 'HSET {key} f {value}' --weight 3 --command 'HGET {key} f'
  respbench run examples/classic.yaml
  respbench run --resume results/mine.jsonl
  respbench run --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				if err := o.readPlan(args[0], c.Flags()); err != nil {
					return err
				}
			}
			return o.locate(a.parseAndRun(c.Context(), c.Flags(), o))
		},
	}
	o.addServer(c.Flags())
	o.addWhat(c.Flags())
	o.addHow(c.Flags())
	o.addOut(c.Flags())
	o.addShown(c.Flags())
	return c
}

func (a *app) parseAndRun(ctx context.Context, flags *pflag.FlagSet, o *runOptions) error {
	if err := o.validate(flags); err != nil {
		return err
	}
	if err := o.planned(); err != nil {
		return err
	}
	return a.run(ctx, o)
}

func (o *runOptions) addWhat(f *pflag.FlagSet) {
	f.StringSliceVarP(&o.Clients, "clients", "c", nil, "clients, comma separated: raw, rueidis:no-autopipe, 'rueidis:*', all (default: the first variant of each)")
	f.StringSliceVarP(&o.Scenarios, "scenarios", "s", nil, "scenarios, comma separated, or all (default sync,pipelined,concurrent)")
	f.Int64VarP(&o.Ops, "ops", "n", 0, "ops a trial, exactly (default: both 20,000 ops and 1 s)")
	f.DurationVar(&o.Duration, "duration", 0, "time of a trial, instead of a number of ops")
	f.DurationVar(&o.MaxTime, "max-time", 0, "end a trial after this time in any case (default 10s; with --ops none)")
	f.IntVar(&o.Rounds, "rounds", plan.DefaultRounds, "how often each cell is measured; with --target-ci at most")
	f.StringVar(&o.targetCI, "target-ci", "", "measure until every interval is this narrow to either side, as 2%, or --rounds are done (50 unless given)")
	f.StringVar(&o.Warmup, "warmup", "", "time or number of steps before the clock starts (default: a tenth of the trial, at least 300ms and 20 steps a worker)")
	o.load.add(f, &o.Options)
	f.StringSliceVar(&o.Disturb, "disturb", nil, "what is done to the server during a trial, comma separated, + joins: none, kill-clients@2s, pause=500ms@2s+restart@4s, failover@2s (needs --duration)")
	f.Uint64Var(&o.Seed, "seed", 0, "of order, keys and values (default: random)")
}

func (o *runOptions) addHow(f *pflag.FlagSet) {
	f.StringVar(&o.Context, "context", "background", "context that calls get: background, deadline, cancel")
	f.IntVar(&o.RESP, "resp", 0, "RESP version: 2 or 3 (default: each library's own)")
	f.DurationVar(&o.Timeout, "timeout", plan.DefaultTimeout, "of a command, through the libraries' own settings")
	f.DurationVar(&o.ConnectTimeout, "connect-timeout", plan.DefaultTimeout, "of a connection")
	f.StringVar(&o.Pin, "pin", "auto", "CPUs: auto, split, same, none, client=CPUS,server=CPUS (Linux)")
	f.IntVar(&o.GOMAXPROCS, "gomaxprocs", 0, "of the client (default: the number of its CPUs)")
	f.Int64Var(&o.Heap, "heap", plan.DefaultHeap, "live heap of the client, in bytes")
	f.StringVar(&o.Isolation, "isolate", "process", "run each trial in a process of its own, or none: in this one, for debugging and profiles")
	f.BoolVar(&o.dryRun, "dry-run", false, "print what would be done, and touch nothing")
}

func (o *runOptions) addOut(f *pflag.FlagSet) {
	f.StringVarP(&o.out, "out", "o", "", "results file; - is stdout (default results/<UTC time>-<id>.jsonl)")
	f.StringVar(&o.resume, "resume", "", "go on with the run in this results file, which was broken off, and add to it")
	f.BoolVar(&o.force, "force", false, "replace an existing results file")
	o.addConclusion(f)
	f.StringVar(&o.cpuprofile, "cpuprofile", "", "write a CPU profile to this file (needs --isolate none)")
	f.StringVar(&o.memprofile, "memprofile", "", "write a heap profile to this file (needs --isolate none)")
}

// addConclusion adds what is said of a run when it has ended.
func (o *runOptions) addConclusion(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "table", "of the table: "+strings.Join(o.formats(), ", "))
	f.StringArrayVar(&o.failOn, "fail-on", nil, failOnDoc)
}

// formats are those of what is printed in the end.
func (o *runOptions) formats() []string {
	if o.sweeps {
		return formatNames(report.SweepFormats())
	}
	return slices.DeleteFunc(formatNames(report.Formats()), func(name string) bool { return name == report.OfOneCell })
}

const failOnDoc = "end with exit code 3 if a cell is beyond this: 'p99>2ms', 'throughput<50k', 'errors>0' (may be repeated)"

func (o *runOptions) addShown(f *pflag.FlagSet) {
	f.StringVar(&o.clientLabel, "client-label", "", "name of this machine in reports")
	f.StringVar(&o.serverLabel, "server-label", "", "name of the server in reports")
	f.StringVar(&o.progress, "progress", progress.Auto, "progress on stderr: "+strings.Join(progress.Modes, ", "))
}

// validate refuses what flags alone can tell, and sets the seed.
func (o *runOptions) validate(flags *pflag.FlagSet) error {
	o.given, o.flags = flags.Changed, flags
	for _, name := range []string{"ops", "duration", "max-time", "gomaxprocs", "resp", "timeout", "connect-timeout", "port"} {
		if f := flags.Lookup(name); f != nil && f.Changed && (f.Value.String() == "0" || f.Value.String() == "0s") {
			return fmt.Errorf("--%s 0: must be above 0", name)
		}
	}
	if name := emptyFlag(flags); name != "" {
		return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
	}
	if o.format != "" && !slices.Contains(o.formats(), o.format) {
		return fmt.Errorf("--format: unknown format %q; have %s", o.format, strings.Join(o.formats(), ", "))
	}
	if !slices.Contains(progress.Modes, o.progress) {
		return fmt.Errorf("--progress %q: have %s", o.progress, strings.Join(progress.Modes, ", "))
	}
	if (o.cpuprofile != "" || o.memprofile != "") && o.Isolation != "none" {
		return fmt.Errorf("--cpuprofile and --memprofile need --isolate none: a trial otherwise runs in a process of its own")
	}
	if o.clientLabel != "" && o.clientLabel == o.serverLabel {
		return fmt.Errorf("--client-label and --server-label are both %q", o.clientLabel)
	}
	if o.resume != "" && (o.out != "" || o.force) {
		return fmt.Errorf("--out and --force together with --resume: what is measured is added to %s", o.resume)
	}
	if err := o.readTarget(); err != nil {
		return err
	}
	var err error
	if o.limits, err = limits(o.failOn); err != nil {
		return err
	}
	if err := o.load.read(&o.Options); err != nil {
		return err
	}
	if !flags.Changed("seed") {
		o.Seed = rand.Uint64() >> 11 // as JSON numbers are exact
	}
	if o.Rounds < 1 {
		return fmt.Errorf("--rounds %d: must be at least 1", o.Rounds)
	}
	return nil
}

// readTarget reads --target-ci, which has a number of rounds of its own.
func (o *runOptions) readTarget() (err error) {
	if o.targetCI == "" {
		return nil
	}
	if o.target, err = share(o.targetCI); err != nil {
		return fmt.Errorf("--target-ci: %w", err)
	}
	if !o.given("rounds") {
		o.Rounds = mostRounds
	}
	return nil
}

// emptyFlag is a flag that was given without anything in it, as by a shell's
// variable that is not set; empty if there is none.
func emptyFlag(flags *pflag.FlagSet) (name string) {
	flags.Visit(func(f *pflag.Flag) {
		if text := f.Value.String(); text == "" || text == "[]" {
			name = f.Name
		}
	})
	return name
}

// estimate is how long the run will take, as people say it.
func estimate(p *plan.Plan) string { return progress.Rounded(p.Estimate(0)) }

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// now is when a run starts.
func now() time.Time { return time.Now().UTC() }
