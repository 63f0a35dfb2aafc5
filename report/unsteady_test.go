package report

import (
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

func TestUnsteady(t *testing.T) {
	// The last slice is cut, and left out.
	falling, rising := []int64{108, 107, 106, 105, 104, 103, 102, 101, 3}, []int64{101, 102, 103, 104, 105, 106, 107, 108, 3}
	level, short := []int64{100, 101, 99, 100, 101, 99, 100, 101, 3}, []int64{108, 107, 106, 105, 104, 103, 102, 3}
	tests := []struct {
		name    string
		rounds  [][]int64
		disturb string
		failed  int // so many of the first
		want    string
	}{
		{"all fall", [][]int64{falling, falling, falling, falling, falling}, "", 0, "within the trials throughput fell by 4% from the first half to the second (5 of 5 rounds)"},
		{"most rise", [][]int64{rising, level, rising, falling, rising}, "", 0, "within the trials throughput rose by 4% from the first half to the second (3 of 5 rounds)"},
		{"half rise", [][]int64{rising, level, rising, falling}, "", 0, ""},
		{"level", [][]int64{level, level, level}, "", 0, ""},
		{"seven whole slices", [][]int64{short, short, short}, "", 0, ""},
		{"no slices", [][]int64{nil, {}}, "", 0, ""},
		{"disturbed", [][]int64{falling, falling, falling}, "pause=1s@2s", 0, ""},
		{"failed ones are not counted", [][]int64{level, level, level, falling, falling}, "", 3, "within the trials throughput fell by 4% from the first half to the second (2 of 2 rounds)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture("unsteady")
			p := point("sync", "goredis", results.Load{Workers: 1})
			p.Disturb = test.disturb
			f.add(p, pace{60_000, make([]float64, len(test.rounds)), 1000, 9000, 1, 1, false, nil})
			for i, ops := range test.rounds {
				trial := &f.run.Trials[i]
				trial.Measured = f.measured(p, pace{sampleNS: 60_000, samples: 1000}, 1)
				trial.Slices = results.Slices{Length: time.Second, Ops: ops}
				if i < test.failed {
					trial.Status = results.Failed
				}
			}
			s, err := Summarize([]results.Run{f.run})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, w := range s.Warnings {
				if w.Code == "unsteady" {
					got += w.Seen[0].Text
				}
			}
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}
