package report

import (
	"strings"
	"testing"

	"respbench.dev/respbench/results"
)

// TestClassicDocument holds the tables of docs/CLASSIC.md to what the command
// that stands above each makes of the run that scripts/classic made.
func TestClassicDocument(t *testing.T) {
	for _, name := range []string{"near", "far"} {
		t.Run(name, func(t *testing.T) {
			runs, err := results.ReadFile("../results/published/classic-" + name + ".jsonl.gz")
			if err != nil {
				t.Fatalf("%v: scripts/classic --only %s makes it", err, name)
			}
			s, err := Summarize(runs)
			if err != nil {
				t.Fatal(err)
			}
			var table strings.Builder
			if err := writeMarkdown(&table, s, Layout{}); err != nil {
				t.Fatal(err)
			}
			holds(t, "../docs/CLASSIC.md", " "+name, table.String())
		})
	}
}
