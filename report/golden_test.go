package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

var update = flag.Bool("update", false, "write the golden files under testdata")

// reports are documents of one or several results files.
var reports = []struct {
	name  string
	files []string
}{
	{"default", []string{"default"}},
	{"loads", []string{"loads"}},
	{"troubled", []string{"troubled"}},
	{"hosts", []string{"host-near", "host-far"}},
	{"pooled", []string{"pool-1", "pool-2"}},
	{"published", []string{published}},
}

// published is a real run, seen from testdata.
const published = "../../results/published/two-core"

func readRuns(t *testing.T, names ...string) []results.Run {
	t.Helper()
	var runs []results.Run
	for _, name := range names {
		read, err := results.ReadFile(filepath.Join("testdata", name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, read...)
	}
	return runs
}

func summarize(t *testing.T, names ...string) *Summary {
	t.Helper()
	s, err := Summarize(readRuns(t, names...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGolden(t *testing.T) {
	for _, report := range reports {
		for _, format := range Formats() {
			t.Run(report.name+"/"+format.Name, func(t *testing.T) {
				var got bytes.Buffer
				if err := format.Write(&got, summarize(t, report.files...)); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", report.name+"."+format.Name+".golden"), got.Bytes())
			})
		}
	}
}

// The table in the README is what came out of a real run.
func TestReadme(t *testing.T) {
	const path, begin, end = "../README.md", "<!-- table -->\n", "<!-- end of table -->\n"
	var document bytes.Buffer
	if err := writeMarkdown(&document, summarize(t, published)); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(readme), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the table", path)
	}
	golden(t, path, []byte(before+begin+document.String()+end+after))
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got:\n%s", path, diff)
	}
}
