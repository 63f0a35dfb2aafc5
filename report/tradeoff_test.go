package report

import (
	"cmp"
	"slices"

	"respbench.dev/respbench/internal/stats"
)

// A tradeOff is what coalesced costs and gains beside concurrent, of the same
// client at the same load.
type tradeOff struct {
	builder
	alone map[callers]Row // concurrent's
}

// callers are of one client at one rate; 0: a closed loop.
type callers struct {
	client string
	rate   float64
}

func tradeOffSheet(rows []Row) sheet {
	t := tradeOff{alone: map[callers]Row{}}
	var batched []Row
	for _, r := range rows {
		if batches(r) {
			batched = append(batched, r)
		} else {
			t.alone[callersOf(r)] = r
		}
	}
	slices.SortStableFunc(batched, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Point.Client(), b.Point.Client()),
			cmp.Compare(a.Point.Load.Rate, b.Point.Load.Rate), cmp.Compare(a.Point.Load.BatchWait, b.Point.Load.BatchWait))
	})
	for i, r := range batched {
		if base, found := t.alone[callersOf(r)]; found && (i == 0 || callersOf(batched[i-1]) != callersOf(r)) {
			t.rows = append(t.rows, base)
		}
		t.rows = append(t.rows, r)
	}
	t.sheet.head = plain(headline(batched, differing(batched)) + "; p50 of response times, in the closed loop of service times")
	t.identify()
	t.delays()
	t.compare("throughput", "ops/s", 1, func(r Row) *stats.Summary { return r.Throughput })
	t.compare("client CPU", "us/op", 1, func(r Row) *stats.Summary { return r.CPU })
	t.compare("server CPU", "us/op", 1, func(r Row) *stats.Summary { return r.ServerCPU })
	t.scaled("batch", "commands", 1, func(r Row) *stats.Summary { s, _ := r.series("batch"); return s.Mean })
	return t.sheet
}

func callersOf(r Row) callers { return callers{r.Point.Client(), r.Point.Load.Rate} }

func batches(r Row) bool { return r.Point.Scenario == "coalesced" }

func (t *tradeOff) identify() {
	t.variety("client", func(r Row) string { return r.Point.Client() })
	t.add("load", "", true, func(r Row) string {
		if r.open() {
			return rateWords(r.Point.Load.Rate)
		}
		return "closed loop"
	})
	t.add("batch delay", "", true, func(r Row) string {
		if batches(r) {
			return durationWords(r.Point.Load.BatchWait)
		}
		return "(" + r.Point.Scenario + ")"
	})
}

// delays are by how much longer a caller waits: response times, service times
// in the closed loop.
func (t *tradeOff) delays() {
	p50 := func(r Row) *stats.Summary { return r.felt().P50 }
	in := timeScale(t.medians(p50))
	t.scaled("p50", in.unit, in.by, p50)
	t.beside("longer by", in.unit, p50, func(v, alone float64) string { return number((v-alone)/in.by, 0) })
}

// compare adds a column, and its ratio to concurrent's.
func (t *tradeOff) compare(name, unit string, by float64, of func(Row) *stats.Summary) {
	t.scaled(name, unit, by, of)
	t.beside("ratio", "", of, func(v, alone float64) string { return ratio(v / alone) })
}

func (t *tradeOff) beside(name, unit string, of func(Row) *stats.Summary, cell func(v, alone float64) string) {
	t.add(name, unit, false, func(r Row) string {
		switch v, base := of(r), of(t.alone[callersOf(r)]); {
		case !batches(r):
			return ""
		case v == nil || base == nil:
			return unknown
		default:
			return cell(v.Median, base.Median)
		}
	})
}
