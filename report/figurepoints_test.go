package report

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

const publishedDir = "../results/published/"

// readFigures are those of a published file, and its trials.
func readFigures(t *testing.T, file string) (map[string]document.Figure, []results.Trial) {
	t.Helper()
	figures := map[string]document.Figure{}
	for _, f := range summarizeFile(t, publishedDir+file).Figures() {
		figures[f.Name] = f
	}
	return figures, readFile(t, publishedDir+file)[0].Trials
}

func seriesNamed(t *testing.T, f document.Figure, name string) document.Series {
	t.Helper()
	i := slices.IndexFunc(f.Series, func(s document.Series) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("%s has no series %q", f.Name, name)
	}
	return f.Series[i]
}

// ofClient are the trials of a client at a point.
func ofClient(trials []results.Trial, is func(results.Point) bool) []results.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return !is(t.Point) })
}

// middle are the median, least and most of an odd number of values.
func middle(values []float64) [3]float64 {
	slices.Sort(values)
	return [3]float64{values[len(values)/2], values[0], values[len(values)-1]}
}

// spectrumOf reads recordings anew, and returns the line that they give, in us.
func spectrumOf(t *testing.T, recordings []results.Recording) [][4]float64 {
	t.Helper()
	var line [][4]float64
	for _, x := range spectrumPlaces {
		var us []float64
		for _, r := range recordings {
			if float64(r.Count)/x < 10-1e-3 {
				continue
			}
			h, err := hdrhistogram.Decode([]byte(r.HDR))
			if err != nil {
				t.Fatal(err)
			}
			ns := min(max(h.ValueAtPercentile(100*(1-1/x)), *r.Min), *r.Max)
			us = append(us, float64(ns)/1000)
		}
		if len(us) < len(recordings) {
			break
		}
		m := middle(us)
		line = append(line, [4]float64{x, m[0], m[1], m[2]})
	}
	return line
}

func TestSpectrumPoints(t *testing.T) {
	figures, trials := readFigures(t, "two-core.jsonl")
	for _, client := range []string{"raw", "goredis"} {
		var recordings []results.Recording
		for _, trial := range ofClient(trials, func(p results.Point) bool { return p.Scenario == "sync" && p.Library == client }) {
			recordings = append(recordings, trial.Kinds[0].Service)
		}
		compareLine(t, seriesNamed(t, figures["spectrum-sync-1"], client), spectrumOf(t, recordings))
	}
	figures, trials = readFigures(t, "scenario-openloop.jsonl.gz")
	f := figures["spectrum-concurrent-1"]
	var service, response []results.Recording
	for _, trial := range ofClient(trials, func(p results.Point) bool { return p.Load.Rate == 1000 && p.Library == "rueidis" }) {
		service, response = append(service, trial.Kinds[0].Service), append(response, *trial.Kinds[0].Response)
	}
	compareLine(t, seriesNamed(t, f, "rueidis"), spectrumOf(t, response))
	compareLine(t, seriesNamed(t, f, "rueidis, service time"), spectrumOf(t, service))
}

func compareLine(t *testing.T, s document.Series, want [][4]float64) {
	t.Helper()
	got := list(s.Points, func(p document.Point) [4]float64 { return [4]float64{p.X, p.Y, p.Low, p.High} })
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" || len(want) < 20 {
		t.Errorf("%s, %d points: %s", s.Name, len(want), diff)
	}
}

func TestSpectrumHasThePercentilesOfTheTable(t *testing.T) {
	s := summarize(t, published)
	series := points(figuresOf(s.Rows[:1], newPalette(nil))[0].Series)
	l := s.Rows[0].Latency
	for x, want := range map[float64]float64{2: l.P50.Median, 10: l.P90.Median, 20: l.P95.Median, 100: l.P99.Median, 1000: l.P999.Median} {
		i := slices.IndexFunc(series, func(p document.Point) bool { return p.X == x })
		if i < 0 || math.Abs(series[i].Y*1000-want) > 1e-6*want {
			t.Errorf("at %g: %+v, expected %g ns", x, series[max(i, 0)], want)
		}
	}
}

