package report

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestFormatNamed(t *testing.T) {
	for _, f := range Formats() {
		got, err := FormatNamed(f.Name)
		if err != nil || got.Name != f.Name || got.Doc == "" {
			t.Errorf("%s: %+v, %v", f.Name, got, err)
		}
	}
	_, err := FormatNamed("x")
	if want := `unknown format "x"; have table, markdown, html, json, csv, gobench, bigger-is-better, smaller-is-better, hgrm, hlog`; err == nil || err.Error() != want {
		t.Errorf("got %v, expected %s", err, want)
	}
}

func TestFormatsReportWriteErrors(t *testing.T) {
	s := summarize(t, "default")
	s.Rows = s.Rows[:1] // there are formats of one cell
	for _, f := range Formats() {
		if err := f.Write(fullDisk{}, s, Layout{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestSummarizeRefuses(t *testing.T) {
	run := makeHost("", 60_000).run
	empty := results.Run{Header: results.Header{ID: "a"}}
	tests := []struct {
		name string
		runs []results.Run
		want string
	}{
		{"nothing", nil, "no runs to report"},
		{"no points", []results.Run{empty}, "no points in these runs"},
		{"the same twice", []results.Run{run, run}, "run host222 is given twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Summarize(test.runs); err == nil || err.Error() != test.want {
				t.Errorf("got %v, expected %s", err, test.want)
			}
		})
	}
}

// statuses returns a word a row: its client, rounds and status.
func statuses(s *Summary) []string {
	var words []string
	for _, r := range s.Rows {
		words = append(words, strings.Join([]string{
			r.Point.Client(), integer(r.Rounds.OK) + "/" + integer(r.Rounds.Planned), r.Status,
		}, " "))
	}
	return words
}

func TestPooling(t *testing.T) {
	tests := []struct {
		name   string
		change func(*results.Run)
		want   []string
		column string // that tells the rows apart
	}{
		{"all equal", func(*results.Run) {}, []string{"raw 6/6 ok", "goredis 6/6 ok"}, ""},
		{
			"kernel", func(r *results.Run) { r.Header.Machine.Kernel = "6.2" },
			[]string{"raw 3/3 ok", "goredis 3/3 ok", "raw 3/3 ok", "goredis 3/3 ok"}, "kernel",
		},
		{
			"library version", func(r *results.Run) {
				r.Header.Executors[0].Libraries = map[string]string{"github.com/redis/go-redis/v9": "v9.24.0", "github.com/redis/rueidis": "v1.0.79"}
			},
			[]string{"raw 3/3 ok", "raw 3/3 ok", "goredis 3/3 ok", "goredis 3/3 ok"}, "version",
		},
		{
			"limit", func(r *results.Run) {
				for i := range r.Trials {
					r.Trials[i].Limit = results.Limit{Duration: time.Second}
				}
			},
			[]string{"raw 3/3 ok", "raw 3/3 ok", "goredis 3/3 ok", "goredis 3/3 ok"}, "trial",
		},
		{
			// Nothing tells that the rounds that were not run were others.
			"never run", func(r *results.Run) { r.Trials = nil },
			[]string{"raw 3/6 partial", "goredis 3/6 partial"}, "",
		},
		{
			"one failed", func(r *results.Run) { r.Trials[0].Status = results.Failed },
			[]string{"raw 5/6 partial", "goredis 6/6 ok"}, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			first, second := makeHost("", 60_000).run, makeHost("", 61_000).run
			second.Header.ID = "other"
			test.change(&second)
			s, err := Summarize([]results.Run{first, second})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, statuses(s)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if test.column != "" && !slices.Contains(columnNames(s.sheets()[0]), test.column) {
				t.Errorf("no column %q in %q", test.column, columnNames(s.sheets()[0]))
			}
		})
	}
}

// Servers that differ are in a column and not above the table.
func TestServersOfSeveralTransports(t *testing.T) {
	near, secure := makeHost("", 60_000).run, makeHost("", 61_000).run
	secure.Header.ID, secure.Header.Servers[0].Transport = "other", "tls"
	s, err := Summarize([]results.Run{near, secure})
	if err != nil {
		t.Fatal(err)
	}
	sheet := s.sheets()[0]
	want := []string{"redis 7.0.15 (spawned)", "redis 7.0.15 (spawned)", "redis 7.0.15 (spawned, TLS)", "redis 7.0.15 (spawned, TLS)"}
	for _, c := range sheet.columns {
		if c.name == "Server" && !slices.Equal(c.cells, want) {
			t.Errorf("servers %q, expected %q", c.cells, want)
		}
	}
	if !slices.Contains(columnNames(sheet), "Server") || strings.Contains(sheet.head, "redis") {
		t.Errorf("%q with the columns %q", sheet.head, columnNames(sheet))
	}
}

func columnNames(s sheet) []string {
	var names []string
	for _, c := range s.columns {
		names = append(names, c.name)
	}
	return names
}

// Rounds that are not ok say why, and count in no number.
func TestTroubledRows(t *testing.T) {
	s := summarize(t, "troubled")
	want := []string{
		"raw 4/5 partial", "goredis 0/5 failed", "rueidis 0/5 interrupted", "redigo 0/0 skipped",
		"raw 2/5 partial", "rueidis 0/2 interrupted",
	}
	if diff := cmp.Diff(want, statuses(s)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDefaultTable(t *testing.T) {
	sheet := summarize(t, "default").sheets()[0]
	want := []string{
		"scenario", "client", "worst", "best", "median", "stdev", "vs raw",
		"p50", "p99", "p99.9", "conns", "client CPU", "allocs/op", "errors",
	}
	if diff := cmp.Diff(want, columnNames(sheet)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if first := sheet.columns[1].cells[0]; first != "raw" {
		t.Errorf("the first client is %s", first)
	}
}

func TestWarningsComeOnceWithTheirRows(t *testing.T) {
	w := func(text string) []results.Warning { return []results.Warning{{Code: "c", Text: text, Advice: "a"}} }
	run := makeHost("", 60_000).run
	run.Trials[0].Warnings, run.Trials[1].Warnings = w("one"), w("two")
	for i := 3; i < 6; i++ {
		run.Trials[i].Warnings = w("one")
	}
	run.End.Warnings = []results.Warning{{Code: "run", Text: "whole", Advice: "b"}}
	s, err := Summarize([]results.Run{run})
	if err != nil {
		t.Fatal(err)
	}
	want := []Warning{
		{Code: "c", Advice: "a", Seen: []Seen{
			{Text: "one (2 of 3 rounds)", Rows: []string{"sync raw"}},
			{Text: "one", Rows: []string{"sync goredis"}},
		}},
		{Code: "run", Advice: "b", Seen: []Seen{{Text: "whole"}}},
	}
	if diff := cmp.Diff(want, s.Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var out bytes.Buffer
	if err := writeTable(&out, s, Layout{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "-> a\n"); n != 1 {
		t.Errorf("the advice is given %d times", n)
	}
}
