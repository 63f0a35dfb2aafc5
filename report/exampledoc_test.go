package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"respbench.dev/respbench/report/svg"
)

// The example is what the command that docs/REPORTS.md names makes of a published
// run, and each plot that it links to is there.
func TestExample(t *testing.T) {
	const folder, plots = "../docs/example", "report-plots"
	s := summarize(t, published)
	if *update {
		if err := os.MkdirAll(filepath.Join(folder, plots), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	linked := map[string]bool{}
	layout := Layout{Title: "Four ways to Redis from Go: example output of a shared 2-core machine", Plots: func(name string) string {
		linked[name] = true
		return plots + "/" + name + ".svg"
	}}
	var text bytes.Buffer
	if err := writeMarkdown(&text, s, layout); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join(folder, "report.md"), text.Bytes())
	for _, f := range s.Figures() {
		if !linked[f.Name] {
			continue
		}
		var drawn bytes.Buffer
		if err := svg.Write(&drawn, f); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join(folder, plots, f.Name+".svg"), drawn.Bytes())
		delete(linked, f.Name)
	}
	if len(linked) > 0 {
		t.Errorf("linked, and not there: %v", linked)
	}
}
