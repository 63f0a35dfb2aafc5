package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// mixedRun has gets, and for each nine of them so many sets as share says, by
// library and round.
func mixedRun(share func(library string, round int) float64) results.Run {
	run := measuredRun("mixed222", slower("rueidis", 1, 1.01, 0.99, 1.02, 0.98), slower("goredis", 2, 2.02, 1.98, 2.04, 1.96))
	for i := range run.Trials {
		trial := &run.Trials[i]
		get := trial.Kinds[0]
		get.Name, get.Unit, get.Ops = "get", "get", 9000
		set := get
		set.Name, set.Unit = "set", "set"
		set.Ops = int64(1000 * share(trial.Point.Library, trial.Round))
		trial.Kinds = []results.Kind{set, get}
	}
	return run
}

func TestOpsInProportionAreRankedOnce(t *testing.T) {
	const (
		larger = "; the difference is larger than the spread"
		gets   = "sync: rueidis served 2.0x the gets per second of goredis with 1 worker "
	)
	for _, test := range []struct {
		name  string
		share func(library string, round int) float64
		want  []string
	}{
		{"same", func(string, int) float64 { return 1 }, []string{gets + "(op get, and in proportion set)" + larger}},
		{"but for chance", func(_ string, round int) float64 { return 1 + float64(round)/50 }, []string{gets + "(op get, and in proportion set)" + larger}},
		{"another leader", func(library string, _ int) float64 { return map[string]float64{"rueidis": 1, "goredis": 3}[library] }, []string{
			"sync: goredis served 1.50x the sets per second of rueidis with 1 worker (op set)" + larger +
				"; but rueidis had 0.50x the p99 of goredis (200 us and 400 us), which is larger than the spread", gets + "(op get)" + larger,
		}},
		{"another share", func(library string, _ int) float64 { return map[string]float64{"rueidis": 3, "goredis": 1}[library] }, []string{
			"sync: rueidis served 6.0x the sets per second of goredis with 1 worker (op set)" + larger, gets + "(op get)" + larger,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, headlinesOf(t, mixedRun(test.share))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The p99 of an op is its own, also where its throughput is not.
func TestTailsOfOpsInProportion(t *testing.T) {
	run := mixedRun(func(string, int) float64 { return 1 })
	for i := range run.Trials {
		if trial := &run.Trials[i]; trial.Point.Library == "goredis" {
			trial.Window /= 4
		}
	}
	want := []string{"sync: goredis served 2.0x the gets per second of rueidis with 1 worker (op get, and in proportion set); the difference is larger than the spread" +
		"; but rueidis had 0.50x the p99 of goredis (200 us and 400 us) in get, which is larger than the spread" +
		"; but rueidis had 0.50x the p99 of goredis (200 us and 400 us) in set, which is larger than the spread"}
	if diff := cmp.Diff(want, headlinesOf(t, run)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
