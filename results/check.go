package results

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A checker knows what the trials of one run may refer to.
type checker struct {
	servers, executors map[string]bool
}

func checkHeader(h Header) (checker, error) {
	c := checker{servers: map[string]bool{}, executors: map[string]bool{}}
	if h.ID == "" {
		return c, errors.New("no id")
	}
	for _, s := range h.Servers {
		if c.servers[s.ID] {
			return c, fmt.Errorf("two servers with the id %q", s.ID)
		}
		c.servers[s.ID] = true
	}
	for _, e := range h.Executors {
		if c.executors[e.ID] {
			return c, fmt.Errorf("two executors with the id %q", e.ID)
		}
		c.executors[e.ID] = true
	}
	for _, i := range h.Order {
		if i < 0 || i >= len(h.Points) {
			return c, fmt.Errorf("order names point %d of %d", i, len(h.Points))
		}
	}
	if len(h.Ends) > 0 && len(h.Ends) != len(h.Points) {
		return c, fmt.Errorf("%d ends of %d points", len(h.Ends), len(h.Points))
	}
	return c, c.points(h)
}

func (c checker) points(h Header) error {
	for _, p := range h.Points {
		if err := c.point(p); err != nil {
			return err
		}
	}
	for _, s := range h.Skips {
		if err := c.point(s.Point); err != nil {
			return err
		}
	}
	return nil
}

func (c checker) point(p Point) error {
	if p.Scenario == "" || p.Library == "" {
		return errors.New("a point without scenario or library")
	}
	if !c.servers[p.Server] {
		return fmt.Errorf("server %q is not in the header", p.Server)
	}
	return nil
}

var statuses = []Status{OK, Failed, Skipped, Interrupted, NotRun}

func (c checker) trial(t Trial) error {
	if err := c.point(t.Point); err != nil {
		return err
	}
	switch {
	case !slices.Contains(statuses, t.Status):
		return fmt.Errorf("unknown status %q; have %q", t.Status, statuses)
	case t.Measured != nil && !c.executors[t.Executor]:
		return fmt.Errorf("executor %q is not in the header", t.Executor)
	case t.Round < 1:
		return fmt.Errorf("round %d; rounds are counted from 1", t.Round)
	case t.ServerCPU != nil && *t.ServerCPU < 0:
		return fmt.Errorf("server CPU %s", *t.ServerCPU)
	}
	for _, d := range t.Disturbances {
		if d.At < 0 || d.Took < 0 {
			return fmt.Errorf("disturbance %s at %s took %s", d.Name, d.At, d.Took)
		}
	}
	for kind, n := range t.Redirects {
		if n < 0 {
			return fmt.Errorf("%d redirects of kind %q", n, kind)
		}
	}
	switch {
	case t.Measured != nil:
		return CheckMeasured(t.Measured, t.Status == OK)
	case t.Status == OK:
		return errors.New("ok, but nothing was measured")
	}
	return nil
}

// CheckMeasured tells whether a file may hold what an executor reports of a
// trial, which is ok or not: a reader refuses a file that holds anything else.
func CheckMeasured(m *Measured, ok bool) error {
	switch {
	case m.Window < 0 || ok && m.Window == 0:
		return fmt.Errorf("window %s", m.Window)
	case ok && len(m.Kinds) == 0:
		return errors.New("ok, but no kind of op")
	}
	if err := checkOps(m.Ops, m.Attempts); err != nil {
		return err
	}
	for class, n := range m.Errors {
		if n < 0 {
			return fmt.Errorf("%d errors of class %q", n, class)
		}
	}
	seen, apart := map[string]bool{}, time.Duration(0)
	for _, k := range m.Kinds {
		if k.Name == "" || seen[k.Name] {
			return fmt.Errorf("kind %q without a name of its own", k.Name)
		}
		seen[k.Name] = true
		if err := checkKind(k); err != nil {
			return fmt.Errorf("kind %q: %w", k.Name, err)
		}
		apart += k.Window
	}
	if apart > m.Window {
		return fmt.Errorf("window %s, less than the windows of its kinds: %s", m.Window, apart)
	}
	return errors.Join(checkMore(m), checkCost(m.Cost), checkSlices(m.Slices), checkOutages(m.Outages), checkTally(m.Tally))
}

