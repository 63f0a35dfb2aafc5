package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"respbench.dev/respbench/results"
)

const scenariosDoc = "../docs/SCENARIOS.md"

// TestScenariosDocument holds each table to the run that it is of, and each such
// run to a table.
func TestScenariosDocument(t *testing.T) {
	document, err := os.ReadFile(scenariosDoc)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, mark := range regexp.MustCompile(`<!-- table (\w+) -->`).FindAllStringSubmatch(string(document), -1) {
		names = append(names, mark[1])
	}
	files, err := filepath.Glob(scenarioFile("*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%d marks, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			var table strings.Builder
			markdownSheets(&table, scenarioSheets(t, name))
			holds(t, scenariosDoc, " "+name, table.String())
		})
	}
	for _, file := range files {
		if !slices.ContainsFunc(names, func(name string) bool { return scenarioFile(name) == file }) {
			t.Errorf("%s has no table for %s", scenariosDoc, file)
		}
	}
}

func scenarioFile(name string) string {
	return filepath.Join("..", "results", "published", "scenario-"+name+".jsonl.gz")
}

func scenarioSheets(t *testing.T, name string) []sheet {
	t.Helper()
	runs, err := results.ReadFile(scenarioFile(name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%v: scripts/scenarios --only %s makes it", err, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if name == "sweep" {
		s, err := Sweep(runs, SweepOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return list(s.sheets(), brief)
	}
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	if name == "coalesced" {
		return []sheet{tradeOffSheet(s.Rows)}
	}
	return list(s.sheets(), func(s sheet) sheet {
		s.footnotes = nil // the document says it once, or leaves out what they are about
		return brief(s)
	})
}

// besides are columns that no section is about.
var besides = []string{"scenario", "worst", "best", "median 95%", "vs raw", "latency of", "conns", "allocs/op"}

// silent are the cells of columns that say nothing if all are such; those of any
// name under the empty one.
var silent = map[string][]string{"": {"", unknown, nothing}, "errors": {"0"}, "hits": {"100%"}}

// brief leaves out columns that do not matter in the document.
func brief(s sheet) sheet {
	s.columns = slices.DeleteFunc(s.columns, func(c column) bool {
		return slices.Contains(besides, c.name) || !slices.ContainsFunc(c.cells, func(cell string) bool {
			return !slices.Contains(silent[""], cell) && !slices.Contains(silent[c.name], cell)
		})
	})
	return s
}
