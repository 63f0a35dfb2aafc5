package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// An asked flag is what a plan has of it, and what is asked for now.
type asked struct{ flag, was, now string }

// sameAsked refuses flags that were given and ask for another plan.
func (p *Plan) sameAsked(o Options, given func(flag string) bool, libraries []clients.Library) error {
	list := slices.Concat(p.askedLoads(o), p.askedTimes(o), p.askedSettings(o))
	for _, more := range []func(Options, []clients.Library) (asked, error){p.askedClients, p.askedScenarios, p.askedDisturb, p.askedPin, p.askedWarmup} {
		a, err := more(o, libraries)
		if err != nil && given(a.flag) {
			return err
		}
		list = append(list, a)
	}
	for _, a := range list {
		if given(a.flag) && a.was != a.now {
			return fmt.Errorf("the plan changed: %s %s, now %s", a.flag, a.was, a.now)
		}
	}
	return nil
}

func (p *Plan) askedLoads(o Options) []asked {
	made := p.loadsAsked(o)
	open := slices.ContainsFunc(p.Points, func(p results.Point) bool { return p.Load.Rate > 0 })
	for _, loads := range made {
		for i := range loads {
			if open || o.arrivalsGiven {
				loads[i].Arrivals = o.Arrivals
			}
		}
	}
	return []asked{
		askedLoad(p, made, scenarios.Workers, func(l results.Load) int { return l.Workers }),
		askedLoad(p, made, scenarios.Depth, func(l results.Load) int { return l.Depth }),
		askedLoad(p, made, scenarios.DataSize, func(l results.Load) string { return cmp.Or(l.Sizes, strconv.Itoa(l.DataSize)) }),
		askedLoad(p, made, scenarios.Keyspace, func(l results.Load) int { return l.Keyspace }),
		askedLoad(p, made, scenarios.Keys, func(l results.Load) string { return l.Keys }),
		askedLoad(p, made, scenarios.Conns, func(l results.Load) int { return l.Conns }),
		askedLoad(p, made, scenarios.Mix, func(l results.Load) string { return l.Mix }),
		askedLoad(p, made, scenarios.HitRatio, func(l results.Load) float64 { return 1 - l.Misses }),
		askedLoad(p, made, scenarios.BatchMax, func(l results.Load) int { return l.BatchMax }),
		askedLoad(p, made, scenarios.BatchWait, func(l results.Load) time.Duration { return l.BatchWait }),
		askedLoad(p, made, scenarios.Receivers, func(l results.Load) int { return l.Receivers }),
		askedLoad(p, made, scenarios.Lines, func(l results.Load) string { return l.Lines }),
		askedLoad(p, made, "rate", func(l results.Load) float64 { return l.Rate }),
		askedLoad(p, made, "arrivals", func(l results.Load) string { return l.Arrivals }),
	}
}

// loadsAsked are the loads of the plan's scenarios as o asks for them now.
func (p *Plan) loadsAsked(o Options) map[string][]results.Load {
	made := map[string][]results.Load{}
	for _, point := range p.Points {
		if s, err := scenarios.Named(point.Scenario); err == nil && made[s.Name] == nil {
			made[s.Name] = o.loads(s)
		}
	}
	return made
}

// askedLoad sets one number of the loads of all scenarios that use it beside
// what is asked for now.
func askedLoad[T cmp.Ordered](p *Plan, made map[string][]results.Load, use scenarios.Use, of func(results.Load) T) asked {
	var was, now []T
	uses := func(scenario string) bool {
		s, err := scenarios.Named(scenario)
		return err == nil && (use == "rate" || use == "arrivals" || s.UsesLoad(use))
	}
	for _, point := range p.Points {
		if uses(point.Scenario) {
			was = append(was, of(point.Load))
		}
	}
	for scenario, loads := range made {
		for _, l := range loads {
			if uses(scenario) {
				now = append(now, of(l))
			}
		}
	}
	return asked{string(use), words(was...), words(now...)}
}

