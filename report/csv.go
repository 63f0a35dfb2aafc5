package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/results"
)

// A csvColumn is one that says what a value is of. Its round is nil where a
// cell has none.
type csvColumn struct {
	name string
	of   func(Row, *round) string
}

// csvColumns come after "cell" and before "status", "metric", "unit", "better"
// and "value".
var csvColumns = slices.Concat([]csvColumn{
	ofRound("run", func(g *round) string { return g.run }),
	ofRound("started", func(g *round) string { return g.started.UTC().Format(time.RFC3339Nano) }),
	ofRow("scenario", func(r Row) string { return r.Point.Scenario }),
	ofRow("disturb", func(r Row) string { return r.Point.Disturb }),
	ofRow("op", func(r Row) string { return r.Op }),
	ofRow("client", func(r Row) string { return r.Point.Client() }),
	ofRow("library", func(r Row) string { return r.Point.Library }),
	ofRow("variant", func(r Row) string { return r.Key[results.FieldVariant] }),
	ofRow("version", func(r Row) string { return r.Version }),
	ofRow("server", func(r Row) string { return r.Server.Name }),
	ofRow("server_version", func(r Row) string { return r.Server.Version }),
	ofRow("server_label", func(r Row) string { return r.Server.Label }),
	ofRow("client_host", func(r Row) string { return r.Machine.Label }),
}, csvLoad, []csvColumn{
	ofRow("pin", func(r Row) string { return r.Point.Placement.Pin }),
	ofRow("gomaxprocs", func(r Row) string { return whole(r.Point.Placement.Procs) }),
	ofRound("round", func(g *round) string { return whole(g.Round) }),
	ofRound("order", func(g *round) string { return whole(g.Order) }),
	ofRow("sample", func(r Row) string { return r.Sample }),
	ofRow(unchecked, func(r Row) string { return strconv.FormatBool(r.unchecked()) }),
})

// csvLoad has the names of the JSON document.
var csvLoad = []csvColumn{
	ofLoad("workers", func(l results.Load) string { return whole(l.Workers) }),
	ofLoad("depth", func(l results.Load) string { return whole(l.Depth) }),
	ofLoad("data_size", func(l results.Load) string { return whole(l.DataSize) }),
	ofLoad("sizes", func(l results.Load) string { return l.Sizes }),
	ofLoad("keyspace", func(l results.Load) string { return whole(l.Keyspace) }),
	ofLoad("keys", func(l results.Load) string { return l.Keys }),
	ofLoad("conns", func(l results.Load) string { return whole(l.Conns) }),
	ofLoad("mix", func(l results.Load) string { return l.Mix }),
	ofLoad("hit_ratio", func(l results.Load) string {
		if l.Misses == 0 {
			return ""
		}
		return exact(1 - l.Misses)
	}),
	ofLoad("batch_max", func(l results.Load) string { return whole(l.BatchMax) }),
	ofLoad("batch_delay_ns", func(l results.Load) string { return whole(l.BatchWait) }),
	ofLoad("receivers", func(l results.Load) string { return whole(l.Receivers) }),
	ofLoad("commands", func(l results.Load) string { return strings.ReplaceAll(l.Lines, "\n", "; ") }),
	ofLoad("rate", func(l results.Load) string {
		if l.Rate == 0 {
			return ""
		}
		return exact(l.Rate)
	}),
	ofLoad("arrivals", func(l results.Load) string { return l.Arrivals }),
}

func ofRow(name string, of func(Row) string) csvColumn {
	return csvColumn{name, func(r Row, _ *round) string { return of(r) }}
}

func ofLoad(name string, of func(results.Load) string) csvColumn {
	return ofRow(name, func(r Row) string { return of(r.Point.Load) })
}

func ofRound(name string, of func(*round) string) csvColumn {
	return csvColumn{name, func(_ Row, g *round) string {
		if g == nil {
			return ""
		}
		return of(g)
	}}
}

// whole is empty for a zero, where that means unknown or unused.
func whole[T ~int | ~int64](n T) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// exact has as many digits as it takes to read the same number back, and no
// exponent: spreadsheets and people read whole numbers as such.
func exact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// writeCSV writes a line for each value of each round of each cell.
func writeCSV(w io.Writer, s *Summary, _ Layout) error {
	out := csv.NewWriter(w)
	header := []string{"cell"}
	for _, c := range csvColumns {
		header = append(header, c.name)
	}
	// The writer keeps its first error.
	_ = out.Write(append(header, "status", "metric", "unit", "better", "value"))
	for i, name := range opNames(s.Rows) {
		_ = out.WriteAll(s.Rows[i].csv(name))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// csv are the lines of a cell; one that has no rounds has a line that says so.
func (r Row) csv(name string) [][]string {
	var lines [][]string
	for i := range r.good {
		g := &r.good[i]
		lines = append(lines, r.csvRound(name, g, string(g.Status), r.values(g))...)
	}
	for i := range r.failures {
		g := &r.failures[i]
		lines = append(lines, r.csvRound(name, g, string(g.Status), g.counts())...)
	}
	if len(lines) == 0 {
		return r.csvRound(name, nil, r.Status, []roundValue{{}})
	}
	return lines
}

func (r Row) csvRound(name string, g *round, status string, values []roundValue) [][]string {
	of := []string{asText(name)}
	for _, c := range csvColumns {
		of = append(of, asText(c.of(r, g)))
	}
	of = append(of, asText(status))
	lines := make([][]string, len(values))
	for i, v := range values {
		value := ""
		if v.known {
			value = exact(v.value)
		}
		lines[i] = append(slices.Clip(of), asText(v.metric), asText(v.unit), asText(v.better), value)
	}
	return lines
}

// asText keeps a spreadsheet from running a cell as a formula.
func asText(s string) string {
	s = plain(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