// checkMore is about what not every trial has.
func checkMore(m *Measured) error {
	for _, metric := range m.Metrics {
		if err := checkRecording(metric.Values); err != nil {
			return fmt.Errorf("metric %q: %w", metric.Name, err)
		}
	}
	if s := m.Schedule; s != nil {
		return errors.Join(checkRecording(s.Lag), checkRecording(s.Wake))
	}
	return nil
}

// checkOutages holds that they are in order and apart.
func checkOutages(outages []Outage) error {
	var last time.Duration
	for _, o := range outages {
		if o.Start < last || o.End < o.Start {
			return fmt.Errorf("an outage from %s to %s, and one that ended at %s", o.Start, o.End, last)
		}
		last = o.End
	}
	return nil
}

func checkTally(t *Tally) error {
	if t != nil && (t.Lost < 0 || t.Unsure < 0 || t.Twice < 0 || t.Acked < t.Lost) {
		return fmt.Errorf("tally %+v", *t)
	}
	return nil
}

func checkOps(ops, attempts int64) error {
	if ops < 0 || attempts < ops {
		return fmt.Errorf("%d ops of %d attempts", ops, attempts)
	}
	return nil
}

func checkKind(k Kind) error {
	if k.OpsPerSample < 1 {
		return fmt.Errorf("%d ops per sample", k.OpsPerSample)
	}
	if k.Window < 0 {
		return fmt.Errorf("window %s", k.Window)
	}
	if err := checkOps(k.Ops, k.Attempts); err != nil {
		return err
	}
	if err := checkRecording(k.Service); err != nil {
		return fmt.Errorf("service_ns: %w", err)
	}
	if err := checkRecording(k.Failed); err != nil {
		return fmt.Errorf("failed_ns: %w", err)
	}
	if k.Response != nil {
		if err := checkRecording(*k.Response); err != nil {
			return fmt.Errorf("response_ns: %w", err)
		}
	}
	if r := k.Reads; r != nil && (r.Hits < 0 || r.Unintended < 0 || r.Misses < r.Unintended) {
		return fmt.Errorf("%d hits, %d misses, %d of them unintended", r.Hits, r.Misses, r.Unintended)
	}
	return nil
}

func checkRecording(r Recording) error {
	if r.Count == 0 {
		if r.Sum != 0 || r.Over != 0 || r.Min != nil || r.Max != nil || r.HDR != "" {
			return errors.New("no samples, but values of them")
		}
		return nil
	}
	switch {
	case r.Count < 0 || r.Sum < 0 || r.Over < 0 || r.Over > r.Count:
		return fmt.Errorf("count %d, sum %d, over %d", r.Count, r.Sum, r.Over)
	case r.Min == nil || r.Max == nil || *r.Min < 0 || *r.Max < *r.Min:
		return errors.New("minimum and maximum are missing or reversed")
	}
	if err := checkMean(r); err != nil {
		return err
	}
	h, err := r.Histogram()
	if err != nil {
		return err
	}
	if h.TotalCount() != r.Count {
		return fmt.Errorf("histogram of %d samples, expected %d", h.TotalCount(), r.Count)
	}
	return nil
}

// checkMean allows for the rounding of a division of large integers.
func checkMean(r Recording) error {
	const rounding = 1e-9
	mean, _ := r.Mean()
	low, high := float64(*r.Min)*(1-rounding), float64(*r.Max)*(1+rounding)
	if mean < low || mean > high {
		return fmt.Errorf("mean %g outside %d to %d", mean, *r.Min, *r.Max)
	}
	return nil
}

func checkCost(c Cost) error {
	for _, d := range []*time.Duration{c.UserCPU, c.SystemCPU, c.GCCPU} {
		if d != nil && *d < 0 {
			return fmt.Errorf("CPU time %s", *d)
		}
	}
	for _, n := range []*int64{c.Allocs, c.Bytes, c.GCs, c.PeakBytes} {
		if n != nil && *n < 0 {
			return fmt.Errorf("cost %d", *n)
		}
	}
	return nil
}

func checkSlices(s Slices) error {
	if len(s.Errors) != len(s.Ops) || len(s.Longest) != len(s.Ops) || len(s.Coarse) > len(s.Ops) {
		return fmt.Errorf("slices of unequal number: %d, %d, %d, %d", len(s.Ops), len(s.Errors), len(s.Longest), len(s.Coarse))
	}
	for _, counts := range append([][]int64{s.Ops, s.Errors, s.Longest}, s.Coarse...) {
		if len(counts) > 0 && slices.Min(counts) < 0 {
			return errors.New("a negative count in a slice")
		}
	}
	return nil
}
