package trial

import (
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// mostFailed is the share of attempts above which a trial has failed.
const mostFailed = 0.01

// record is the trial's record, but for what is found out after the window.
// before is the time from opening the client to the first step.
func (x *execution) record(r *engine.Result, before time.Duration) *results.Measured {
	settings := x.client.Resolved()
	m := Measured(r, x.kinds, x.spec.Point.Load.Depth)
	m.Stopped = r.Stopped && x.failure == ""
	m.Cost = x.cost.cost()
	m.Conns = results.Conns{Declared: settings.Conns, Dialled: x.dialled}
	m.Resolved = results.Resolved{RESP: settings.RESP, Options: settings.Options, Shares: x.shares}
	if r.FirstOK > 0 {
		m.FirstReply = before + r.FirstOK
	}
	m.Metrics, m.Sent, m.FirstErrs = x.metrics(r.Metrics), x.sent(), x.firstErrors(r.FirstErrs)
	return m
}

// Measured turns what an engine recorded into a trial's record, but for what
// only who ran it knows: what it cost, and what the client was. The kinds are
// those of the steps, each of which has depth ops; a depth of 0 is 1.
func Measured(r *engine.Result, kinds []scenarios.Kind, depth int) *results.Measured {
	depth = max(depth, 1)
	m := &results.Measured{
		Protocol: results.Protocol,
		Start:    r.Start.UTC(),
		Window:   r.Window,
		Errors:   byClass(r.Errors),
		Slices:   course(r, depth),
		Gap:      r.Gap,
		Warm: results.Warm{
			Time: r.Warm.Time, Ops: r.Warm.Ops, Attempts: r.Warm.Attempts, Errors: byClass(r.Warm.Errors),
		},
		Schedule: schedule(r, depth),
	}
	for i, k := range r.Kinds {
		m.Kinds = append(m.Kinds, newKind(kinds[i], k, depth, r.Schedule != nil))
		m.Ops += k.Ops
		m.Attempts += k.Attempts
	}
	for _, o := range r.Outages {
		m.Outages = append(m.Outages, results.Outage(o))
	}
	return m
}

func (x *execution) failed(m *results.Measured, r *engine.Result) string {
	wrong := r.Errors[clients.Mismatched] + r.Warm.Errors[clients.Mismatched] - x.disturb.forgiven.Load()
	disturbed := x.disturb.planned()
	switch {
	case wrong > 0: // says more than what follows from it
	case !disturbed && m.Tally != nil && m.Tally.Lost+m.Tally.Twice > 0:
		return fmt.Sprintf("%d increments lost, %d done twice", m.Tally.Lost, m.Tally.Twice)
	case x.failure != "":
		return x.failure
	}
	reason := Failure(m, wrong, disturbed)
	if reason == "" && !disturbed && x.scenario.Counts && m.Tally == nil && !m.Stopped {
		return "the counters could not be read at the end"
	}
	return reason
}

// Failure says why a trial counts as failed, of which wrong steps got another
// reply than what was set; empty: it does not. Of a disturbed one steps may fail.
func Failure(m *results.Measured, wrong int64, disturbed bool) string {
	switch {
	case wrong > 0:
		return fmt.Sprintf("%d steps got a reply that was not what was set", wrong)
	case !disturbed && float64(m.Attempts-m.Ops) > mostFailed*float64(m.Attempts):
		return fmt.Sprintf("%d of %d ops failed, more than 1%%", m.Attempts-m.Ops, m.Attempts)
	case m.Ops == 0 && !m.Stopped:
		return "no op was done"
	default:
		return ""
	}
}

func recording(r engine.Recording) results.Recording {
	return results.NewRecording(r.Histogram(), r.Count, r.Sum, r.Min, r.Max, r.Over)
}

func byClass(counts []int64) map[string]int64 {
	named := map[string]int64{}
	for class, n := range counts {
		if n > 0 {
			named[clients.Class(class).String()] = n
		}
	}
	return named
}

// firstErrors may be stored: they name no address.
func (x *execution) firstErrors(errs []error) map[string]string {
	named := map[string]string{}
	for class, err := range errs {
		if err != nil {
			named[clients.Class(class).String()] = x.stored(clients.Class(class), err)
		}
	}
	return named
}

// stored is an error's text without addresses. A redirection is nothing but; a
// mismatch is our own text, and names a key.
func (x *execution) stored(class clients.Class, err error) string {
	switch class {
	case clients.Moved:
		text, _, _ := strings.Cut(storable(x.access, err), " ")
		return text
	case clients.Mismatched:
		return err.Error()
	default:
		return storable(x.access, err)
	}
}

// storable is what may be stored of an error that a library or a server wrote.
func storable(access results.Access, err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ") // some libraries write lines
	return access.Redact(text)
}

// course is how the trial went over time, in ops.
func course(r *engine.Result, depth int) results.Slices {
	s := results.Slices{Length: r.SliceLength}
	for _, slice := range r.Slices {
		last := len(slice.Coarse)
		for last > 0 && slice.Coarse[last-1] == 0 {
			last--
		}
		s.Ops = append(s.Ops, slice.Ops*int64(depth))
		s.Errors = append(s.Errors, slice.Errors)
		s.Longest = append(s.Longest, slice.Longest)
		s.Coarse = append(s.Coarse, append([]int64{}, slice.Coarse[:last]...))
	}
	return s
}
