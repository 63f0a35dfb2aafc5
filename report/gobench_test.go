package report

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
)

// benchLines parses a document as benchstat does.
func benchLines(t *testing.T, text string) (lines []*benchfmt.Result, units int) {
	t.Helper()
	in := benchfmt.NewReader(strings.NewReader(text), "text")
	for in.Scan() {
		switch record := in.Result().(type) {
		case *benchfmt.Result:
			lines = append(lines, record.Clone())
		case *benchfmt.UnitMetadata:
			units++
		default:
			t.Fatalf("%T: %v", record, record)
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return lines, units
}

// Every round of every cell that is ok is one line, under one name a cell.
func TestGoBenchHasAllRounds(t *testing.T) {
	for _, path := range publishedFiles(t) {
		s := summarizeFile(t, path)
		rounds := map[string]int{}
		lines, _ := benchLines(t, formatted(t, "gobench", s))
		for _, line := range lines {
			rounds[string(line.Name)]++
		}
		measured := 0
		for i, name := range benchNames(s.Rows) {
			if n := s.Rows[i].Rounds.OK; n > 0 {
				measured++
				if got := rounds[strings.TrimPrefix(name, "Benchmark")]; got != n {
					t.Errorf("%s: %s has %d lines of %d rounds", path, name, got, n)
				}
			}
		}
		if len(rounds) != measured {
			t.Errorf("%s: %d names of %d cells", path, len(rounds), measured)
		}
	}
}

func TestGoBenchValues(t *testing.T) {
	s := summarize(t, "default")
	lines, units := benchLines(t, formatted(t, "gobench", s))
	if units != 1+len(benchMeasures) {
		t.Errorf("%d units", units)
	}
	first, row := lines[0], s.Rows[0]
	for unit, want := range map[string]float64{
		"set+get/s": row.Throughput.Values[0], "sec/op": 1 / row.Throughput.Values[0], "p50-sec": row.Latency.P50.Values[0] / 1e9,
		"p99-sec": row.Latency.P99.Values[0] / 1e9, "p999-sec": row.Latency.P999.Values[0] / 1e9, "cpu-sec/op": row.CPU.Values[0] / 1e6,
		"B/op": row.Bytes.Values[0], "allocs/op": row.Allocs.Values[0],
	} {
		if got, known := first.Value(unit); !known || math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: %g, expected %g", unit, got, want)
		}
	}
	for key, want := range map[string]string{"goos": "linux", "goarch": "amd64", "pkg": "respbench.dev/respbench", "respbench-version": "v0.1.0", "cpu": "Example CPU 3000"} {
		if got := first.GetConfig(key); got != want {
			t.Errorf("%s: %q, expected %q", key, got, want)
		}
	}
}

func TestGoBenchNames(t *testing.T) {
	tests := []struct {
		file, want string
	}{
		{"default", "BenchmarkSync/client=raw-1"},
		{"loads", "BenchmarkConcurrent-pipelined/client=raw/workers=50/depth=8-1"},
		{"kinds", "BenchmarkMixed/client=raw/op=get-1"},
		{"disturbed", "BenchmarkSync/client=raw/disturb=restart@2s-1"},
		{"open", "BenchmarkGet/client=rueidis/rate=2000-1"},
	}
	for _, test := range tests {
		text := formatted(t, "gobench", summarize(t, test.file))
		if !strings.Contains(text, "\n"+test.want+" ") {
			t.Errorf("%s: no %s in\n%s", test.file, test.want, text)
		}
	}
}

func TestGoBenchOfHostileText(t *testing.T) {
	s := hostile(t)
	lines, _ := benchLines(t, formatted(t, "gobench", s))
	if len(lines) != s.Rows[0].Rounds.OK {
		t.Errorf("%d lines", len(lines))
	}
	_, parts := lines[0].Name.Parts()
	if len(parts) != 2 || !strings.HasPrefix(string(parts[0]), "/client=raw:=1+2,\"a%2Fb\"_<script>") {
		t.Errorf("the parts of the name are %q", parts)
	}
}

func TestDistinct(t *testing.T) {
	got := strings.Join(distinct([]string{"a", "a", "a-2", "b", "a"}, "-"), " ")
	if want := "a a-2 a-2-2 b a-3"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
}

// benchstat has a column for each client, nothing to warn of, and our medians.
func TestBenchstat(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs go")
	}
	s := summarizeFile(t, "../results/published/aa-base.jsonl.gz")
	path := filepath.Join(t.TempDir(), "bench.txt")
	if err := os.WriteFile(path, []byte(formatted(t, "gobench", s)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "benchstat", "-format", "csv", "-col", "/client", path).Output()
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		t.Fatalf("%v: %s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(out), "\n,")
	table, _, _ = strings.Cut(table, "\n\n")
	in := csv.NewReader(strings.NewReader(table))
	in.FieldsPerRecord = -1
	records, err := in.ReadAll()
	if err != nil || len(records) < 3 {
		t.Fatalf("%v: %s", err, out)
	}
	checkBenchstat(t, s, records)
}

// checkBenchstat reads clients, units, and the line of the only scenario.
func checkBenchstat(t *testing.T, s *Summary, records [][]string) {
	t.Helper()
	medians := map[string]float64{}
	for i, client := range append([]string{""}, records[0]...) {
		if client != "" && i < len(records[2]) {
			medians[client], _ = strconv.ParseFloat(records[2][i], 64)
		}
	}
	for _, r := range s.Rows {
		if got, want := medians[r.Point.Client()], r.Throughput.Median; math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: %g, expected %g: %q", r.Point.Client(), got, want, records)
		}
	}
	if len(medians) != len(s.Rows) {
		t.Errorf("%d columns of %d clients: %q", len(medians), len(s.Rows), records)
	}
}

func TestGoBenchOfAnOverload(t *testing.T) {
	for line := range strings.Lines(formatted(t, "gobench", summarize(t, "open"))) {
		if strings.Contains(line, "BenchmarkConcurrent/client=goredis-") && strings.Contains(line, "p99-ns") {
			t.Errorf("an overloaded cell has latencies: %s", line)
		}
	}
	if text := formatted(t, "gobench", summarize(t, "open")); !strings.Contains(text, "\nBenchmarkConcurrent/client=goredis") {
		t.Errorf("no overloaded cell in\n%s", text)
	}
}
