package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A benchMeasure is one that a line of Go benchmark text has.
type benchMeasure struct {
	unit   string
	better stats.Direction
	value  func(Row, round) (float64, bool)
}

// benchMeasures come after the throughput. Those of an overloaded cell have no
// latencies.
var benchMeasures = []benchMeasure{
	{"ns/op", stats.Lower, func(_ Row, g round) (float64, bool) {
		perSecond, known := throughput(g)
		return 1e9 / max(perSecond, 1e-9), known && perSecond > 0
	}},
	benchLatency("p50-ns", "p50"),
	benchLatency("p99-ns", "p99"),
	benchLatency("p999-ns", "p999"),
	{"cpu-ns/op", stats.Lower, func(_ Row, g round) (float64, bool) {
		us, known := clientCPU(g)
		return 1000 * us, known
	}},
	{"B/op", stats.Lower, func(_ Row, g round) (float64, bool) { return allocBytes(g) }},
	{"allocs/op", stats.Lower, func(_ Row, g round) (float64, bool) { return allocs(g) }},
}

func benchLatency(unit, quantile string) benchMeasure {
	i := slices.Index(quantileNames[:], quantile)
	return benchMeasure{unit, stats.Lower, func(r Row, g round) (float64, bool) {
		v, known := g.latency().quantile(i)
		return v, known && !r.overloaded()
	}}
}

// benchConfig are facts of the whole text, by the key of a line.
var benchConfig = []struct {
	key string
	of  func(Row) string
}{
	{"goos", func(r Row) string { return r.Machine.OS }},
	{"goarch", func(r Row) string { return r.Machine.Arch }},
	{"pkg", func(Row) string { return "respbench.dev/respbench" }},
	{"cpu", func(r Row) string { return r.Machine.CPU }},
	{"respbench-version", func(r Row) string { return strings.TrimPrefix(r.Key[results.FieldTool], "respbench ") }},
	{"server", func(r Row) string { return serverCell(r.Server) }},
	{"client-host", func(r Row) string { return r.Machine.Label }},
}

// writeGoBench writes a line for each round of each cell that is ok.
func writeGoBench(w io.Writer, s *Summary, _ Layout) error {
	var out strings.Builder
	for _, c := range benchConfig {
		if value, same := common(s.Rows, c.of); same {
			fmt.Fprintf(&out, "%s: %s\n", c.key, plain(value))
		}
	}
	out.WriteString("\n")
	for _, unit := range opUnits(s.Rows) {
		fmt.Fprintf(&out, "Unit %s better=%s\n", unit, betterWord(stats.Higher))
	}
	for _, m := range benchMeasures {
		fmt.Fprintf(&out, "Unit %s better=%s\n", m.unit, betterWord(m.better))
	}
	out.WriteString("\n")
	for i, name := range benchNames(s.Rows) {
		s.Rows[i].goBench(&out, name)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// common is what all rows have that have it at all; false if they differ, or
// none has it.
func common(rows []Row, of func(Row) string) (string, bool) {
	var values []string
	for _, r := range rows {
		if v := of(r); v != "" && v != nothing {
			values = addNew(values, v)
		}
	}
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// opUnits are those of the throughputs.
func opUnits(rows []Row) []string {
	var units []string
	for _, r := range rows {
		if r.Throughput != nil {
			units = addNew(units, benchWord(r.Unit)+"/s")
		}
	}
	return units
}

func (r Row) goBench(out *strings.Builder, name string) {
	for _, g := range r.good {
		fmt.Fprintf(out, "%s %d", name, g.kind.Ops)
		if v, known := throughput(g); known {
			fmt.Fprintf(out, " %s %s/s", fixed(v), benchWord(r.Unit))
		}
		for _, m := range benchMeasures {
			if v, known := m.value(r, g); known {
				fmt.Fprintf(out, " %s %s", fixed(v), m.unit)
			}
		}
		out.WriteString("\n")
	}
}

// fixed is exact without an exponent, which not every reader knows.
func fixed(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// benchNames tell rows apart. Each ends in GOMAXPROCS, also where that is 1: else
// the end of a value might be taken for it.
func benchNames(rows []Row) []string {
	var names []string
	for _, group := range byScenario(rows) {
		differs := slices.DeleteFunc(differing(group), func(f results.Field) bool { return f == results.FieldProcs })
		_, oneOp := common(group, func(r Row) string { return r.Op })
		for _, r := range group {
			name := r.benchName(differs)
			if !oneOp && r.Op != "" {
				name += "/op=" + benchWord(r.Op)
			}
			names = append(names, name)
		}
	}
	names = distinct(names, "/cell=")
	for i, r := range rows {
		names[i] += "-" + strconv.Itoa(max(r.Point.Placement.Procs, 1))
	}
	return names
}

func (r Row) benchName(differs []results.Field) string {
	name := "Benchmark" + capital(benchWord(r.Point.Scenario)) + "/client=" + benchWord(r.Point.Client())
	if r.Point.Disturb != "" {
		name += "/disturb=" + benchWord(r.Point.Disturb)
	}
	for _, f := range differs {
		if value := r.Key[f]; value != "" {
			name += "/" + benchKey(f) + "=" + benchWord(withoutUnit(value))
		}
	}
	return name
}

// benchKey is the field's name as a key: "data-size".
func benchKey(f results.Field) string {
	return strings.ToLower(strings.ReplaceAll(f.String(), " ", "-"))
}

// withoutUnit makes "16 B" and "5000/s" numbers.
func withoutUnit(value string) string {
	for _, unit := range []string{" B", "/s"} {
		if number, found := strings.CutSuffix(value, unit); found {
			if _, err := strconv.ParseFloat(number, 64); err == nil {
				return number
			}
		}
	}
	return value
}

// benchWord is one part of a name: without spaces, and without what ends a part.
func benchWord(s string) string {
	var b strings.Builder
	for _, r := range plain(s) {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte('_')
		case r == '/' || r == '%':
			fmt.Fprintf(&b, "%%%02X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// capital makes a word one that may follow "Benchmark".
func capital(word string) string {
	letters := []rune(word)
	if len(letters) > 0 {
		letters[0] = unicode.ToUpper(letters[0])
	}
	return string(letters)
}

// distinct makes names differ that do not: a second one ends in mark and "2".
func distinct(names []string, mark string) []string {
	taken := map[string]bool{}
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name
		for n := 2; taken[all[i]]; n++ {
			all[i] = name + mark + strconv.Itoa(n)
		}
		taken[all[i]] = true
	}
	return all
}
