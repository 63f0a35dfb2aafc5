package report

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"respbench.dev/respbench/results"
)

func sweepOf(t *testing.T, file string, slo ...string) *SweepSummary {
	t.Helper()
	var o SweepOptions
	for _, text := range slo {
		l, err := ParseSLO(text)
		if err != nil {
			t.Fatal(err)
		}
		o.SLO = append(o.SLO, l)
	}
	s, err := Sweep(readRuns(t, file), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSweepGolden(t *testing.T) {
	sweeps := map[string]*SweepSummary{
		"sweep-workers": sweepOf(t, "sweep-workers"),
		"sweep-rate":    sweepOf(t, "sweep-rate", "p99<1ms", "errors<0.1%"),
	}
	for name, s := range sweeps {
		for _, format := range SweepFormats() {
			if format.Name == "html" {
				continue // pages have tests of their own
			}
			t.Run(name+"/"+format.Name, func(t *testing.T) {
				var got bytes.Buffer
				if err := format.Write(&got, s, Layout{}); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", name+"."+format.Name+".golden"), got.Bytes())
			})
		}
	}
}

// Who reads tells how many of the keys were there.
func TestSweepShowsHits(t *testing.T) {
	run := makeWorkersSweep().run
	for i := range run.Trials {
		run.Trials[i].Kinds[0].Reads = &results.Reads{Hits: 95, Misses: 5}
	}
	s, err := Sweep([]results.Run{run}, SweepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	columns := s.sheets()[0].columns
	i := slices.IndexFunc(columns, func(c column) bool { return c.name == "hits" })
	if i < 0 || columns[i].cells[0] != "95.0%" {
		t.Errorf("no hits in %+v", columns)
	}
}
