// Package plan turns what was asked for into points, and points into trials in
// an order that cancels drift: rounds, each with every point once, each in a
// shuffle of its own.
package plan

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// Options are what was asked for. A nil list and a zero number mean the
// default of each.
type Options struct {
	Clients   []string // "all", "rueidis", "rueidis:*", "rueidis:no-autopipe"
	Scenarios []string
	Rounds    int
	Seed      uint64

	Ops      int64 // exact number; not with Duration
	Duration time.Duration
	MaxTime  time.Duration
	Warmup   string // a time or a number of steps

	Workers, Depth, Keyspace, Conns []int
	BatchMax, Receivers             []int
	DataSize                        []string // "16", "100-1000", "64:3,1k:1"
	Keys                            []string // "uniform", "zipf:0.99"
	Mix                             []string // "get:95,set:5", "ycsb-a"
	HitRatio                        []float64
	BatchDelay                      []time.Duration
	Lines                           string    // commands with weights, as scenarios.ParseLines writes them
	Rate                            []float64 // ops a second
	Arrivals                        string

	Disturb []string // "none", "kill-clients@2s", "pause=500ms@2s+restart@4s"

	Pin  string
	Host Host // where client and server can run
	// MoreHosts are those of further servers, on which all is measured, too.
	MoreHosts []Host

	GOMAXPROCS     int
	Context        string
	RESP           int
	Heap           int64
	Timeout        time.Duration
	ConnectTimeout time.Duration
	Isolation      string

	arrivalsGiven bool
}

// The defaults of a run.
const (
	DefaultRounds = 5
	DefaultOps    = 20_000
	DefaultTime   = time.Second
	// DefaultPacedTime is that of a trial with a schedule.
	DefaultPacedTime = 3 * time.Second
	DefaultMaxTime   = 10 * time.Second
	DefaultTimeout   = 5 * time.Second
	DefaultHeap      = 64 << 20
	DefaultDataSize  = 16
	DefaultKeys      = 100_000
	mostLoaded       = 256 << 20 // bytes of values that the default keyspace holds
)

// A Plan is what a run does.
type Plan struct {
	Points   []results.Point // in the order of the report
	Skips    []results.Skip
	Trials   []Trial // in the order of running
	Rounds   int
	Seed     uint64
	DataSeed uint64
	Datasets []Dataset

	ends       []results.Ending // by point
	serverless map[string]bool  // clients that send nothing to the server: fakes
}

// A Trial is one entry of a plan.
type Trial struct {
	Point  int // index into Points
	Round  int // from 1
	Order  int // place among all trials of the run, or of both sides, from 1
	Pair   int // number of the two, one a side, that belong together, from 1; 0: there is one side
	Seed   uint64
	Limit  results.Limit
	Warmup results.Warmup
}

// Make returns the plan for what was asked, or an error that names the thing,
// the reason and the choices.
func Make(o Options, libraries []clients.Library) (*Plan, error) {
	return MakeAll([]Options{o}, libraries)
}

// A PartError is what is wrong with one of a plan's parts.
type PartError struct {
	Part int // from 0
	Err  error
}

func (e *PartError) Error() string { return e.Err.Error() }

// Unwrap is the error itself.
func (e *PartError) Unwrap() error { return e.Err }

// MakeAll returns one plan of several parts, whose rounds and seed are those of
// the first.
func MakeAll(parts []Options, libraries []clients.Library) (*Plan, error) {
	p := newPlan(parts[0].Seed, cmp.Or(parts[0].Rounds, DefaultRounds))
	for i, o := range parts {
		if err := p.take(o.withDefaults(), libraries); err != nil {
			return nil, &PartError{i, err}
		}
	}
	if err := p.checkAny(); err != nil {
		return nil, err
	}
	if err := p.checkOnce(); err != nil {
		return nil, err
	}
	p.layOut()
	return p, nil
}

// take adds the points of one part, on every server.
func (p *Plan) take(o Options, libraries []clients.Library) error {
	chosen, err := chooseScenarios(o.Scenarios)
	if err != nil {
		return err
	}
	variants, err := chooseClients(o.Clients, libraries)
	if err != nil {
		return err
	}
	if err := o.check(chosen); err != nil {
		return err
	}
	for i := range o.hosts() {
		if err := p.on(i, o, chosen, variants); err != nil {
			return err
		}
	}
	return p.end(o)
}

// on adds the points of one part on one of the servers.
func (p *Plan) on(server int, o Options, chosen []scenarios.Scenario, variants []variant) error {
	host := o.hosts()[server]
	placement, err := place(o.Pin, o.GOMAXPROCS, host)
	if err != nil {
		return err
	}
	disturbances, err := o.disturbances()
	if err != nil {
		return err
	}
	for _, s := range chosen {
		for _, disturb := range disturbances {
			for _, load := range o.loads(s) {
				for _, v := range variants {
					point := o.point(s, load, v, placement, disturb)
					point.Server = Server(server)
					p.add(point, s, v.Variant, host)
				}
			}
		}
	}
	return nil
}

