package report

import (
	"maps"
	"time"

	"respbench.dev/respbench/results"
)

// A blow is what a disturbance did to a client in the first round; in each
// further one its times are a tenth longer.
type blow struct {
	took   time.Duration // until it was made
	outage time.Duration // from 1 ms after it was begun
	slow   time.Duration // few ops after the outage
	errors map[string]int64
	dials  int64
	tally  results.Tally // only of a counter
}

const (
	disturbedWindow = 6*time.Second + 13*time.Millisecond
	sliceLength     = 100 * time.Millisecond
	opsBucket       = 7 // 131 to 262 us
)

var sixSeconds = results.Limit{Duration: 6 * time.Second}

// calm adds a point of as long trials that was not disturbed.
func (f *fixture) calm(p results.Point, speed pace) {
	for i := f.add(p, speed); i < len(f.run.Trials); i++ {
		t := &f.run.Trials[i]
		t.Limit, t.Window = sixSeconds, disturbedWindow
	}
}

// disturb adds the point to the run and what was done to its trials. It
// returns where they begin.
func (f *fixture) disturb(disturb string, p results.Point, speed pace, b blow) int {
	p.Disturb = disturb
	if p.Scenario == "counter" {
		p.Load.DataSize, p.Load.Keyspace = 0, 0 // neither is used
	}
	begin := f.add(p, speed)
	for i := begin; i < len(f.run.Trials); i++ {
		suffer(&f.run.Trials[i], b)
	}
	return begin
}

func suffer(t *results.Trial, b blow) {
	longer := func(d time.Duration) time.Duration { return d * time.Duration(9+t.Round) / 10 }
	planned, err := results.ParseDisturb(t.Point.Disturb)
	if err != nil {
		panic(err)
	}
	for _, p := range planned {
		t.Disturbances = append(t.Disturbances, results.Disturbance{Name: p.Name, At: p.At + time.Millisecond/3, Took: longer(b.took)})
	}
	t.Limit, t.Errors = sixSeconds, maps.Clone(b.errors)
	t.Window = disturbedWindow + time.Duration(t.Round)*time.Millisecond
	out := results.Outage{Start: planned[0].At + time.Millisecond}
	out.End = min(out.Start+longer(b.outage), t.Window)
	if b.outage >= results.OutageFrom {
		t.Outages = []results.Outage{out}
	}
	for _, n := range b.errors {
		t.Attempts += n
		t.Kinds[0].Attempts += n
	}
	t.Conns.Dialled += b.dials
	if t.Point.Scenario == "counter" {
		tally := b.tally
		tally.Acked = t.Ops
		t.Tally = &tally
	}
	t.Slices = hitSlices(t.Ops, out, longer(b.slow), b.errors)
}

// hitSlices spreads the ops over the trial, but for the outage and the slow time after
// it, and puts all errors into the outage's first slice.
func hitSlices(ops int64, out results.Outage, slow time.Duration, errors map[string]int64) results.Slices {
	s := results.Slices{Length: sliceLength}
	for begin := time.Duration(0); begin < disturbedWindow; begin += sliceLength {
		end := min(begin+sliceLength, disturbedWindow)
		served := end - begin - overlap(begin, end, out.Start, out.End)
		if begin < out.End+slow && end > out.End {
			served /= 2
		}
		n := ops * int64(served) / int64(disturbedWindow)
		coarse := make([]int64, opsBucket+1)
		coarse[opsBucket] = n
		s.Ops, s.Coarse = append(s.Ops, n), append(s.Coarse, coarse)
		s.Longest, s.Errors = append(s.Longest, 0), append(s.Errors, 0)
	}
	for _, n := range errors {
		s.Errors[out.Start/sliceLength] += n
	}
	return s
}

func overlap(aStart, aEnd, bStart, bEnd time.Duration) time.Duration {
	return max(0, min(aEnd, bEnd)-max(aStart, bStart))
}

// makeDisturbed has one scenario with and without disturbances, one that
// counts, a client that never comes back, a round that failed, and a skip.
func makeDisturbed() *fixture {
	f := newFixture("disturb2")
	f.run.Header.Servers[0].Transport = "unix"
	few := results.Load{Workers: 10}
	raw := pace{1_400_000, steady[:3], 12_000, 15_000, 0, 10, false, nil}
	goredis := pace{1_700_000, steady[:3], 12_000, 20_000, 12, 10, false, nil}
	rueidis := pace{1_200_000, steady[:3], 12_000, 9_000, 4, 1, true, nil}
	const restart, pause, kill = "restart@2s", "pause=500ms@2s", "kill-clients@2s+kill-clients@3s"
	back := 180 * time.Millisecond
	f.disturb(restart, point("sync", "raw", few), raw, blow{took: back, outage: 201 * time.Millisecond, errors: map[string]int64{"reset": 10, "refused": 40}, dials: 10})
	f.calm(point("sync", "raw", few), raw)
	f.calm(point("sync", "rueidis", few), rueidis)
	f.disturb(restart, point("sync", "rueidis", few), rueidis, blow{took: back, outage: 230 * time.Millisecond, slow: 250 * time.Millisecond, errors: map[string]int64{"reset": 2}, dials: 3})
	f.disturb(restart, point("sync", "goredis", few), goredis, blow{took: back, outage: 10 * time.Second, errors: map[string]int64{"refused": 1234}, dials: 1200})
	f.disturb(pause, point("sync", "raw", few), raw, blow{outage: 500 * time.Millisecond})
	f.disturb(pause, point("sync", "rueidis", few), rueidis, blow{outage: 502 * time.Millisecond})
	f.disturb(kill, point("counter", "raw", few), raw, blow{errors: map[string]int64{"reset": 10}, dials: 20, tally: results.Tally{Unsure: 2}})
	twice := f.disturb(kill, point("counter", "goredis", few), goredis, blow{outage: 7 * time.Millisecond, errors: map[string]int64{"reset": 1}, dials: 11, tally: results.Tally{Lost: 1, Twice: 3}})
	f.fail(twice+1, results.Failed, "the client hangs")
	failover := point("sync", "raw", few)
	failover.Disturb = "failover@2s"
	f.run.Header.Skips = []results.Skip{{Point: failover, Reason: "no replica to take over"}}
	return f
}
