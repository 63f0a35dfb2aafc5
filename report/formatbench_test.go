package report

import (
	"io"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// aThousandTrials is a run of a thousand trials, of as many cells as a matrix has:
// the trials of a published one, under other numbers of keys.
func aThousandTrials(tb testing.TB) results.Run {
	tb.Helper()
	const cells, rounds = 200, 5
	runs, err := results.ReadFile(filepath.Join("testdata", published+".jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	run := runs[0]
	of := map[string][]results.Trial{} // by scenario and client
	for _, t := range run.Trials {
		name := t.Point.Cell() + " " + t.Point.Client()
		of[name] = append(of[name], t)
	}
	points := run.Header.Points
	run.Header.Points, run.Header.Order, run.Header.Rounds, run.Trials = nil, nil, rounds, nil
	for i := range cells {
		p := points[i%len(points)]
		trials := of[p.Cell()+" "+p.Client()]
		p.Load.Keyspace += i / len(points)
		run.Header.Points = append(run.Header.Points, p)
		for round, t := range trials[:rounds] {
			run.Header.Order = append(run.Header.Order, i)
			t.Point, t.Round, t.Order, t.Seed = p, round+1, len(run.Trials)+1, uint64(i)
			run.Trials = append(run.Trials, t)
		}
	}
	return run
}

func writeRun(tb testing.TB, run results.Run) (path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "many.jsonl")
	w, err := results.Create(path, true)
	if err != nil {
		tb.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	must(w.Header(run.Header))
	for _, t := range run.Trials {
		must(w.Trial(t))
	}
	must(w.End(*run.End))
	must(w.Close())
	return path
}

// BenchmarkFormats reports a thousand trials: reading alone, a summary of what
// was read, each format of the summary, and all of it for each format, with the
// bytes of the document and the largest heap.
func BenchmarkFormats(b *testing.B) {
	path := writeRun(b, aThousandTrials(b))
	read := func() *Summary {
		runs, err := results.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		s, err := Summarize(runs)
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := results.ReadFile(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read+summarize", func(b *testing.B) {
		for b.Loop() {
			read()
		}
	})
	summary := read()
	for _, format := range Formats() {
		b.Run(format.Name, func(b *testing.B) { benchmarkFormat(b, format, func() *Summary { return summary }) })
		b.Run("all/"+format.Name, func(b *testing.B) { benchmarkFormat(b, format, read) })
	}
}

func benchmarkFormat(b *testing.B, format Format, of func() *Summary) {
	var out counter
	runtime.GC()
	stop, largest := watchHeap()
	for b.Loop() {
		out = 0
		if err := format.Write(&out, of(), Layout{}); err != nil {
			b.Skip(err)
		}
	}
	stop()
	b.ReportMetric(float64(out), "document-B")
	b.ReportMetric(float64(largest.Load())/1e6, "heap-MB")
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)

// watchHeap looks at the heap, garbage included, every few milliseconds.
func watchHeap() (stop func(), largest *atomic.Uint64) {
	largest = new(atomic.Uint64)
	done, ended := make(chan struct{}), make(chan struct{})
	look := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		largest.Store(max(largest.Load(), m.HeapAlloc))
	}
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				look()
				return
			case <-time.After(5 * time.Millisecond):
				look()
			}
		}
	}()
	return func() { close(done); <-ended }, largest
}
