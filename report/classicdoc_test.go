package report

import (
	"strings"
	"testing"
)

// TestClassicDocument holds the tables of docs/CLASSIC.md to what the command
// that stands above each makes of the run that scripts/classic made.
func TestClassicDocument(t *testing.T) {
	for _, name := range []string{"near", "far"} {
		t.Run(name, func(t *testing.T) {
			s := summarizeFile(t, "../results/published/classic-"+name+".jsonl.gz")
			var table strings.Builder
			if err := writeMarkdown(&table, s, Layout{}); err != nil {
				t.Fatal(err)
			}
			holds(t, "../docs/CLASSIC.md", " "+name, table.String())
		})
	}
}
