package report

import (
	"math"
	"math/rand/v2"
	"time"

	"respbench.dev/respbench/results"
)

// fewSamples are enough for a p99 and too few for a p999.
const fewSamples = 2000

// A ran is a cell of a run: the latency of each of its rounds.
type ran struct {
	point  results.Point
	rounds []float64
}

// roundsOf are the latencies of rounds that spread by half a percent.
func roundsOf(ns float64, rounds int) []float64 {
	random := rand.New(rand.NewPCG(uint64(rounds), uint64(ns)))
	values := make([]float64, rounds)
	for i := range values {
		values[i] = ns * math.Exp(0.005*random.NormFloat64())
	}
	return values
}

func syncPoint(library string) results.Point { return point("sync", library, results.Load{Workers: 1}) }

// goredis is the one cell of most tests.
func goredis(ns float64, rounds int) ran { return ran{syncPoint("goredis"), roundsOf(ns, rounds)} }

func rawCell(ns float64, rounds int) ran { return ran{syncPoint("raw"), roundsOf(ns, rounds)} }

// measuredRun has these cells.
func measuredRun(id string, cells ...ran) results.Run {
	f := newFixture(id)
	for _, c := range cells {
		f.run.Header.Points = append(f.run.Header.Points, c.point)
	}
	for i := range cells {
		for round, ns := range cells[i].rounds {
			f.run.Header.Order = append(f.run.Header.Order, i)
			f.run.Trials = append(f.run.Trials, results.Trial{
				Point: cells[i].point, Executor: "e1", Round: round + 1, Order: len(f.run.Trials) + 1,
				Status: results.OK, Limit: results.Limit{Duration: time.Second}, Measured: record(ns),
			})
		}
	}
	return f.run
}

// record is of samples of which one in 33 takes twice as long.
func record(ns float64) *results.Measured {
	service := fewOf(ns)
	sum := service.Sum
	cpu := time.Duration(ns * fewSamples / 4)
	return &results.Measured{
		Protocol: 1, Start: epoch, Window: time.Duration(sum), Ops: fewSamples, Attempts: fewSamples,
		Kinds: []results.Kind{{
			Name: "set+get", Unit: "set+get", Sample: "set+get", OpsPerSample: 1, Ops: fewSamples, Attempts: fewSamples,
			Service: service,
		}},
		Cost: results.Cost{UserCPU: &cpu, SystemCPU: &cpu, GOGC: 100},
	}
}

// fewRecordings are those that have been made: many tests want the same.
var fewRecordings = map[float64]results.Recording{}

func fewOf(ns float64) results.Recording {
	if r, made := fewRecordings[ns]; made {
		return r
	}
	h := results.NewHistogram()
	slow := int64(fewSamples / 33)
	_ = h.RecordValues(int64(ns), fewSamples-slow)
	_ = h.RecordValues(int64(2*ns), slow)
	sum := int64(ns)*(fewSamples-slow) + int64(2*ns)*slow
	r := results.NewRecording(h, fewSamples, sum, int64(ns), int64(2*ns), 0)
	fewRecordings[ns] = r
	return r
}

// together measured: two runs become the sides of one.
func asPair(id string, base, new results.Run, differ ...string) (results.Run, results.Run) {
	for i, run := range []*results.Run{&base, &new} {
		side := []string{results.BaseSide, results.NewSide}[i]
		run.Header.ID, run.Header.Pair = id, &results.Pair{Side: side, Differ: differ, Options: side + "'s options"}
		for j := range run.Trials {
			run.Trials[j].Side, run.Trials[j].Pair, run.Trials[j].Order = side, j+1, 2*j+1+i
		}
	}
	return base, new
}

func defaultRules() Rules {
	return Rules{Threshold: DefaultThreshold, Metrics: []string{"throughput", "p50", "p99"}, Alpha: DefaultAlpha}
}

// judged are the words of the gated changes: "sync goredis p50 regressed".
func judgedWords(c *Comparison) []string {
	var words []string
	for _, ch := range c.Changes {
		if ch.Gated {
			words = append(words, ch.Cell+" "+ch.Metric.Name+" "+string(ch.Verdict))
		}
	}
	return words
}
