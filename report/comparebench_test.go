package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// manyTrials is a run of a thousand trials, in so many cells, with histograms
// as rich as those of a second of work.
func manyTrials(id string, cells int) results.Run {
	const trials = 1000
	var all []ran
	for i := range cells {
		p := point("concurrent", "goredis", results.Load{Workers: i + 1})
		all = append(all, ran{p, roundsOf(100e3, trials/cells)})
	}
	run := measuredRun(id, all...)
	const distinct = 16 // recordings: they take long to make
	f := fixture{random: rand.New(rand.NewPCG(1, 2))}
	var recordings [distinct]results.Recording
	for i := range recordings {
		recordings[i], _ = f.recording(100_000*(1+0.01*f.random.Float64()), 20_000)
	}
	for i := range run.Trials {
		m := run.Trials[i].Measured
		service := recordings[f.random.IntN(distinct)]
		sum := int64(float64(service.Sum) * (1 + 0.001*f.random.Float64()))
		m.Ops, m.Attempts, m.Window = 20_000, 20_000, time.Duration(sum)
		m.Kinds[0].Ops, m.Kinds[0].Attempts, m.Kinds[0].Service = m.Ops, m.Attempts, service
		for range 10 {
			m.Slices.Ops = append(m.Slices.Ops, 2000)
			m.Slices.Errors = append(m.Slices.Errors, 0)
			m.Slices.Longest = append(m.Slices.Longest, 900_000)
			m.Slices.Coarse = append(m.Slices.Coarse, []int64{0, 0, 0, 0, 0, 0, 1900, 100})
		}
	}
	return run
}

func BenchmarkCompare(b *testing.B) {
	for _, cells := range []int{100, 20, 1} {
		base, new := manyTrials("base", cells), manyTrials("new2", cells)
		b.Run(fmt.Sprintf("cells=%d", cells), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compare([]results.Run{base}, []results.Run{new}, defaultRules()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadResults(b *testing.B) {
	file := fileOf(b, manyTrials("base", 100))
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := results.Read(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

// fileOf is the run as a writer writes it.
func fileOf(b *testing.B, run results.Run) []byte {
	b.Helper()
	var file bytes.Buffer
	line := func(kind string, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&file, "{\"type\":%q,%s\n", kind, text[1:])
	}
	line("header", run.Header)
	for _, t := range run.Trials {
		line("trial", t)
	}
	line("end", run.End)
	return file.Bytes()
}
