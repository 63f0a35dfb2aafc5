package report

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"respbench.dev/respbench/results"
)

// bareRuns hold next to nothing.
var bareRuns = []struct {
	name   string
	change func(*results.Run)
	want   string // in the table; of an error, all of it
}{
	{"no points", func(r *results.Run) { r.Header.Points, r.Header.Order, r.Trials = nil, nil, nil }, "no points in these runs"},
	{"header only", func(r *results.Run) { r.Trials, r.End = nil, nil }, "interrupted: 3 rounds not run: the run was"},
	{"failed only", func(r *results.Run) {
		for i := range r.Trials {
			r.Trials[i].Status, r.Trials[i].Reason, r.Trials[i].Measured = results.Failed, "it would not", nil
		}
	}, "failed: it would not"},
	{"failed while measured", func(r *results.Run) {
		for i := range r.Trials {
			r.Trials[i].Status, r.Trials[i].Failure, r.Trials[i].Errors = results.Failed, "it would not", map[string]int64{"reset": 3}
		}
	}, "9 (reset)"},
	{"skipped only", func(r *results.Run) {
		for _, p := range r.Header.Points {
			r.Header.Skips = append(r.Header.Skips, results.Skip{Point: p, Reason: "it cannot"})
		}
		r.Header.Points, r.Header.Order, r.Trials = nil, nil, nil
	}, "skipped: it cannot"},
	{"one round", func(r *results.Run) {
		r.Header.Rounds, r.Header.Order, r.Trials = 1, r.Header.Order[:2], []results.Trial{r.Trials[0], r.Trials[3]}
	}, "stdev n/a: a single round has no spread"},
	{"no latency", func(r *results.Run) {
		for i := range r.Trials {
			r.Trials[i].Kinds[0].Service = results.Recording{}
		}
	}, "p50, p99, p99.9 n/a: nothing was recorded in a round"},
	{"no ops", func(r *results.Run) {
		for i := range r.Trials {
			m := r.Trials[i].Measured
			m.Ops, m.Kinds[0].Ops, m.Kinds[0].Service = 0, 0, results.Recording{}
		}
	}, "client CPU, allocs/op n/a: not every round has it"},
	{"overloaded only", func(r *results.Run) {
		for i := range r.Trials {
			t := &r.Trials[i]
			t.Point.Load.Rate, t.Point.Load.Arrivals = 1e5, "uniform"
			t.Kinds[0].Response = &t.Kinds[0].Service
			t.Schedule = &results.Schedule{Offered: 1e5, Achieved: 1e4, Due: 1e5, Late: 1e5}
		}
		for i := range r.Header.Points {
			r.Header.Points[i].Load = r.Trials[0].Point.Load
		}
	}, "overloaded: achieved 10,000 of 100,000 a"},
}

// nonsense is what a program writes of a number or a pointer that it has not.
var nonsense = regexp.MustCompile(`\bNaN\b|[+-]Inf\b|<nil>|%!|0x[0-9a-f]{8}`)

// Every format of next to nothing is honest, or says in a line why there is none.
func TestBareRuns(t *testing.T) {
	for _, bare := range bareRuns {
		t.Run(bare.name, func(t *testing.T) {
			run := func(id string) []results.Run {
				r := makeHost("", 60_000).run
				r.Header.ID = id
				bare.change(&r)
				return []results.Run{r}
			}
			s, err := Summarize(run("bare2222"))
			said := false
			if err == nil {
				for _, f := range Formats() {
					got := checkBare(t, "report "+f.Name, func(w io.Writer, l Layout) error { return f.Write(w, s, l) })
					said = said || f.Name == "table" && strings.Contains(got, bare.want)
				}
			}
			if said = said || err != nil && err.Error() == bare.want; !said {
				t.Errorf("%v; nowhere is %q", err, bare.want)
			}
			if sw, err := Sweep(run("bare2222"), SweepOptions{}); !oneLine(t, err) {
				for _, f := range SweepFormats() {
					checkBare(t, "sweep "+f.Name, func(w io.Writer, l Layout) error { return f.Write(w, sw, l) })
				}
			}
			if c, err := Compare(run("bare2222"), run("bare3333"), defaultRules()); !oneLine(t, err) {
				for _, f := range ComparisonFormats() {
					checkBare(t, "compare "+f.Name, func(w io.Writer, l Layout) error { return f.Write(w, c, l) })
				}
			}
		})
	}
}

// checkBare returns the document of the first layout.
func checkBare(t *testing.T, name string, write func(io.Writer, Layout) error) (first string) {
	t.Helper()
	for i, l := range layoutsOf(t, name) {
		got, err := textOf(writing{name, write}, l)
		if oneLine(t, err) {
			continue
		}
		if strings.TrimSpace(got) == "" {
			t.Errorf("%s: an empty document", name)
		}
		if at := nonsense.FindStringIndex(withoutScripts(got)); at != nil {
			got := withoutScripts(got)
			t.Errorf("%s: %q", name, got[max(at[0]-80, 0):min(at[1]+20, len(got))])
		}
		if i == 0 {
			first = got
		}
	}
	return first
}

// oneLine reports whether there is an error, which is to be a line.
func oneLine(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && (err.Error() == "" || strings.Contains(err.Error(), "\n") || nonsense.MatchString(err.Error())) {
		t.Errorf("the error %q", err)
	}
	return err != nil
}

var script = regexp.MustCompile(`(?s)<script\b[^>]*>.*?</script>`)

// withoutScripts leaves out programs, which may speak of NaN, but not data.
func withoutScripts(page string) string {
	return script.ReplaceAllStringFunc(page, func(s string) string {
		if strings.Contains(s[:strings.IndexByte(s, '>')], "json") {
			return s
		}
		return ""
	})
}
