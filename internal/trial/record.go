package trial

import (
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/results"
)

// mostFailed is the share of attempts above which a trial has failed.
const mostFailed = 0.01

// record turns what the engine recorded into the trial's record, but for what
// is found out after the window. before is the time from opening the client to
// the first step.
func (x *execution) record(r *engine.Result, before time.Duration) *results.Measured {
	settings := x.client.Resolved()
	m := &results.Measured{
		Protocol: results.Protocol,
		Stopped:  r.Stopped && x.failure == "",
		Start:    r.Start.UTC(),
		Window:   r.Window,
		Errors:   byClass(r.Errors),
		Slices:   course(r, max(x.spec.Point.Load.Depth, 1)),
		Gap:      r.Gap,
		Warm: results.Warm{
			Time: r.Warm.Time, Ops: r.Warm.Ops, Attempts: r.Warm.Attempts, Errors: byClass(r.Warm.Errors),
		},
		Cost:     x.cost.cost(),
		Conns:    results.Conns{Declared: settings.Conns, Dialled: x.dialled},
		Resolved: results.Resolved{RESP: settings.RESP, Options: settings.Options, Shares: x.shares},
	}
	if r.FirstOK > 0 {
		m.FirstReply = before + r.FirstOK
	}
	for i, k := range r.Kinds {
		m.Kinds = append(m.Kinds, x.kind(i, k))
		m.Ops += k.Ops
		m.Attempts += k.Attempts
	}
	m.Metrics, m.Schedule = x.metrics(r.Metrics), schedule(r, max(x.spec.Point.Load.Depth, 1))
	m.Sent = x.sent()
	for _, o := range r.Outages {
		m.Outages = append(m.Outages, results.Outage(o))
	}
	m.FirstErrs = x.firstErrors(r.FirstErrs)
	return m
}

func (x *execution) failed(m *results.Measured, r *engine.Result) string {
	wrong := r.Errors[clients.Mismatched] + r.Warm.Errors[clients.Mismatched] - x.disturb.forgiven.Load()
	disturbed := x.disturb.planned()
	switch {
	case wrong > 0:
		return fmt.Sprintf("%d steps got a reply that was not what was set", wrong)
	case !disturbed && m.Tally != nil && m.Tally.Lost+m.Tally.Twice > 0:
		return fmt.Sprintf("%d increments lost, %d done twice", m.Tally.Lost, m.Tally.Twice)
	case x.failure != "":
		return x.failure
	case !disturbed && float64(m.Attempts-m.Ops) > mostFailed*float64(m.Attempts):
		return fmt.Sprintf("%d of %d ops failed, more than 1%%", m.Attempts-m.Ops, m.Attempts)
	case m.Ops == 0 && !m.Stopped:
		return "no op was done"
	case !disturbed && x.scenario.Counts && m.Tally == nil && !m.Stopped:
		return "the counters could not be read at the end"
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
