package report

import (
	"bytes"
	"path/filepath"
	"testing"
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
			t.Run(name+"/"+format.Name, func(t *testing.T) {
				var got bytes.Buffer
				if err := format.Write(&got, s); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", name+"."+format.Name+".golden"), got.Bytes())
			})
		}
	}
}
