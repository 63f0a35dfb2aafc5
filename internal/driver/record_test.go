package driver

import (
	"encoding/binary"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

var startOfTests = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// A rehearsal is a trial whose driver says and writes what a test wants.
type rehearsal struct {
	spec    results.Spec
	passed  time.Duration // by our clock; 0: the window
	samples [][]time.Duration
	bytes   []byte // instead of samples
	record  Record
}

// perform fills in what the record does not say: the number of samples.
func (r rehearsal) perform(t *testing.T) results.Event {
	t.Helper()
	talk := begin(t, r.spec, testAccess)
	file, err := os.OpenFile(told(t, talk).Samples, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	now := startOfTests
	talk.now = func() time.Time { return now }
	say(talk, "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}")
	if r.passed == 0 {
		r.passed = time.Duration(r.record.Window)
	}
	now = now.Add(r.passed)
	say(talk, `{"event":"ended"}`)
	if _, err := file.Write(r.file()); err != nil {
		t.Fatal(err)
	}
	return talk.Event(encoded(t, Event{Event: results.EventRecord, Record: r.claim()}))
}

func (r rehearsal) file() []byte {
	if r.bytes != nil {
		return r.bytes
	}
	var text []byte
	for _, worker := range r.samples {
		for _, d := range worker {
			text = binary.LittleEndian.AppendUint64(text, uint64(d))
		}
	}
	return text
}

func (r rehearsal) claim() *Record {
	record := r.record
	if record.Samples == nil {
		for _, worker := range r.samples {
			record.Samples = append(record.Samples, int64(len(worker)))
		}
	}
	return &record
}

const ms = time.Millisecond

// twoWorkers is a trial of 1.5 s in flushes of four, with two failures.
func twoWorkers() rehearsal {
	r := rehearsal{spec: testSpec()}
	r.spec.Point.Scenario, r.spec.Point.Variant = "pipelined", "one"
	r.spec.Point.Load.Workers, r.spec.Point.Load.Depth = 2, 4
	r.samples = [][]time.Duration{
		{400 * ms, 200 * ms, 500 * ms, 400 * ms},            // ends at 0.4, 0.6, 1.1, 1.5
		{100 * ms, -300 * ms, -99 * ms, 498 * ms, 500 * ms}, // 0.1, 0.4, +1 0.5, +2 1.0, 1.5
	}
	r.record = Record{
		Window: int64(1500 * ms), Errors: map[string]int64{"timeout": 1, "strange": 1},
		FirstErrors: map[string]string{"timeout": "no reply from 127.0.0.1:6379\n in /home/me/lib", "strange": "?"},
		Warm:        Warm{Time: 5e6, Steps: 10, Failed: 2, Mismatches: 1}, UserCPU: 4e8, SystemCPU: 1e8, PeakBytes: 1 << 20,
		Connections: 3, MostConns: 2, Options: map[string]string{"max": "2", "path": "/tmp/x"},
	}
	return r
}

func TestRecordOfTwoWorkers(t *testing.T) {
	e := twoWorkers().perform(t)
	if e.Event != results.EventRecord {
		t.Fatalf("%+v", e)
	}
	got := e.Record
	want := &results.Measured{
		Protocol: 1, Failure: "1 steps got a reply that was not what was set", Start: startOfTests, Window: 1500 * ms, Ops: 28, Attempts: 36,
		Errors:    map[string]int64{"timeout": 1, "other": 1},
		FirstErrs: map[string]string{"timeout": "no reply from <server> in lib", "other": "?"},
		Slices: results.Slices{
			Length: time.Second, Ops: []int64{12, 16}, Errors: []int64{2, 0}, Longest: []int64{4e8, 5e8},
			// 100 ms lie from 2^26 ns on, 200 ms from 2^27, 400 to 500 ms from 2^28.
			Coarse: [][]int64{coarse(map[int]int64{26: 1, 27: 1, 28: 1}), coarse(map[int]int64{28: 4})},
		},
		Gap:      400 * ms,
		Warm:     results.Warm{Time: 5 * ms, Ops: 32, Attempts: 40, Errors: map[string]int64{"mismatch": 1, "other": 1}},
		Cost:     results.Cost{UserCPU: new(400 * ms), SystemCPU: new(100 * ms), PeakBytes: new(int64(1 << 20))},
		Conns:    results.Conns{Declared: 2, Dialled: 3},
		Resolved: results.Resolved{RESP: 2, Shares: true, Options: map[string]string{"max": "2", "path": "x"}},
		Kinds: []results.Kind{{
			Name: "set+get", Unit: "set+get", Sample: "flush of 4", OpsPerSample: 4, Ops: 28, Attempts: 36, WarmOps: 32, WarmAttempts: 40,
			Service: recorded(t, 400*ms, 200*ms, 500*ms, 400*ms, 100*ms, 498*ms, 500*ms),
			Failed:  recorded(t, 300*ms, 99*ms), Reads: &results.Reads{Hits: 28},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// coarse has counts by the exponent of the bucket.
func coarse(counts map[int]int64) []int64 {
	var list []int64
	for power, n := range counts {
		for len(list) <= power-results.CoarseShift {
			list = append(list, 0)
		}
		list[power-results.CoarseShift] = n
	}
	return list
}

func recorded(t *testing.T, samples ...time.Duration) results.Recording {
	t.Helper()
	h := results.NewHistogram()
	r := results.Recording{Min: new(int64(samples[0])), Max: new(int64(samples[0]))}
	for _, s := range samples {
		if err := h.RecordValue(int64(s)); err != nil {
			t.Fatal(err)
		}
		r.Count, r.Sum = r.Count+1, r.Sum+int64(s)
		*r.Min, *r.Max = min(*r.Min, int64(s)), max(*r.Max, int64(s))
	}
	return results.NewRecording(h, r.Count, r.Sum, *r.Min, *r.Max, 0)
}

// steady is a trial of one worker with n equal steps.
func steady(n int, step time.Duration) rehearsal {
	r := rehearsal{spec: testSpec(), samples: [][]time.Duration{nil}}
	for range n {
		r.samples[0] = append(r.samples[0], step)
	}
	r.record.Window = int64(time.Duration(n) * step)
	return r
}

func TestPercentilesOfARecord(t *testing.T) {
	r := steady(1000, 0)
	for i := range r.samples[0] {
		r.samples[0][i] = time.Duration(i+1) * time.Microsecond
		r.record.Window += int64(r.samples[0][i])
	}
	e := r.perform(t)
	if e.Record == nil || e.Record.Failure != "" {
		t.Fatalf("%+v", e)
	}
	service := e.Record.Kinds[0].Service
	for q, want := range map[float64]int64{0.5: 500_000, 0.9: 900_000, 0.99: 990_000} {
		if got, ok := service.Quantile(q); !ok || got < want || got > want+want/1000 {
			t.Errorf("the quantile %v is %d, expected %d", q, got, want)
		}
	}
	if *service.Min != 1000 || *service.Max != 1e6 || service.Count != 1000 || service.Sum != 500_500_000 {
		t.Errorf("%+v", service)
	}
	if e.Record.Gap != ms {
		t.Errorf("gap %v", e.Record.Gap)
	}
}

func TestSlicesOfALongTrialAreLonger(t *testing.T) {
	m := steady(130, time.Second).perform(t).Record
	ops := make([]int64, 66)
	for i := range ops {
		ops[i] = 2
	}
	ops[0], ops[65] = 1, 1 // the first step ends after a second, and the last with the trial
	if diff := cmp.Diff(ops, m.Slices.Ops); diff != "" || m.Slices.Length != 2*time.Second {
		t.Errorf("length %v, -want +got:\n%s", m.Slices.Length, diff)
	}
}

func TestRecordFailed(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*rehearsal)
		want string
	}{
		{"mismatch", func(r *rehearsal) {
			r.record.Errors = map[string]int64{"mismatch": 1}
			r.samples[0][5] *= -1
		}, "1 steps got a reply that was not what was set"},
		{"mismatch while warming", func(r *rehearsal) {
			r.record.Warm = Warm{Steps: 5000, Failed: 3, Mismatches: 2}
		}, "2 steps got a reply that was not what was set"},
		{"failures while warming", func(r *rehearsal) { r.record.Warm = Warm{Steps: 5, Failed: 3} }, ""},
		{"2 in 100", func(r *rehearsal) {
			r.record.Errors = map[string]int64{"oom": 2}
			r.samples[0][5] *= -1
			r.samples[0][6] *= -1
		}, "2 of 100 ops failed, more than 1%"},
		{"1 in 100", func(r *rehearsal) {
			r.record.Errors = map[string]int64{"oom": 1}
			r.samples[0][5] *= -1
		}, ""},
		{"nothing", func(r *rehearsal) { r.samples = [][]time.Duration{{}} }, "no op was done"},
		{"stopped before anything", func(r *rehearsal) {
			r.samples = [][]time.Duration{{}}
			r.record.Stopped = true
		}, ""},
	} {
		r := steady(100, 10*ms)
		test.edit(&r)
		e := r.perform(t)
		if e.Record == nil || e.Record.Failure != test.want || e.Record.Stopped != r.record.Stopped {
			t.Errorf("%s: got %+v, expected %q", test.name, e, test.want)
		}
	}
}

func TestRecordIsTaken(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*rehearsal)
	}{
		{"as it is", func(*rehearsal) {}},
		{"exact", func(r *rehearsal) { r.spec.Limit.Steps = 100 }},
		{"out of time", func(r *rehearsal) { r.spec.Limit = results.Limit{Steps: 200, MaxTime: time.Second} }},
		{"stopped early", func(r *rehearsal) { r.spec.Limit.Steps, r.record.Stopped = 200, true }},
		{"out of time for the least", func(r *rehearsal) { r.spec.Limit = results.Limit{MinSteps: 200, MaxTime: time.Second} }},
		{"a worker that ends in another's last step", func(r *rehearsal) {
			r.spec.Point.Load.Workers = 2
			r.samples = [][]time.Duration{{500 * ms, 400 * ms}, {900 * ms, 100 * ms}}
		}},
		{"the least", func(r *rehearsal) { r.spec.Limit = results.Limit{MinSteps: 100, MinTime: time.Second} }},
		{"a duration", func(r *rehearsal) { r.spec.Limit.Duration = time.Second }},
		{"late lines", func(r *rehearsal) { r.passed = 1200 * ms }},
		{"a late start", func(r *rehearsal) { r.passed = 820 * ms }},
		{"stopped in a call", func(r *rehearsal) { r.passed, r.record.Stopped = 2200*ms, true }},
		{"a worker that waits to the end", func(r *rehearsal) {
			r.passed, r.samples[0][99] = 1300*ms, -10*ms
			r.record.Errors = map[string]int64{"refused": 1}
		}},
		{"all CPUs", func(r *rehearsal) { r.record.UserCPU = int64(runtime.NumCPU()) * 1e9 }},
		{"given up", func(r *rehearsal) { r.samples[0], r.record.Stopped = r.samples[0][:50], true }},
		{"an unknown peak", func(r *rehearsal) { r.record.PeakBytes = 0 }},
		{"a step of no time", func(r *rehearsal) { r.samples[0] = append(r.samples[0], 0) }},
		{"a worker that came too late", func(r *rehearsal) {
			r.spec.Point.Load.Workers = 2
			r.samples = append(r.samples, nil)
		}},
		{"a worker that waits", func(r *rehearsal) {
			r.samples[0] = append([]time.Duration{-10 * ms}, r.samples[0][:60]...)
			r.record.Errors = map[string]int64{"refused": 1}
		}},
	} {
		r := steady(100, 10*ms)
		test.edit(&r)
		if e := r.perform(t); e.Event != results.EventRecord || e.Record.Stopped != r.record.Stopped {
			t.Errorf("%s: %+v", test.name, e)
		}
	}
}

func TestRecordIsRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*rehearsal)
		want string
	}{
		{"too few", func(r *rehearsal) { r.spec.Limit.Steps = 200 }, "did 100 of the 200 steps that were asked for"},
		{"too many", func(r *rehearsal) { r.spec.Limit.Steps = 99 }, "did 100 of the 99 steps that were asked for"},
		{"too many though stopped", func(r *rehearsal) { r.spec.Limit.Steps, r.record.Stopped = 99, true }, "did 100 of the 99 steps"},
		{"less than the least", func(r *rehearsal) { r.spec.Limit.MinSteps = 101 }, "did 100 of the 101 steps that were asked for at least"},
		{"too short", func(r *rehearsal) { r.spec.Limit.Duration = 2 * time.Second }, "measured for 1 s; at least 2 s was asked for"},
		{"no window", func(r *rehearsal) { r.record.Window, r.passed = 0, 1 }, "says that its window was 0 s; between its started and ended 1e-09 s passed"},
		{"a window that is too short", func(r *rehearsal) { r.passed = 1250 * ms }, "says that its window was 1 s; between its started and ended 1.25 s passed"},
		{"a window that is too long", func(r *rehearsal) { r.passed = 800 * ms }, "says that its window was 1 s; between its started and ended 0.8 s passed"},
		{"a window that is too long though stopped", func(r *rehearsal) { r.passed, r.record.Stopped = 800*ms, true }, "says that its window was 1 s"},
		{"warm mismatches", func(r *rehearsal) { r.record.Warm = Warm{Steps: 3, Failed: 1, Mismatches: 2} }, "says warm.mismatches: 2; from 0 to 1"},
		{"warm mismatches below none", func(r *rehearsal) { r.record.Warm.Mismatches = -1 }, "says warm.mismatches: -1"},
		{"other workers", func(r *rehearsal) { r.record.Samples = []int64{50, 50} }, "has samples of 2 workers, not of 1"},
		{"fewer than none", func(r *rehearsal) { r.record.Samples = []int64{-1} }, "has -1 samples of worker 0"},
		{"far too many", func(r *rehearsal) { r.record.Samples = []int64{1 << 60} }, "has 1152921504606846976 samples of worker 0"},
		{"far too many of all", func(r *rehearsal) {
			r.spec.Point.Load.Workers, r.record.Samples = 2, []int64{1 << 27, 1 << 27}
		}, "has more than 134217728 samples"},
		{"a shorter file", func(r *rehearsal) { r.record.Samples = []int64{101} }, "wrote 800 bytes of samples; those of 101 steps are 808"},
		{"a longer file", func(r *rehearsal) { r.record.Samples = []int64{99} }, "wrote 800 bytes of samples; those of 99 steps are 792"},
		{"a torn file", func(r *rehearsal) { r.bytes = make([]byte, 797) }, "wrote 797 bytes of samples; those of 100 steps are 800"},
		{"garbage", func(r *rehearsal) { r.bytes = []byte(strings.Repeat("garbage!", 100)) }, "has samples of worker 0 that sum to more than its window of 1 s"},
		{"the least number", func(r *rehearsal) { r.samples[0][3] = -1 << 63 }, "has samples of worker 0 that sum to more than its window"},
		{"more than the window", func(r *rehearsal) { r.samples[0][99] = 30 * ms }, "has samples of worker 0 that sum to more than its window of 1 s"},
		{"pauses", func(r *rehearsal) { r.samples[0] = r.samples[0][:97] }, "has samples of worker 0 that sum to 0.97 s of a window of 1 s: the end of one step is the start of the next"},
		{"uncounted failures", func(r *rehearsal) { r.samples[0][7] *= -1 }, "counts 0 errors; 1 of its samples are of failed steps"},
		{"failures that are none", func(r *rehearsal) { r.record.Errors = map[string]int64{"oom": 1} }, "counts 1 errors; 0 of its samples are of failed steps"},
		{"negative errors", func(r *rehearsal) { r.record.Errors = map[string]int64{"oom": -1} }, `counts -1 errors of the class "oom" in 100 samples`},
		{"too many errors", func(r *rehearsal) { r.record.Errors = map[string]int64{"oom": 60, "x": 60} }, "counts more errors than its 100 samples"},
		{"CPU", func(r *rehearsal) { r.record.UserCPU = int64(runtime.NumCPU()) * 11e8 }, "of user and 0 s of system CPU time, in 1 s on"},
		{"CPU of both", func(r *rehearsal) {
			r.record.UserCPU = int64(runtime.NumCPU()) * 1e9
			r.record.SystemCPU = r.record.UserCPU
		}, "of user and"},
		{"much CPU", func(r *rehearsal) { r.record.UserCPU, r.record.SystemCPU = 1<<62, 1<<62 }, "of system CPU time, in 1 s on"},
		{"negative CPU", func(r *rehearsal) { r.record.SystemCPU = -1 }, "says that it spent 0 s of user and -1e-09 s of system CPU time"},
		{"warm steps", func(r *rehearsal) { r.record.Warm.Steps = -1 }, "says warm.steps: -1; from 0 to"},
		{"warm failures", func(r *rehearsal) { r.record.Warm.Failed = 1 }, "says warm.failed: 1; from 0 to 0"},
		{"warm time", func(r *rehearsal) { r.record.Warm.Time = -1 }, "says warm.ns: -1"},
		{"connections", func(r *rehearsal) { r.record.Connections = -1 }, "says connections: -1"},
		{"most connections", func(r *rehearsal) { r.record.MostConns = -1 }, "says most_conns: -1"},
		{"peak", func(r *rehearsal) { r.record.PeakBytes = -1 }, "says peak_bytes: -1"},
		{"options", func(r *rehearsal) { r.record.Options = manyOptions(65) }, "says options: 65; from 0 to 64"},
	} {
		r := steady(100, 10*ms)
		test.edit(&r)
		e := r.perform(t)
		if e.Event != results.EventError || !strings.HasPrefix(e.Error, "the driver ") || !strings.Contains(e.Error, test.want) {
			t.Errorf("%s: got %+v, expected %s", test.name, e, test.want)
		}
	}
}

func manyOptions(n int) map[string]string {
	options := map[string]string{}
	for i := range n {
		options[strings.Repeat("x", i+1)] = ""
	}
	return options
}

func TestNothingFollowsTheRecord(t *testing.T) {
	talk := begin(t, testSpec(), testAccess)
	say(talk, "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}\n{\"event\":\"ended\"}\n{\"event\":\"record\",\"record\":{}}")
	if e := say(talk, `{"event":"beat"}`); e.Error != `the driver wrote "beat" after its record` {
		t.Errorf("%+v", e)
	}
}

func TestTextsOfARecordAreBounded(t *testing.T) {
	r := steady(10, 100*ms)
	r.record.Options = map[string]string{"a\nb": strings.Repeat("y", 500)}
	r.record.FirstErrors = map[string]string{"oom": strings.Repeat("hunter22 ", 500)}
	m := r.perform(t).Record
	if got := m.Resolved.Options["a b"]; got != strings.Repeat("y", 200) {
		t.Errorf("%q", m.Resolved.Options)
	}
	if got := m.FirstErrs["oom"]; len(got) != 200 || strings.Contains(got, "hunter") {
		t.Errorf("%q", got)
	}
}
