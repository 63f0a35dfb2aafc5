package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// twoLibraryVersions are two runs that differ in the version of goredis.
func twoLibraryVersions() []results.Run {
	var runs []results.Run
	for _, id := range []string{"older234", "newer234"} {
		f := newFixture(id)
		for _, client := range []string{"raw", "goredis"} {
			f.add(syncPoint(client), pace{50_000, steady[:2], 1200, 9000, 0, 1, false, nil})
		}
		runs = append(runs, f.run)
	}
	runs[1].Header.Executors[0].Libraries = map[string]string{
		"github.com/redis/go-redis/v9": "v9.24.0", "github.com/redis/rueidis": "v1.0.79",
	}
	return runs
}

func TestFiguresOfTwoLibraryVersions(t *testing.T) {
	type drawn struct {
		Name, Client string
		Color        int
		Dashed       bool
	}
	want := []drawn{
		{"raw", "raw", 0, false},
		{"raw (2)", "raw", 0, true},
		{"goredis v9.23.0", "goredis", 1, false},
		{"goredis v9.24.0", "goredis", 1, true},
	}
	for _, f := range figuresOfRuns(t, twoLibraryVersions()...) {
		got := list(f.Series, func(s document.Series) drawn { return drawn{s.Name, s.Client, s.Color, s.Dashed} })
		expected := append([]drawn(nil), want...)
		for i := range expected {
			expected[i].Dashed = expected[i].Dashed && f.Kind == document.Spectrum // dots are not dashed
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s: %s", f.Name, diff)
		}
	}
}
