package report

import (
	"math"
	"time"

	"respbench.dev/respbench/results"
)

// schedule makes an open loop of trials: each achieves this share of its rate,
// and its responses take so many times as long as its steps.
func (f *fixture) schedule(from int, achieved, waits float64) {
	for i := range f.run.Trials[from:] {
		t := &f.run.Trials[from+i]
		rate, m := t.Point.Load.Rate, t.Measured
		m.Window = time.Duration(float64(m.Ops) / (rate * achieved) * 1e9)
		lag, _ := f.recording(80_000, int(m.Ops))
		m.Schedule = &results.Schedule{
			Offered: rate, Achieved: rate * achieved, Due: m.Ops, Late: m.Ops / 40, Lag: lag,
		}
		for k := range m.Kinds {
			median, _ := m.Kinds[k].Service.Quantile(0.5)
			response, _ := f.recording(float64(median)*waits, int(m.Kinds[k].Ops))
			m.Kinds[k].Response = &response
		}
		if m.Schedule.Overloaded() {
			t.Warnings = []results.Warning{{Code: "overloaded", Text: "achieved less than it was offered", Advice: "a lower --rate"}}
		}
	}
}

// makeOpen has clients of which one is overloaded in some rounds, another in
// all, and a closed loop beside them.
func makeOpen() *fixture {
	f := newFixture("open2345")
	at := results.Load{Workers: 50, Rate: 5000, Arrivals: results.Uniform}
	f.schedule(f.add(point("concurrent", "raw", at), pace{150_000, steady, 10_000, 15_000, 0, 50, false, nil}), 1, 1.5)
	f.schedule(f.add(point("concurrent", "rueidis", at), pace{120_000, steady, 10_000, 9_000, 4, 1, true, nil}), 0.998, 1.8)
	some := f.add(point("concurrent", "goredis", at), pace{200_000, steady, 10_000, 18_000, 12, 10, false, nil})
	f.schedule(some, 1, 2)
	f.schedule(some+3, 0.957, 400)
	at = results.Load{Workers: 50, Rate: 100_000, Arrivals: results.Poisson}
	f.schedule(f.add(point("sync", "rueidis", at), pace{120_000, steady[:3], 10_000, 9_000, 4, 1, true, nil}), 0.612, 900)
	f.add(point("sync", "rueidis", results.Load{Workers: 50}), pace{120_000, steady[:3], 10_000, 9_000, 4, 1, true, nil})
	paced := f.add(point("get", "rueidis", results.Load{Workers: 50, Rate: 1000, Arrivals: results.Poisson}), pace{90_000, steady[:3], 10_000, 9_000, 4, 1, true, nil})
	f.schedule(paced, 1, 1.2)
	f.schedule(f.add(point("get", "rueidis", results.Load{Workers: 50, Rate: 2000, Arrivals: results.Poisson}),
		pace{90_000, steady[:3], 10_000, 9_000, 4, 1, true, nil}), 1, 1.3)
	return f
}

// mixedLoad uses all there is of a load.
var mixedLoad = results.Load{
	Workers: 8, Sizes: "64:3,1024:1", Keys: "zipf:0.99", Mix: "get:95,set:5", Misses: 0.1, BatchMax: 100,
	BatchWait: 50 * time.Microsecond, Receivers: 2, Lines: "GET {key}\nSET {key} {value}",
}

// makeKinds has two kinds of op, of which one reads, and metrics that not every
// client has.
func makeKinds() *fixture {
	f := newFixture("kinds234")
	for _, library := range []string{"raw", "rueidis", "goredis"} {
		begin := f.add(point("mixed", library, mixedLoad), pace{100_000, steady[:3], 20_000, 9_000, 4, 8, false, nil})
		for i := range f.run.Trials[begin:] {
			f.split(f.run.Trials[begin+i].Measured, library)
		}
	}
	f.fail(3, results.Failed, "2% of the steps failed: timeout")
	return f
}

func (f *fixture) split(m *results.Measured, library string) {
	get, set := m.Kinds[0], m.Kinds[0]
	get.Name, get.Unit, get.Sample = "get", "GET", "GET"
	set.Name, set.Unit, set.Sample = "set", "SET", "SET"
	set.Ops, set.Attempts = m.Ops/20, m.Ops/20
	set.Service, _ = f.recording(110_000, int(set.Ops))
	m.Ops, m.Attempts = get.Ops+set.Ops, get.Ops+set.Ops
	m.Kinds = []results.Kind{get, set}
	m.Kinds[0].Reads = &results.Reads{Hits: get.Ops, Misses: 0}
	wait, _ := f.recording(4_000, 10_000)
	m.Metrics = []results.Metric{{Name: "pool wait", Unit: "ns", Better: "lower", Values: wait}}
	if library != "rueidis" {
		return
	}
	m.Kinds[0].Reads = &results.Reads{Hits: 99_996, Misses: 4, Unintended: 1}
	memory, batches, hits := valuesOf(3<<20), valuesOf(12, 14, 19), valuesOf(88)
	m.Metrics = append(m.Metrics,
		results.Metric{Name: "batch", Unit: "commands", Values: batches},
		results.Metric{Name: "cache hits", Unit: "%", Better: "higher", Values: hits},
		results.Metric{Name: "cache memory", Unit: "bytes", Better: "lower", Values: memory})
}

func valuesOf(values ...int64) results.Recording {
	h := results.NewHistogram()
	var sum int64
	low, high := int64(math.MaxInt64), int64(0)
	for _, v := range values {
		_ = h.RecordValue(v)
		sum, low, high = sum+v, min(low, v), max(high, v)
	}
	return results.NewRecording(h, int64(len(values)), sum, low, high, 0)
}

// makeWorkersSweep has clients that cope with workers each in its own way.
func makeWorkersSweep() *fixture {
	f := newFixture("sweepwor")
	f.run.Header.Rounds = len(steady)
	for workers := 1; workers <= 64; workers *= 2 {
		w := float64(workers)
		load := results.Load{Workers: workers}
		f.add(point("concurrent", "raw", load), pace{50_000 + 14_000*max(0, w-4), steady, 1_200, 9_000, 0, workers, false, nil})
		f.add(point("concurrent", "goredis", load), pace{60_000 + 20_000*max(0, w-4), steady, 1_200, 18_000, 12, 10, false, nil})
		// It has to wait for others first, and sends more together later.
		f.add(point("concurrent", "rueidis", load), pace{70_000 + 100*w*w, steady, 1_200, 6_000, 4, 1, true, nil})
	}
	return f
}

func makeRateSweep() *fixture {
	f := newFixture("sweeprat")
	f.run.Header.Rounds = len(steady)
	for _, rate := range []float64{1000, 2000, 4000, 8000, 16000} {
		load := results.Load{Workers: 50, Rate: rate, Arrivals: results.Uniform}
		f.open("goredis", load, 9000)
		f.open("rueidis", load, 20_000)
	}
	return f
}

// open is a client that can do so much a second, and responds the later the
// closer the rate is to that.
func (f *fixture) open(library string, load results.Load, most float64) {
	use := min(load.Rate/most, 1.5)
	begin := f.add(point("concurrent", library, load), pace{100_000, steady, 1_200, 9_000, 4, 10, false, nil})
	if use >= 1 {
		f.schedule(begin, 1/use, 2000)
		return
	}
	f.schedule(begin, 1, 1/(1-use))
}
