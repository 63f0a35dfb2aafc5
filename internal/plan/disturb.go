package plan

import (
	"fmt"
	"slices"
	"time"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// Bounds of what disturbs a trial.
const (
	earliestEvent = time.Second // what comes before shows how it was undisturbed
	afterEvents   = 3 * time.Second
	longestPause  = 30 * time.Second
)

// undisturbed is what is typed for the cell that nothing disturbs.
const undisturbed = "none"

// disturbances are the canonical forms of what was asked for, each once;
// empty is undisturbed.
func (o Options) disturbances() ([]string, error) {
	if len(o.Disturb) == 0 {
		return []string{""}, nil
	}
	var forms []string
	var longest []results.Planned
	for _, text := range o.Disturb {
		var events []results.Planned
		if text != undisturbed {
			var err error
			if events, err = results.ParseDisturb(text); err != nil {
				return nil, fmt.Errorf("--disturb %w; or %s", err, undisturbed)
			}
		}
		if err := o.checkEvents(events); err != nil {
			return nil, err
		}
		if lastEnd(events) > lastEnd(longest) {
			longest = events
		}
		if form := results.FormatDisturb(events); !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms, o.checkRoom(longest)
}

// lastEnd is when the last of some events is over.
func lastEnd(events []results.Planned) (last time.Duration) {
	for _, e := range events {
		last = max(last, e.End())
	}
	return last
}

// checkRoom refuses a trial that ends before its server can be as it was.
func (o Options) checkRoom(events []results.Planned) error {
	least := lastEnd(events) + afterEvents
	switch {
	case len(events) == 0:
		return nil
	case o.Duration < least:
		return fmt.Errorf("--disturb %s needs a --duration of at least %v: %v past the end of its last event", results.FormatDisturb(events), least, afterEvents)
	case o.Isolation == isolatedNot:
		return fmt.Errorf("--isolate %s together with --disturb: a trial that is disturbed needs a process of its own", isolatedNot)
	}
	return nil
}

// checkEvents refuses the events of one cell that cannot be made, or not told
// apart.
func (o Options) checkEvents(events []results.Planned) error {
	for i, e := range events {
		switch {
		case e.At < earliestEvent:
			return fmt.Errorf("--disturb %s: must be at %v or later, so that it shows how it was before", e, earliestEvent)
		case e.For > longestPause:
			return fmt.Errorf("--disturb %s: a pause is at most %v", e, longestPause)
		case e.Name == results.Restart && !o.Host.OwnServer:
			return fmt.Errorf("--disturb %s needs a server that respbench starts; this one is remote", e)
		case e.Name == results.Failover && o.Host.Mode != results.Sentinel && o.Host.Mode != results.Cluster:
			return fmt.Errorf("--disturb %s needs a server with replicas: have --url redis+sentinel:// and redis+cluster:// for it", e)
		case i > 0 && e.At <= events[i-1].End():
			return fmt.Errorf("--disturb %s: %s begins before %s is over", results.FormatDisturb(events), e, events[i-1])
		}
	}
	return nil
}

// spoiled says why a scenario cannot be disturbed so, or is empty.
func spoiled(disturb string, s scenarios.Scenario) string {
	events, err := results.ParseDisturb(disturb)
	if err != nil || !s.ReadsLoaded {
		return "" // nothing disturbs it, or it needs no key that was there before
	}
	if slices.ContainsFunc(events, func(e results.Planned) bool { return e.Name == results.Restart }) {
		return "it reads keys that a restart loses"
	}
	return ""
}

// Disturbances are the names of all that is done to the server in the trials.
func (p *Plan) Disturbances() []string {
	var names []string
	for _, point := range p.Points {
		events, _ := results.ParseDisturb(point.Disturb) // canonical; empty for one that nothing disturbs
		for _, e := range events {
			if !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	return names
}
