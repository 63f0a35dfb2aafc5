package report

import (
	"testing"

	"respbench.dev/respbench/results"
)

// manyCells has the trials of a real run at so many numbers of workers: 12 cells
// and 60 trials for each.
func manyCells(t testing.TB, times int) []results.Run {
	t.Helper()
	runs, err := results.ReadFile("../results/published/two-core.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	run := runs[0]
	points, order, trials := run.Header.Points, run.Header.Order, run.Trials
	run.Header.Points, run.Header.Order, run.Trials = nil, nil, nil
	for k := range times {
		for _, p := range points {
			p.Load.Workers += 1000 * k
			run.Header.Points = append(run.Header.Points, p)
		}
		for _, at := range order {
			run.Header.Order = append(run.Header.Order, at+k*len(points))
		}
		for _, trial := range trials {
			trial.Point.Load.Workers += 1000 * k
			trial.Order += k * len(trials)
			run.Trials = append(run.Trials, trial)
		}
	}
	return []results.Run{run}
}

func TestFiguresOfManyCells(t *testing.T) {
	const times = 17
	s, err := Summarize(manyCells(t, times))
	if err != nil {
		t.Fatal(err)
	}
	figures := s.Figures()
	checkFigures(t, figures)
	const scenarios = 3
	if want := times*scenarios*3 + scenarios*4; len(s.Rows) != 12*times || len(figures) != want {
		t.Errorf("%d figures of %d rows, expected %d: a spectrum, throughput and order for each scenario and number of workers, and four of each sweep", len(figures), len(s.Rows), want)
	}
}

// BenchmarkFigures is of 1,020 trials in 204 cells.
func BenchmarkFigures(b *testing.B) {
	s, err := Summarize(manyCells(b, 17))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Figures()
	}
}
