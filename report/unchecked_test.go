package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

const firstByte = "first byte of a batch of 16"

// withoutLook makes the trials from one on those of a client that looks at no reply;
// apart: it sends SET and GET apart, and knows when the first byte came.
func withoutLook(run results.Run, from int, apart bool) results.Run {
	for i := range run.Trials[from:] {
		t := &run.Trials[from+i]
		t.Warnings = []results.Warning{{Code: "unchecked", Text: "it looks at no reply", Advice: "look at it"}}
		if !apart {
			continue
		}
		set := t.Kinds[0]
		set.Name, set.Unit, set.Sample, set.OpsPerSample = "set", "set", firstByte, 16
		get := set
		get.Name, get.Unit = "get", "get"
		t.Kinds = []results.Kind{set, get}
	}
	return run
}

// besideBlind has raw and rueidis, and a client that looks at no reply.
func besideBlind(t *testing.T, apart bool) *Summary {
	t.Helper()
	run := measuredRun("blind222", rawCell(1e5, 5), ran{syncPoint("rueidis"), roundsOf(2e5, 5)}, ran{syncPoint("redis-benchmark"), roundsOf(5e4, 5)})
	for i := range run.Trials[:10] {
		run.Trials[i].Kinds[0].Reads = &results.Reads{Hits: fewSamples}
	}
	s, err := Summarize([]results.Run{withoutLook(run, 10, apart)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestUncheckedRowsAreMarked(t *testing.T) {
	s := besideBlind(t, true)
	checkColumns(t, s.sheets()[0], map[string][]string{
		"status":     {ok, ok, "ok, unchecked", "ok, unchecked"},
		"latency of": {"set+get", "set+get", firstByte, firstByte},
	})
	for width := 20; width < 200; width += 10 {
		narrow := fitted(s.sheets(), width)[0]
		if !narrow.has("status") || narrow.has("p50") && !narrow.has("latency of") {
			t.Errorf("at %d columns without %v", width, narrow.leftOut)
		}
	}
	for _, format := range []string{"table", "markdown", "html"} {
		text := formatted(t, format, s)
		for _, want := range []string{"ok, unchecked", firstByte, "unchecked: this client looks at no reply", "a client that looks at no reply does not know them"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%s without %q:\n%.3000s", format, want, text)
			}
		}
	}
}

func checkColumns(t *testing.T, s sheet, want map[string][]string) {
	t.Helper()
	got := map[string][]string{}
	for _, c := range s.columns {
		if _, asked := want[c.name]; asked {
			got[c.name] = c.cells
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUncheckedRowsInMachineFormats(t *testing.T) {
	s := besideBlind(t, true)
	for _, line := range csvLines(t, s) {
		want := []string{"false", "set+get"}
		if line["client"] == "redis-benchmark" {
			want = []string{"true", firstByte}
		}
		if diff := cmp.Diff(want, []string{line["unchecked"], line["sample"]}); diff != "" {
			t.Fatalf("%s: -want +got:\n%s", line["cell"], diff)
		}
	}
	var document struct {
		Rows []struct {
			Client, Sample string
			Unchecked      bool
		}
	}
	if err := json.Unmarshal([]byte(formatted(t, "json", s)), &document); err != nil {
		t.Fatal(err)
	}
	for _, r := range document.Rows {
		if is := r.Client == "redis-benchmark"; r.Unchecked != is || (r.Sample == firstByte) != is {
			t.Errorf("%+v", r)
		}
	}
}

// Even an op of the same name is compared with none.
func TestUncheckedRowsAreNotCompared(t *testing.T) {
	s := besideBlind(t, false)
	for _, r := range s.Rows {
		if (r.VsRaw != nil) != (r.Point.Library == "rueidis") {
			t.Errorf("%s: vs raw %v", r.Point.Client(), r.VsRaw)
		}
	}
	head := s.document("").Headlines
	if len(head) != 2 || !strings.HasPrefix(head[0], "sync: rueidis served ") || strings.Contains(head[0], "benchmark") ||
		head[1] != "no claim is made about 1 cell: sync redis-benchmark (unchecked)" {
		t.Errorf("headlines %q", head)
	}
}

// A sweep names no knee of it in front, and nobody is ahead of it.
func TestUncheckedCurves(t *testing.T) {
	run := makeWorkersSweep().run
	for i := range run.Trials {
		if run.Trials[i].Point.Library == "goredis" {
			run.Trials[i] = withoutLook(results.Run{Trials: run.Trials[i : i+1]}, 0, false).Trials[0]
		}
	}
	s, err := Sweep([]results.Run{run}, SweepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Crossings) != 1 || strings.Contains(strings.Join(s.headlines(), "\n"), "goredis") {
		t.Errorf("%d crossings, headlines %q", len(s.Crossings), s.headlines())
	}
	if text := formattedSweep(t, s); strings.Count(text, "ok, unchecked") != 7 {
		t.Errorf("not every load is marked:\n%s", text)
	}
}

func formattedSweep(t *testing.T, s *SweepSummary) string {
	t.Helper()
	var out strings.Builder
	if err := writeSweepTable(&out, s, Layout{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestToneOfMarkedStatus(t *testing.T) {
	if got := toneOf("partial, unchecked: failed in round 2"); got != toneOf(partial) {
		t.Errorf("tone %v", got)
	}
}
