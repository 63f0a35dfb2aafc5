package report

import (
	"fmt"
	"strings"

	"respbench.dev/respbench/results"
)

// Floor is the noise of a metric of a cell, as a share: smaller differences
// mean nothing. What is unknown in a key fits anything, and among several cells
// the largest counts.
func (n *Noise) Floor(key results.Key, op, metric string) (share float64, known bool) {
	asked := measured(key)
	for _, c := range n.Cells {
		if c.Op != op || !compatible(c.Key, asked) {
			continue
		}
		for _, m := range c.Metrics {
			if m.Metric == metric {
				share, known = max(share, m.Floor), true
			}
		}
	}
	return share, known
}

func compatible(a, b map[string]string) bool {
	for name, value := range a {
		if other, known := b[name]; known && other != value {
			return false
		}
	}
	return true
}

// Fits is nil if the noise is of the machine and the server of a run with this
// header; else it names the first thing that differs. Whoever compares says so:
// Floor knows no cell of such a run.
func (n *Noise) Fits(h results.Header) error {
	for _, server := range h.Servers {
		if err := n.fits(h, server); err != nil {
			return err
		}
	}
	return nil
}

// fits looks for the server that is most alike: one that fits, or the last.
func (n *Noise) fits(h results.Header, server results.Server) (err error) {
	now := results.PointKey(h, results.Point{Server: server.ID})
	for _, own := range n.Servers {
		was := results.PointKey(results.Header{Machine: n.Machine, Servers: n.Servers}, results.Point{Server: own.ID})
		if err = sameEnvironment(was, now); err == nil {
			return nil
		}
	}
	return err
}

func sameEnvironment(was, now results.Key) error {
	for _, f := range results.Differing([]results.Key{was, now}) {
		if f.Class() == results.Environment || isServer(f) {
			return fmt.Errorf("%s was %s, now %s", f, was[f], now[f])
		}
	}
	return nil
}

// measured are the fields of a key that say what was measured and where, not in
// which version: what is unknown is left out, and so is the id of a run.
func measured(key results.Key) map[string]string {
	words := map[string]string{}
	for i, value := range key {
		f := results.Field(i)
		if f == results.FieldIsolation {
			value, _, _ = strings.Cut(value, " (")
		}
		if value != "" && f.Class() != results.Subject {
			words[f.String()] = value
		}
	}
	return words
}
