package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// Resume returns the plan of what a run still owes: its own plan, made again
// from its header, without the trials that came to their end, which may be all.
// Of o only the Host counts, and the flags that were given: they must ask for
// the same.
func Resume(run results.Run, o Options, given func(flag string) bool, libraries []clients.Library) (*Plan, error) {
	if run.Header.Pair != nil {
		return nil, errors.New("it is one of two sides, which are only measured together: respbench ab")
	}
	p, err := remake(run.Header, libraries)
	if err != nil {
		return nil, err
	}
	if err := p.sameAsked(o.withDefaults(), given, libraries); err != nil {
		return nil, err
	}
	if err := p.checkCPUs(o.Host, asksProcs(run.Header.Command)); err != nil {
		return nil, err
	}
	if err := p.checkTrials(run); err != nil {
		return nil, err
	}
	done := map[int]bool{}
	for _, t := range run.Trials {
		done[t.Order] = done[t.Order] || t.Done()
	}
	p.Trials = slices.DeleteFunc(p.Trials, func(t Trial) bool { return done[t.Order] || run.Enough(t.Round) })
	return p, nil
}

// remake lays a run's plan out again.
func remake(h results.Header, libraries []clients.Library) (*Plan, error) {
	if len(h.Ends) != len(h.Points) || len(h.Points) == 0 || h.Rounds != len(h.Order)/len(h.Points) {
		return nil, errors.New("the file does not say all that was planned: it was not made by a respbench that can resume")
	}
	p := newPlan(h.Seed, h.Rounds)
	p.Points, p.Skips, p.ends = h.Points, h.Skips, h.Ends
	for _, point := range p.Points {
		v, err := known(point, libraries)
		if err != nil {
			return nil, err
		}
		p.serverless[point.Client()] = v.Hidden
	}
	p.layOut()
	if !slices.Equal(p.Order(), h.Order) {
		return nil, fmt.Errorf("the plan changed: seed %d gives another order of trials now", h.Seed)
	}
	return p, nil
}

// known returns the variant of a point that this program can measure as the
// one did that planned it.
func known(point results.Point, libraries []clients.Library) (clients.Variant, error) {
	s, err := scenarios.Named(point.Scenario)
	if err != nil {
		return clients.Variant{}, err
	}
	if s.Version != point.Version {
		return clients.Variant{}, fmt.Errorf("the plan changed: version of %s %d, now %d", s.Name, point.Version, s.Version)
	}
	for _, l := range libraries {
		if l.Name == point.Library {
			return l.Find(point.Variant)
		}
	}
	return clients.Variant{}, fmt.Errorf("unknown client %q", point.Client())
}

// asksProcs reports whether a run was told its GOMAXPROCS.
func asksProcs(command []string) bool {
	return slices.ContainsFunc(command, func(arg string) bool { return strings.HasPrefix(arg, "--gomaxprocs") })
}

// checkCPUs refuses a placement that is not to be had any more.
func (p *Plan) checkCPUs(h Host, procsAsked bool) error {
	for _, point := range p.Points {
		if used := point.Placement; len(used.Client) == 0 && !procsAsked && h.Procs > 0 && used.Procs != h.Procs {
			return fmt.Errorf("the placement changed: GOMAXPROCS was %d, now %d", used.Procs, h.Procs)
		}
		for _, cpu := range slices.Concat(point.Placement.Client, point.Placement.ServerCPUs) {
			if !h.CanPin || !slices.Contains(h.CPUs, cpu) {
				return fmt.Errorf("the placement changed: the run used CPU %d, this process may use %v", cpu, h.CPUs)
			}
		}
	}
	return nil
}

// checkTrials refuses trials that are not those of the plan.
func (p *Plan) checkTrials(run results.Run) error {
	for _, t := range run.Trials {
		if t.Order < 1 || t.Order > len(p.Trials) {
			return fmt.Errorf("trial %d of %d: it is not in the plan", t.Order, len(p.Trials))
		}
		planned := p.Trials[t.Order-1]
		point := results.PointKey(run.Header, p.Points[planned.Point])
		if t.Seed != planned.Seed || t.Round != planned.Round || results.PointKey(run.Header, t.Point) != point {
			return fmt.Errorf("trial %d is not the one that the plan has there", t.Order)
		}
	}
	return nil
}