// hosts are one for each server.
func (o Options) hosts() []Host {
	hosts := append([]Host{o.Host}, o.MoreHosts...)
	for i := range hosts {
		hosts[i].Mode = cmp.Or(hosts[i].Mode, results.Standalone)
	}
	return hosts
}

// checkOnce refuses to measure the same twice in a round.
func (p *Plan) checkOnce() error {
	seen := map[results.Key]bool{}
	for _, point := range p.Points {
		key := results.PointKey(results.Header{Servers: []results.Server{{ID: point.Server, Name: point.Server}}}, point)
		if seen[key] {
			return fmt.Errorf("%s with %s is planned twice with the same load", point.Cell(), point.Client())
		}
		seen[key] = true
	}
	return nil
}

func newPlan(seed uint64, rounds int) *Plan {
	p := &Plan{Rounds: rounds, serverless: map[string]bool{}}
	p.Reseed(seed)
	return p
}

// Reseed sets what order, keys and values follow from, before trials are laid
// out.
func (p *Plan) Reseed(seed uint64) { p.Seed, p.DataSeed = seed, seed^0x5eed }

// Skip leaves points out for the reason that lacks gives; empty: it stays.
func (p *Plan) Skip(lacks func(results.Point) string) error {
	var kept []int
	for i, point := range p.Points {
		if reason := lacks(point); reason != "" {
			p.Skips = append(p.Skips, results.Skip{Point: point, Reason: reason})
		} else {
			kept = append(kept, i)
		}
	}
	p.Keep(kept)
	p.layOut()
	return p.checkAny()
}

func (o Options) withDefaults() Options {
	o.Rounds = cmp.Or(o.Rounds, DefaultRounds)
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, DefaultTimeout)
	o.Context = cmp.Or(o.Context, "background")
	o.Isolation = cmp.Or(o.Isolation, "process")
	o.Pin = cmp.Or(o.Pin, "auto")
	o.arrivalsGiven = o.Arrivals != ""
	o.Arrivals = cmp.Or(o.Arrivals, results.Uniform)
	o.Host.Mode = cmp.Or(o.Host.Mode, results.Standalone)
	if o.Isolation == isolatedNot && o.Pin == "auto" {
		o.Pin = "none" // a running process is not bound
	}
	for _, list := range []*[]int{&o.Workers, &o.Depth, &o.Keyspace, &o.Conns, &o.BatchMax, &o.Receivers} {
		*list = once(*list)
	}
	for _, list := range []*[]string{&o.DataSize, &o.Keys, &o.Mix} {
		*list = once(*list)
	}
	o.HitRatio, o.Rate, o.BatchDelay = once(o.HitRatio), once(o.Rate), once(o.BatchDelay)
	return o
}

