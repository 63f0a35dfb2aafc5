package report

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func actionsOf(t *testing.T, format string, s *Summary) []action {
	t.Helper()
	var entries []action
	in := json.NewDecoder(strings.NewReader(formatted(t, format, s)))
	in.DisallowUnknownFields()
	if err := in.Decode(&entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestActions(t *testing.T) {
	s := summarize(t, "default")
	want := action{
		Name: "sync raw throughput", Unit: "set+get/s", Value: s.Rows[0].Throughput.Median, Range: "± " + exact(*s.Rows[0].Throughput.Stdev),
		Extra: "worst " + exact(s.Rows[0].Throughput.Worst) + "\nbest " + exact(s.Rows[0].Throughput.Best) +
			"\nrounds 5 of 5\nraw v0.1.0\nserver redis 7.0.15 (spawned)",
	}
	if diff := cmp.Diff(want, actionsOf(t, "bigger-is-better", s)[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := len(actionsOf(t, "bigger-is-better", s)); n != len(s.Rows) {
		t.Errorf("%d throughputs of %d cells", n, len(s.Rows))
	}
	for _, a := range actionsOf(t, "smaller-is-better", s) {
		if strings.Contains(a.Name, "throughput") || a.Value < 0 {
			t.Errorf("%+v", a)
		}
	}
}

// The array has one entry a name: a chart is of a name.
func TestActionsHaveNamesOfTheirOwn(t *testing.T) {
	for _, path := range publishedFiles(t) {
		for _, format := range []string{"bigger-is-better", "smaller-is-better"} {
			var names []string
			for _, a := range actionsOf(t, format, summarizeFile(t, path)) {
				if slices.Contains(names, a.Name) {
					t.Errorf("%s: two are %s", path, a.Name)
				}
				names = append(names, a.Name)
			}
		}
	}
}

func TestActionsLeaveOutWhatFailed(t *testing.T) {
	s := summarize(t, "troubled")
	for _, a := range append(actionsOf(t, "bigger-is-better", s), actionsOf(t, "smaller-is-better", s)...) {
		if strings.Contains(a.Name, "goredis") {
			t.Errorf("a failed cell has %+v", a)
		}
	}
	s.Rows = s.Rows[1:2]
	if text := formatted(t, "bigger-is-better", s); text != "[]\n" {
		t.Errorf("only failed cells: %s", text)
	}
}

func TestActionsLeaveOutDisturbedCells(t *testing.T) {
	s := summarize(t, "disturbed")
	for _, format := range []string{"bigger-is-better", "smaller-is-better"} {
		entries := actionsOf(t, format, s)
		if len(entries) == 0 {
			t.Errorf("%s has nothing", format)
		}
		for _, a := range entries {
			if strings.Contains(a.Name, "+") {
				t.Errorf("%s has %s", format, a.Name)
			}
		}
	}
}

func TestActionsOfTheScenariosOwn(t *testing.T) {
	s := summarize(t, "kinds")
	has := func(format, name string) bool {
		return slices.ContainsFunc(actionsOf(t, format, s), func(a action) bool { return strings.HasSuffix(a.Name, name) })
	}
	if !has("bigger-is-better", "cache hits") || has("smaller-is-better", "cache hits") || !has("smaller-is-better", "pool wait") || has("smaller-is-better", " batch") {
		t.Error("metrics are in the wrong array")
	}
}

func TestActionsOfHostileText(t *testing.T) {
	for _, a := range actionsOf(t, "smaller-is-better", hostile(t)) {
		if strings.ContainsAny(a.Name+a.Unit, "\n\x1b\u202e") || strings.Count(a.Extra, "\n") != 4 || !strings.Contains(a.Name, `\u001b`) {
			t.Errorf("%+v", a)
		}
	}
}
