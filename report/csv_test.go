package report

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// csvLines are those of a document, by the names of its columns.
func csvLines(t *testing.T, s *Summary) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(formatted(t, "csv", s))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]string
	for _, record := range records[1:] {
		line := map[string]string{}
		for i, name := range records[0] {
			line[name] = record[i]
		}
		lines = append(lines, line)
	}
	return lines
}

func TestCSVColumns(t *testing.T) {
	header, _, _ := strings.Cut(formatted(t, "csv", summarize(t, "default")), "\n")
	want := "cell,run,started,scenario,disturb,op,client,library,variant,version,server,server_version,server_label,client_host," +
		"workers,depth,data_size,sizes,keyspace,keys,conns,mix,hit_ratio,batch_max,batch_delay_ns,receivers,commands,rate,arrivals," +
		"pin,gomaxprocs,round,order,sample,unchecked,status,metric,unit,better,value"
	if diff := cmp.Diff(want, header); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The values of a metric are those of the summary, to the last bit.
func TestCSVIsLossless(t *testing.T) {
	for _, report := range reports {
		s := summarize(t, report.files...)
		got := map[string][]float64{}
		for _, line := range csvLines(t, s) {
			if v, err := strconv.ParseFloat(line["value"], 64); err == nil {
				key := line["cell"] + " " + line["metric"]
				got[key] = append(got[key], v)
			}
		}
		for i, name := range opNames(s.Rows) {
			for _, m := range metrics {
				in := m.Name
				if m.latency() {
					in = map[bool]string{true: "response-", false: "service-"}[s.Rows[i].Schedule != nil] + in
				}
				if of := m.of(s.Rows[i]); of != nil && !slices.Equal(of.Values, got[plain(name)+" "+in]) {
					t.Errorf("%s: %s %s: %v, expected %v", report.name, name, in, got[plain(name)+" "+in], of.Values)
				}
			}
		}
	}
}

// A number is what spreadsheets take for one: no exponent, however large.
func TestCSVHasPlainNumbers(t *testing.T) {
	for _, path := range publishedFiles(t) {
		for _, line := range csvLines(t, summarizeFile(t, path)) {
			if value := line["value"]; strings.Trim(value, "-.0123456789") != "" {
				t.Fatalf("%s: %s is %s", path, line["metric"], value)
			}
		}
	}
	for v, want := range map[float64]string{1814446: "1814446", 1e21: "1000000000000000000000", 0.00000125: "0.00000125"} {
		if got := exact(v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What a disturbance did is there of each round; of other cells, nothing.
func TestCSVOfDisturbances(t *testing.T) {
	s := summarize(t, "disturbed")
	got := map[string][]string{}
	for _, line := range csvLines(t, s) {
		got[line["cell"]+" "+line["metric"]] = append(got[line["cell"]+" "+line["metric"]], line["value"])
	}
	for i, name := range opNames(s.Rows) {
		d := s.Rows[i].Disturbance
		if d == nil {
			for _, metric := range []string{"availability", "first-success", "dials", "lost"} {
				if values := got[name+" "+metric]; values != nil {
					t.Errorf("%s has %s %v", name, metric, values)
				}
			}
			continue
		}
		for metric, delays := range map[string]Delays{"without-success": d.WithoutSuccess, "first-success": d.FirstSuccess, "normal-again": d.Normal} {
			want := list(delays.Rounds, func(d stats.Delay) string {
				if d.Unknown != "" {
					return ""
				}
				return strconv.FormatInt(int64(d.Time), 10)
			})
			if diff := cmp.Diff(want, got[name+" "+metric]); diff != "" {
				t.Errorf("%s %s -want +got:\n%s", name, metric, diff)
			}
		}
		if want := list(d.Availability.Values, exact); !slices.Equal(want, got[name+" availability"]) {
			t.Errorf("%s: availability %v, want %v", name, got[name+" availability"], want)
		}
		if lost := got[name+" lost"]; (lost != nil) != (s.Rows[i].Point.Scenario == counting) {
			t.Errorf("%s: lost %v", name, lost)
		}
	}
	for metric, want := range map[string]func(*results.Tally) int64{
		"lost": func(t *results.Tally) int64 { return t.Lost }, "twice": func(t *results.Tally) int64 { return t.Twice },
	} {
		checkTallies(t, s, got, metric, want)
	}
}

func checkTallies(t *testing.T, s *Summary, got map[string][]string, metric string, of func(*results.Tally) int64) {
	t.Helper()
	for i, name := range opNames(s.Rows) {
		if s.Rows[i].Point.Scenario != counting {
			continue
		}
		want := list(s.Rows[i].good, func(g round) string {
			if g.Tally == nil {
				return ""
			}
			return strconv.FormatInt(of(g.Tally), 10)
		})
		if diff := cmp.Diff(want, got[name+" "+metric]); diff != "" {
			t.Errorf("%s %s -want +got:\n%s", name, metric, diff)
		}
	}
}

// A round's percentiles ascend from its min to its max, its mean is the sum by
// the count, and nothing is infinite.
func TestCSVInvariants(t *testing.T) {
	for _, path := range publishedFiles(t) {
		s := summarizeFile(t, path)
		rounds := map[string]map[string]float64{}
		for _, line := range csvLines(t, s) {
			v, err := strconv.ParseFloat(line["value"], 64)
			if line["value"] == "" {
				continue
			}
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s: %v: %v", path, line, err)
			}
			key := strings.Join([]string{line["cell"], line["run"], line["round"]}, "|")
			if rounds[key] == nil {
				rounds[key] = map[string]float64{}
			}
			rounds[key][line["metric"]] = v
		}
		for key, values := range rounds {
			checkAscending(t, path+": "+key, values)
		}
		checkMeans(t, path, s, rounds)
	}
}

func checkAscending(t *testing.T, name string, values map[string]float64) {
	t.Helper()
	for _, of := range []string{"service-", "response-"} {
		last := 0.0
		for _, q := range []string{"min", "p50", "p90", "p95", "p99", "p999", "max"} {
			if v, known := values[of+q]; known && v < last {
				t.Errorf("%s: %s%s is %g after %g", name, of, q, v, last)
			} else if known {
				last = v
			}
		}
	}
}

func checkMeans(t *testing.T, path string, s *Summary, rounds map[string]map[string]float64) {
	t.Helper()
	for i, name := range opNames(s.Rows) {
		r := s.Rows[i]
		for _, g := range r.good {
			key := strings.Join([]string{name, g.run, strconv.Itoa(g.Round)}, "|")
			want := float64(g.kind.Service.Sum) / float64(g.kind.Service.Count)
			if got := rounds[key]["service-mean"]; got != want && !r.overloaded() {
				t.Errorf("%s: %s: mean %g, expected %g", path, key, got, want)
			}
		}
	}
}

// What failed says so, and has no numbers but its counts; what never ran has a
// line without a round.
func TestCSVOfTroubles(t *testing.T) {
	statuses := map[string][]string{}
	for _, line := range csvLines(t, summarize(t, "troubled")) {
		client := line["scenario"] + " " + line["client"]
		if seen := line["round"] + " " + line["status"]; !slices.Contains(statuses[client], seen) {
			statuses[client] = append(statuses[client], seen)
		}
		if line["status"] != ok && !slices.Contains([]string{"errors", "attempts", ""}, line["metric"]) {
			t.Errorf("%s has %s %q", line["status"], line["metric"], line["value"])
		}
	}
	want := map[string][]string{
		"sync raw":     {"1 ok", "3 ok", "4 ok", "5 ok", "2 failed"},
		"sync goredis": {"1 failed", "2 failed", "3 failed", "4 failed", "5 failed"},
		"sync rueidis": {" interrupted"}, "sync redigo": {" skipped"},
		"concurrent raw": {"1 ok", "2 ok"}, "concurrent rueidis": {" interrupted"},
	}
	if diff := cmp.Diff(want, statuses); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCSVOfAnOverload(t *testing.T) {
	for _, line := range csvLines(t, summarize(t, "open")) {
		if line["client"] == "goredis" && strings.Contains(line["metric"], "-p") && line["value"] != "" {
			t.Fatalf("an overloaded cell has %s %s", line["metric"], line["value"])
		}
	}
}

func TestCSVRunsNothing(t *testing.T) {
	text := formatted(t, "csv", hostile(t))
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	quoted := 0
	for _, record := range records {
		for _, cell := range record {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) || strings.ContainsAny(cell, "\n\x1b\u202e") {
				t.Fatalf("a cell %q", cell)
			}
			if strings.HasPrefix(cell, "'=1+2,") {
				quoted++
			}
		}
	}
	if quoted == 0 {
		t.Error("no text is there")
	}
	for text, want := range map[string]string{"=a": "'=a", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\t=a": " =a", "a=": "a=", "": ""} {
		if got := asText(text); got != want {
			t.Errorf("%q is %q, expected %q", text, got, want)
		}
	}
}