// once leaves out what a list holds already: a point is measured once a round.
func once[T comparable](list []T) []T {
	var kept []T
	for _, n := range list {
		if !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

func (o Options) point(s scenarios.Scenario, load results.Load, v variant, placement results.Placement, disturb string) results.Point {
	return results.Point{
		Scenario: s.Name, Version: s.Version,
		Library: v.library, Variant: v.Name,
		Server: ServerID, Load: load, Placement: placement,
		Settings: results.Settings{
			Context: o.Context, RESP: o.RESP, Heap: o.Heap,
			Timeout: o.Timeout, ConnectTimeout: o.ConnectTimeout, Isolation: o.Isolation,
		},
		Disturb: disturb,
	}
}

// ServerID is the id of a run's first server.
const ServerID = "s1"

// Server is the id of a run's server, counted from 0.
func Server(i int) string { return fmt.Sprintf("s%d", i+1) }

// add takes a point into the plan, or into its skips with the reason.
func (p *Plan) add(point results.Point, s scenarios.Scenario, v clients.Variant, h Host) {
	if reason := unable(point, s, v, h); reason != "" {
		p.Skips = append(p.Skips, results.Skip{Point: point, Reason: reason})
		return
	}
	p.serverless[point.Client()] = v.Hidden
	p.Points = append(p.Points, point)
}

// unable says why a point cannot be measured, or is empty.
func unable(point results.Point, s scenarios.Scenario, v clients.Variant, h Host) string {
	if lacks := v.Has.Lacks(s.Needs); lacks != "" {
		return "the client does not offer " + lacks
	}
	if h.Embedded && (s.NeedsRedis || v.Has.Cache) {
		return NeedsRedis
	}
	if h.Mode == results.Cluster && s.CheckCluster != nil {
		if err := s.CheckCluster(scenarios.Load(point.Load)); err != nil {
			return err.Error()
		}
	}
	target := clients.Target{
		Mode: h.Mode, RESP: point.Settings.RESP, Workers: point.Load.Workers,
		Depth: point.Load.Depth, Conns: point.Load.Conns, Procs: point.Placement.Procs,
		Dialer: &clients.Dialer{Network: h.Network},
	}
	if s.Sessions != nil {
		target.Workers += s.Sessions(scenarios.Load(point.Load))
	}
	if s.Needs.Pipeline {
		target.Depth = max(target.Depth, 1)
	}
	if v.Reaches != nil {
		if err := v.Reaches(target); err != nil {
			return err.Error()
		}
	}
	return spoiled(point.Disturb, s)
}

// NeedsRedis is why a scenario is not run on the embedded server.
const NeedsRedis = "needs a Redis or Valkey server"

// reasonsTold is how many fit into a line that people read.
const reasonsTold = 3

// checkAny refuses a plan of which nothing is left, and tells each reason once.
func (p *Plan) checkAny() error {
	if len(p.Points) > 0 {
		return nil
	}
	if len(p.Skips) == 0 {
		return errors.New("nothing to measure")
	}
	var told []string
	known := map[string]bool{}
	for _, s := range p.Skips {
		if !known[s.Reason] && len(told) < reasonsTold {
			told = append(told, fmt.Sprintf("%s with %s is skipped: %s", s.Point.Client(), s.Point.Cell(), s.Reason))
		}
		known[s.Reason] = true
	}
	if more := len(known) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	return errors.New("nothing to measure: " + strings.Join(told, "; "))
}

// end sets when the trials of the points end that have no end yet.
func (p *Plan) end(o Options) error {
	for _, point := range p.Points[len(p.ends):] {
		limit, warmup, err := o.limits(point)
		if err != nil {
			return err
		}
		p.ends = append(p.ends, results.Ending{Limit: limit, Warmup: warmup})
	}
	return nil
}

// layOut makes the trials of all rounds, and says which keys they need. The
// seed decides their order and their own seeds.
func (p *Plan) layOut() {
	p.Trials = nil
	random := rand.New(rand.NewPCG(p.Seed, 1))
	for round := range p.Rounds {
		for _, i := range random.Perm(len(p.Points)) {
			p.Trials = append(p.Trials, Trial{
				Point: i, Round: round + 1, Order: len(p.Trials) + 1, Seed: random.Uint64(),
				Limit: p.ends[i].Limit, Warmup: p.ends[i].Warmup,
			})
		}
	}
	p.Datasets = datasets(p.Points)
}

// Ends are when the trials of each point end, and how they are warmed.
func (p *Plan) Ends() []results.Ending { return p.ends }

// Commands are what the server gets once an op at a point, by kind.
func (p *Plan) Commands(point results.Point) map[string][]string {
	s, err := scenarios.Named(point.Scenario)
	if err != nil || p.serverless[point.Client()] {
		return nil
	}
	commands := map[string][]string{}
	for _, k := range s.KindsFor(scenarios.Load(point.Load)) {
		commands[k.Name] = k.Commands
	}
	return commands
}

// Kinds are how many sorts of op a point has.
func Kinds(point results.Point) int {
	s, err := scenarios.Named(point.Scenario)
	if err != nil {
		return 0
	}
	return len(s.KindsFor(scenarios.Load(point.Load)))
}

// Owns reports whether a scenario writes keys whose names only its trial knows.
func (p *Plan) Owns(point results.Point) bool {
	s, err := scenarios.Named(point.Scenario)
	return err == nil && s.Owns
}

// On is the part of a plan's trials that are of one server; its points are all
// of them.
func (p *Plan) On(server string) *Plan {
	part := *p
	part.Trials = slices.DeleteFunc(slices.Clone(p.Trials), func(t Trial) bool { return p.Points[t.Point].Server != server })
	return &part
}

// Instead is a plan of other points, of as many rounds, that end as those before
// did; nil if there are none.
func (p *Plan) Instead(points []results.Point, seed uint64) *Plan {
	if len(points) == 0 {
		return nil
	}
	other := newPlan(seed, p.Rounds)
	other.DataSeed, other.serverless = p.DataSeed, p.serverless
	for _, point := range points {
		other.Points, other.ends = append(other.Points, point), append(other.ends, p.endOf(point))
	}
	other.layOut()
	return other
}

// endOf is that of the point which differs from another in nothing but the rate.
func (p *Plan) endOf(point results.Point) results.Ending {
	key := func(p results.Point) results.Key {
		p.Load.Rate = 0
		return results.PointKey(results.Header{Servers: []results.Server{{ID: p.Server, Name: p.Server}}}, p)
	}
	i := slices.IndexFunc(p.Points, func(q results.Point) bool { return key(q) == key(point) })
	return p.ends[max(i, 0)]
}

// Order lists the points in the order of the trials.
func (p *Plan) Order() []int {
	var order []int
	for _, t := range p.Trials {
		order = append(order, t.Point)
	}
	return order
}
