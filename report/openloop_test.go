package report

import (
	"strings"
	"testing"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// openRun is a run of one cell at a rate, whose responses take so many times as
// long as its steps.
func openRun(id string, rounds int, achieved, waits float64) results.Run {
	f := newFixture(id)
	load := results.Load{Workers: 10, Rate: 5000, Arrivals: results.Uniform}
	f.schedule(f.add(point("sync", "goredis", load), pace{100_000, spreadOf(1, rounds), 1_500, 9_000, 4, 10, false, nil}), achieved, waits)
	return f.run
}

func TestPercentilesAreOfResponses(t *testing.T) {
	r := rowsOf([]results.Run{openRun("open2222", 5, 1, 3)})[0]
	if r.Latency.P50 == nil || r.Response.P50 == nil || r.Response.P50.Median < 2.5*r.Latency.P50.Median {
		t.Fatalf("service %+v, response %+v", r.Latency.P50, r.Response.P50)
	}
	for _, name := range []string{"p50", "p90", "p95", "p99"} {
		m, err := MetricNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		if sampled := m.sample(r).summary; m.of(r) == nil || m.of(r).Median != sampled.Median || m.of(r).Median < 2.5*r.Latency.P50.Median {
			t.Errorf("%s: %+v and %+v", name, m.of(r), sampled)
		}
	}
}

func TestOpenComparison(t *testing.T) {
	closed := measuredRun("clos2222", ran{point("sync", "goredis", results.Load{Workers: 10}), roundsOf(100_000, 10)})
	kept, slower := openRun("kept2222", 10, 1, 3), openRun("slow2222", 10, 1, 6)
	f := &fixture{run: openRun("over2222", 10, 1, 3), random: newFixture("over2222").random}
	f.schedule(9, 0.9, 900)
	over := f.run
	tests := []struct {
		name      string
		base, new results.Run
		differ    string
		verdict   stats.Verdict // on p50
		reason    string
		result    Result
	}{
		{"kept", kept, openRun("kept3333", 10, 1, 3), "", stats.Unchanged, "", Passed},
		{"slower to respond", kept, slower, "", stats.Regressed, "worse by", Regression},
		{"overloaded", kept, over, "", stats.Inconclusive, "new was overloaded in 1 of 10 rounds: achieved 4,500 of 5,000 a second", Unsettled},
		{"was overloaded", over, kept, "", stats.Inconclusive, "base was overloaded in 1 of 10 rounds", Unsettled},
		{"closed before", closed, kept, "rate", Incomparable, "base is a closed loop and has service times, new has response times", NotDecidable},
		{"closed now", kept, closed, "rate", Incomparable, "base has response times, new is a closed loop and has service times", NotDecidable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base, new := test.base, test.new
			if test.differ != "" {
				base, new = asPair("pair2222", base, new, test.differ)
				for _, run := range []*results.Run{&base, &new} {
					for i := range run.Trials {
						run.Trials[i].Limit, run.Trials[i].Warmup = results.Limit{}, results.Warmup{}
					}
				}
			}
			rules := defaultRules()
			rules.Metrics = []string{"throughput", "p50"}
			c, err := Compare([]results.Run{base}, []results.Run{new}, rules)
			if err != nil {
				t.Fatal(err)
			}
			for _, ch := range c.Changes {
				if ch.Metric.Name != "p50" {
					continue
				}
				if ch.Verdict != test.verdict || !strings.Contains(ch.Reason, test.reason) {
					t.Errorf("%s: %s; expected %s: %s", ch.Verdict, ch.Reason, test.verdict, test.reason)
				}
				if test.verdict == stats.Inconclusive && ch.Base != nil && ch.New != nil {
					t.Error("the side that was overloaded has a latency")
				}
				if words := ch.metricWords(); strings.HasPrefix(words, "response p50") != (ch.Point.Load.Rate > 0) {
					t.Errorf("named %q", words)
				}
			}
			if result, why := c.Result(true); result != test.result {
				t.Errorf("%s: %s, expected %s", result, why, test.result)
			}
		})
	}
}

func TestLimitsOfOpenLoops(t *testing.T) {
	limit, err := ParseLimit("p99>100us")
	if err != nil {
		t.Fatal(err)
	}
	breaches, unknown, _ := CheckLimits(rowsOf([]results.Run{openRun("open2222", 5, 1, 3)}), []Limit{limit})
	if len(breaches) != 1 || len(unknown) > 0 || !strings.HasPrefix(breaches[0].Text, "sync goredis: response p99 ") {
		t.Errorf("kept: %+v, %q", breaches, unknown)
	}
	breaches, unknown, _ = CheckLimits(rowsOf([]results.Run{openRun("over2222", 5, 0.612, 3)}), []Limit{limit})
	want := "p99>100us was not checked (overloaded: achieved 3,060 of 5,000 a second; its latencies tell how long it ran): sync goredis"
	if len(breaches) > 0 || len(unknown) != 1 || unknown[0] != want {
		t.Errorf("overloaded: %+v, %q", breaches, unknown)
	}
}

// Several kinds of op have limits, and names, of their own.
func TestLimitsOfKinds(t *testing.T) {
	limit, err := ParseLimit("p50>105us")
	if err != nil {
		t.Fatal(err)
	}
	breaches, _, _ := CheckLimits(rowsOf(readRuns(t, "kinds")), []Limit{limit})
	var cells []string
	for _, b := range breaches {
		cells = append(cells, b.Cell)
	}
	if got := strings.Join(cells, ", "); got != "mixed rueidis set, mixed goredis set" {
		t.Errorf("beyond the limit: %s", got)
	}
}

func TestShareWords(t *testing.T) {
	for want, share := range map[string]float64{
		"100%": 1, "0%": 0, "99.996%": 0.99996, "95.0%": 0.95, "2.5%": 0.025, "0.01%": 0.0001, "99.9%": 0.999, "99.99999%": 0.9999999,
	} {
		if got := shareWords(share); got != want {
			t.Errorf("%g is %s, expected %s", share, got, want)
		}
	}
}

func TestByteScale(t *testing.T) {
	for want, bytes := range map[string]float64{"B": 400, "KiB": 600, "MiB": 3 << 20, "GiB": 1 << 30} {
		if got := byteScale([]float64{bytes, 8 << 30}).unit; got != want {
			t.Errorf("%g B is in %s, expected %s", bytes, got, want)
		}
	}
}

func TestRateWords(t *testing.T) {
	for want, rate := range map[string]float64{"5,000/s": 5000, "0.5/s": 0.5, "1,234.25/s": 1234.25, "200,000/s": 2e5} {
		if got := rateWords(rate); got != want {
			t.Errorf("%g is %s, expected %s", rate, got, want)
		}
	}
}