func (p *Plan) askedTimes(o Options) []asked {
	var ops []int64
	var durations, maxTimes []time.Duration
	for i, e := range p.ends {
		ops = append(ops, e.Limit.Steps*int64(max(p.Points[i].Load.Depth, 1)))
		durations, maxTimes = append(durations, e.Limit.Duration), append(maxTimes, e.Limit.MaxTime)
	}
	return []asked{
		{"rounds", words(p.Rounds), words(o.Rounds)},
		{"seed", words(p.Seed), words(o.Seed)},
		{"ops", words(ops...), words(o.Ops)},
		{"duration", words(durations...), words(o.Duration)},
		{"max-time", words(maxTimes...), words(o.MaxTime)},
	}
}

func (p *Plan) askedSettings(o Options) []asked {
	s := p.Points[0].Settings // of all points
	return []asked{
		{"context", s.Context, o.Context},
		{"resp", words(s.RESP), words(o.RESP)},
		{"heap", words(s.Heap), words(o.Heap)},
		{"timeout", words(s.Timeout), words(o.Timeout)},
		{"connect-timeout", words(s.ConnectTimeout), words(o.ConnectTimeout)},
		{"isolate", s.Isolation, o.Isolation},
		{"gomaxprocs", words(p.Points[0].Placement.Procs), words(o.GOMAXPROCS)},
	}
}

func (p *Plan) askedClients(o Options, libraries []clients.Library) (asked, error) {
	chosen, err := chooseClients(o.Clients, libraries)
	var now []string
	for _, v := range chosen {
		now = append(now, results.Point{Library: v.library, Variant: v.Name}.Client())
	}
	return asked{"clients", p.each(results.Point.Client), words(now...)}, err
}

func (p *Plan) askedScenarios(o Options, _ []clients.Library) (asked, error) {
	chosen, err := chooseScenarios(o.Scenarios)
	var now []string
	for _, s := range chosen {
		now = append(now, s.Name)
	}
	return asked{"scenarios", p.each(func(p results.Point) string { return p.Scenario }), words(now...)}, err
}

func (p *Plan) askedDisturb(o Options, _ []clients.Library) (asked, error) {
	o.Duration, o.Isolation = math.MaxInt64, "" // they are looked at for themselves
	now, err := o.disturbances()
	for i, form := range now {
		now[i] = cmp.Or(form, undisturbed)
	}
	was := p.each(func(p results.Point) string { return cmp.Or(p.Disturb, undisturbed) })
	return asked{"disturb", was, words(now...)}, err
}

func (p *Plan) askedPin(o Options, _ []clients.Library) (asked, error) {
	now, err := pinned(o.Pin, o.Host)
	describe := func(p results.Placement) string {
		return fmt.Sprintf("%s (client on %v, server on %v)", p.Pin, p.Client, p.ServerCPUs)
	}
	return asked{"pin", describe(p.Points[0].Placement), describe(now)}, err
}

func (p *Plan) askedWarmup(o Options, _ []clients.Library) (asked, error) {
	now, err := o.warmup(p.ends[0].Limit)
	describe := func(w results.Warmup) string {
		return results.TrialKey(results.Header{}, results.Trial{Warmup: w})[results.FieldWarmup]
	}
	return asked{"warmup", describe(p.ends[0].Warmup), describe(now)}, err
}

// each lists a name of all points, also of those that were skipped.
func (p *Plan) each(name func(results.Point) string) string {
	var names []string
	for _, point := range p.Points {
		names = append(names, name(point))
	}
	for _, s := range p.Skips {
		names = append(names, name(s.Point))
	}
	return words(names...)
}

// words are values as one types them, each once and in order.
func words[T cmp.Ordered](values ...T) string {
	var list []string
	for _, v := range slices.Compact(slices.Sorted(slices.Values(values))) {
		list = append(list, fmt.Sprint(v))
	}
	return strings.Join(list, ",")
}
