package report

import (
	"bytes"
	"path/filepath"
	"testing"

	"respbench.dev/respbench/results"
)

// toolFormats are read by programs. Their golden files are of one real run.
var toolFormats = []string{"csv", "gobench", "bigger-is-better", "smaller-is-better", "hgrm", "hlog"}

func TestToolFormatsGolden(t *testing.T) {
	for _, name := range toolFormats {
		t.Run(name, func(t *testing.T) {
			s := summarize(t, published)
			if name == "hgrm" {
				s.Rows = s.Rows[:1]
			}
			golden(t, filepath.Join("testdata", "published."+name+".golden"), []byte(formatted(t, name, s)))
		})
	}
}

func formatted(t *testing.T, format string, s *Summary) string {
	t.Helper()
	f, err := FormatNamed(format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out, s, Layout{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// hostileText is what no format may let act.
const hostileText = "=1+2,\"a/b\" <script>\n\x1b[31m\u202e"

// hostile has a run of one cell, all of whose texts are that.
func hostile(t *testing.T) *Summary {
	t.Helper()
	run := makeHost(hostileText, 60_000).run
	h := &run.Header
	h.ID, h.Machine.CPU = hostileText, hostileText
	h.Servers[0].Label, h.Servers[0].Name, h.Servers[0].Version = hostileText, hostileText, hostileText
	for i := range h.Points {
		h.Points[i].Variant, h.Points[i].Load.Mix = hostileText, hostileText
	}
	for i := range run.Trials {
		trial := &run.Trials[i]
		trial.Point.Variant, trial.Point.Load.Mix = hostileText, hostileText
		trial.Kinds[0].Name, trial.Kinds[0].Unit, trial.Kinds[0].Sample = hostileText, hostileText, hostileText
		trial.Errors = map[string]int64{hostileText: 1}
		trial.Metrics = []results.Metric{{Name: hostileText, Unit: hostileText, Better: "lower", Values: valuesOf(3)}}
	}
	s, err := Summarize([]results.Run{run})
	if err != nil {
		t.Fatal(err)
	}
	s.Rows = s.Rows[:1]
	return s
}