func TestOverloadedHasNoSpectrum(t *testing.T) {
	figures, _ := readFigures(t, "scenario-openloop.jsonl.gz")
	for _, f := range figures {
		if f.Kind != document.Spectrum {
			continue
		}
		for _, s := range f.Series {
			if f.Name == "spectrum-concurrent-2" && s.Name == "goredis" {
				t.Errorf("%s has goredis, which was overloaded in a round", f.Name)
			}
		}
	}
	if _, there := figures["spectrum-concurrent-3"]; there {
		t.Error("there is a spectrum of 40,000/s, where all were overloaded")
	}
}

func TestTimelinePoints(t *testing.T) {
	figures, trials := readFigures(t, "faults.jsonl")
	f := figures["timeline-counter-1"]
	const disturb = "kill-clients@2s"
	trials = ofClient(trials, func(p results.Point) bool {
		return p.Scenario == "counter" && p.Disturb == disturb && p.Client() == "goredis"
	})
	var want [][4]float64
	for i := range 60 {
		var speeds []float64
		for _, trial := range trials {
			speeds = append(speeds, float64(trial.Slices.Ops[i])*10)
		}
		m := middle(speeds)
		want = append(want, [4]float64{float64(i)/10 + 0.05, m[0], m[1], m[2]})
	}
	compareLine(t, seriesNamed(t, f, "goredis"), want)
	marks := seriesNamed(t, f, "goredis: errors or outage").Points
	if !slices.ContainsFunc(marks, func(p document.Point) bool { return p.Mark == document.Flagged && math.Abs(p.X-2.05) < 1e-9 }) {
		t.Errorf("the slice in which connections were killed is not marked: %+v", marks)
	}
	for _, p := range points(f.Series) {
		if p.Mark != document.NoMark && p.X < 2 {
			t.Errorf("marked before anything was done, when pauses were ordinary: %+v", p)
		}
	}
	if len(f.Bands) != 1 || !f.Bands[0].Vertical || f.Bands[0].From < 2 || f.Bands[0].To > 2.1 {
		t.Errorf("bands %+v, expected one from 2 s on", f.Bands)
	}
}

func TestTimelineOfShortTrials(t *testing.T) {
	figures, _ := readFigures(t, "two-core.jsonl")
	for name, f := range figures {
		if f.Kind == document.Timeline {
			t.Errorf("%s is of trials of two slices", name)
		}
	}
}

func TestSweepPoints(t *testing.T) {
	figures, trials := readFigures(t, "scenario-sweep.jsonl.gz")
	var ops, p99 [][4]float64
	for workers := 1; workers <= 256; workers *= 2 {
		var speeds, us []float64
		for _, trial := range ofClient(trials, func(p results.Point) bool { return p.Load.Workers == workers && p.Library == "redigo" }) {
			speeds = append(speeds, float64(trial.Ops)/trial.Window.Seconds())
			ns, _ := trial.Kinds[0].Service.Quantile(0.99)
			us = append(us, float64(ns)/1000)
		}
		m, q := middle(speeds), middle(us)
		ops = append(ops, [4]float64{float64(workers), m[0], m[1], m[2]})
		p99 = append(p99, [4]float64{float64(workers), q[0], q[1], q[2]})
	}
	for metric, want := range map[string][][4]float64{"throughput": ops, "p99": p99} {
		f := figures[fmt.Sprintf("sweep-%s-concurrent-1", metric)]
		got := list(seriesNamed(t, f, "redigo").Points, func(p document.Point) [4]float64 { return [4]float64{p.X, p.Y, p.Low, p.High} })
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%s: %s", metric, diff)
		}
		if !slices.ContainsFunc(f.Bands, func(b document.Band) bool {
			return b.Vertical && b.From == 4 && b.To == 4 && b.Name == "knee of rueidis"
		}) {
			t.Errorf("%s: bands %+v lack the knee of rueidis at 4 workers", metric, f.Bands)
		}
	}
}
