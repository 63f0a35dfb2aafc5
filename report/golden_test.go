package report

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	{"disturbed", []string{"disturbed"}},
	{"hosts", []string{"host-near", "host-far"}},
	{"pooled", []string{"pool-1", "pool-2"}},
	{"published", []string{published}},
	{"open", []string{"open"}},
	{"kinds", []string{"kinds"}},
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
			if slices.Contains(toolFormats, format.Name) || format.Name == "html" {
				continue // they have tests of their own
			}
			t.Run(report.name+"/"+format.Name, func(t *testing.T) {
				var got bytes.Buffer
				if err := format.Write(&got, summarize(t, report.files...), Layout{}); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", report.name+"."+format.Name+".golden"), got.Bytes())
			})
		}
	}
}

// documents show, between two marks, what came out of a real run.
var documents = []struct {
	path  string
	mark  string // of one among several tables
	file  string
	write func(io.Writer, *Summary, Layout) error
}{
	{"../README.md", "", "../../results/published/default", writeMarkdown},
	{faultsDoc, " alone", "../../results/published/faults", writeDisturbances},
	{faultsDoc, " sentinel", "../../results/published/faults-sentinel", writeDisturbances},
	{faultsDoc, " cluster", "../../results/published/faults-cluster", writeDisturbances},
}

const faultsDoc = "../docs/FAULTS.md"

func TestDocuments(t *testing.T) {
	for _, d := range documents {
		t.Run(filepath.Base(d.path)+d.mark, func(t *testing.T) {
			var table bytes.Buffer
			if err := d.write(&table, summarize(t, d.file), Layout{}); err != nil {
				t.Fatal(err)
			}
			holds(t, d.path, d.mark, table.String())
		})
	}
}

// holds expects a document to have the table between its marks.
func holds(t *testing.T, path, mark, table string) {
	t.Helper()
	begin, end := "<!-- table"+mark+" -->\n", "<!-- end of table -->\n"
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(document), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the table%s", path, mark)
	}
	golden(t, path, []byte(before+begin+table+end+after))
}

// writeDisturbances writes only the tables of what disturbances did.
func writeDisturbances(w io.Writer, s *Summary, _ Layout) error {
	var out strings.Builder
	markdownSheets(&out, s.disturbed())
	_, err := io.WriteString(w, out.String())
	return err
}

func TestDisturbancesAlone(t *testing.T) {
	s := summarize(t, "disturbed")
	var whole, alone bytes.Buffer
	if err := errors.Join(writeMarkdown(&whole, s, Layout{}), writeDisturbances(&alone, s, Layout{})); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(alone.String(), `sync+restart@2s: `) || !strings.Contains(whole.String(), "\n\n"+alone.String()) {
		t.Errorf("not the last tables of the whole:\n%s", alone.String())
	}
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
