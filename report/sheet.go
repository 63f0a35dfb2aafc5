package report

import (
	"maps"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A sheet is a table in words, before a format draws it. All of
// its text is plain.
type sheet struct {
	head      string
	columns   []column
	notes     []footnote
	footnotes []string // what settle makes of the notes
	continued bool     // its footnotes stand below the next sheet
	leftOut   []string // columns for which there was no room
}

// A column has a cell a row.
type column struct {
	name, unit string // a newline in the unit may be taken or left out
	left       bool   // aligned; numbers are not
	prose      bool   // sentences, which are wrapped
	rank       rank
	width      int // of a terminal, that it is to take; 0: as much as it needs
	cells      []string
}

// A rank says how soon a column is left out where a table is too wide: those of
// the highest rank first, from the right.
type rank int

const (
	essential rank = iota // never left out
	vital
	important
	useful
	detail
)

const batchNote = "(1) above raw because this library sends the commands of concurrent callers together; raw has a connection for each worker"

// sheets lays the summary out: a sheet a scenario, then one for each
// disturbance of one.
func (s *Summary) sheets() []sheet {
	hosts, servers := differsIn(s.Rows, results.FieldClientHost), differsInServer(s.Rows)
	var sheets []sheet
	for _, rows := range byScenario(s.Rows) {
		sheets = append(sheets, layOut(rows, hosts, servers))
	}
	return append(sheets, s.disturbed()...)
}

func differsIn(rows []Row, f results.Field) bool {
	return slices.Contains(differing(rows), f)
}

func differsInServer(rows []Row) bool {
	return slices.ContainsFunc(differing(rows), isServer)
}

func isServer(f results.Field) bool {
	return f >= results.FieldServerKind && f <= results.FieldServerTransport
}

func layOut(rows []Row, hosts, servers bool) sheet {
	differs := differing(rows)
	b := builder{rows: rows}
	b.add("scenario", "", true, func(r Row) string { return r.Point.Cell() })
	b.identify(differs, hosts, servers)
	b.variety("op", func(r Row) string { return r.Op })
	b.throughput()
	b.latency()
	b.schedule()
	b.hits()
	b.metrics()
	b.costs()
	b.statuses()
	b.sheet.head = plain(headline(rows, differs))
	return settle(b.sheet)[0]
}

// identify adds the columns that tell the rows of a scenario apart.
func (b *builder) identify(differs []results.Field, hosts, servers bool) {
	b.add("client", "", true, func(r Row) string { return r.Point.Client() })
	if hosts {
		b.add("Client host", "", true, func(r Row) string { return orNothing(r.Machine.Label) })
	}
	if servers {
		b.add("Server", "", true, func(r Row) string { return serverCell(r.Server) })
	}
	for _, f := range differs {
		if f != results.FieldClientHost && !isServer(f) {
			b.add(f.String(), "", false, func(r Row) string { return orNothing(fieldWords(f, r.Key[f])) })
		}
	}
}

// statuses adds a column only if a row is not ok, has no latencies, or is
// unchecked.
func (b *builder) statuses() {
	if slices.ContainsFunc(b.rows, func(r Row) bool { return r.statusWords() != ok }) {
		addColumn(&b.sheet, b.rows, column{name: "status", left: true, prose: true}, func(r Row) string {
			if r.unchecked() {
				b.sheet.say(uncheckedNote)
			}
			return r.statusWords()
		})
	}
}

func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}

func serverCell(s results.Server) string {
	return strings.TrimPrefix(serverWords(s), "server ")
}

func (r Row) statusWords() string {
	status := r.Status
	if r.unchecked() {
		status += ", " + unchecked
	}
	switch {
	case r.Status == ok && r.overloaded():
		return r.overloadWords()
	case r.overloaded():
		return status + ": " + r.Reason + "; " + r.overloadWords()
	case r.Reason == "" || r.Status == ok:
		return status
	case strings.HasPrefix(r.Reason, string(results.NotRun)):
		return r.Reason
	}
	return status + ": " + r.Reason
}

// A builder adds columns to a sheet.
type builder struct {
	rows  []Row
	sheet sheet
}

func (b *builder) add(name, unit string, left bool, cell func(Row) string) *column {
	return addColumn(&b.sheet, b.rows, column{name: plain(name), unit: unit, left: left}, cell)
}

func (b *builder) explain(why func(Row) lack) { explain(&b.sheet, b.rows, why) }

// addColumn fills the column with a cell a row. It is to be used before the next
// is added.
func addColumn[T any](s *sheet, rows []T, c column, cell func(T) string) *column {
	said := len(s.notes)
	for _, r := range rows {
		c.cells = append(c.cells, plain(cell(r)))
	}
	for i := said; i < len(s.notes); i++ {
		s.notes[i].columns = []string{c.name}
	}
	s.columns = append(s.columns, c)
	return &s.columns[len(s.columns)-1]
}

// variety adds a column only if there is more than one value.
func (b *builder) variety(name string, value func(Row) string) bool {
	var seen []string
	for _, r := range b.rows {
		if v := value(r); v != "" {
			seen = addNew(seen, v)
		}
	}
	if len(seen) < 2 {
		return false
	}
	b.add(name, "", true, func(r Row) string { return orNothing(value(r)) })
	return true
}

func (b *builder) throughput() {
	cell := func(value func(*stats.Summary) string) func(Row) string {
		return func(r Row) string {
			if r.Throughput == nil {
				return nothing
			}
			return value(r.Throughput)
		}
	}
	b.add("worst", "", false, cell(func(s *stats.Summary) string { return number(s.Worst, spreadDecimals(s)) }))
	b.add("best", "", false, cell(func(s *stats.Summary) string { return number(s.Best, spreadDecimals(s)) }))
	b.add("median", "", false, cell(func(s *stats.Summary) string { return number(s.Median, spreadDecimals(s)) })).rank = important
	if haveIntervals(b.rows) {
		b.add("median 95%", "", false, cell(medianEnds)).rank = useful
	}
	b.stdev()
	if slices.ContainsFunc(b.rows, func(r Row) bool { return r.VsRaw != nil }) {
		b.add("vs raw", "", false, b.vsRaw).rank = important
	}
}

func (b *builder) stdev() {
	b.add("stdev", "", false, func(r Row) string {
		if r.Throughput == nil {
			return nothing
		}
		return spread(r.Throughput)
	})
	b.explain(func(Row) lack { return lack{why: "a single round has no spread"} })
}

// haveIntervals reports whether all rows that were measured have enough rounds.
func haveIntervals(rows []Row) bool {
	measured := func(r Row) bool { return r.Throughput != nil }
	return slices.ContainsFunc(rows, measured) &&
		!slices.ContainsFunc(rows, func(r Row) bool { return measured(r) && r.Throughput.Low == nil })
}

func (b *builder) vsRaw(r Row) string {
	switch {
	case r.VsRaw == nil && r.Point.Library == RawLibrary:
		return ""
	case r.VsRaw == nil:
		return nothing
	case *r.VsRaw > 1 && r.Shares && r.Point.Load.Workers > 1:
		b.sheet.say(batchNote)
		return ratio(*r.VsRaw) + " (1)"
	}
	return ratio(*r.VsRaw)
}

func (b *builder) costs() {
	b.once("conns", "declared/\ndialled", func(r Row) string {
		if r.Conns == nil {
			return nothing
		}
		return integer(r.Conns.Declared) + "/" + integer(r.Conns.Dialled)
	}).rank = detail
	b.scaledOnce("client CPU", "us/op", 1, func(r Row) *stats.Summary { return r.CPU }).rank = useful
	b.explain(incomplete)
	b.scaledOnce("allocs/op", "", 1, func(r Row) *stats.Summary { return r.Allocs }).rank = detail
	b.explain(uncounted)
	b.once("errors", "", errorsCell).rank = errorsRank(b.rows)
}

func incomplete(Row) lack { return lack{why: "not every round has it"} }

// uncounted is why there are no allocations: runtimes other than Go's do not
// count them.
func uncounted(r Row) lack {
	counts := func(g round) bool { return g.Cost.Allocs != nil }
	if len(r.good) == 0 || slices.ContainsFunc(r.good, counts) {
		return incomplete(r)
	}
	return lack{why: "only Go's runtime counts them"}
}

// errorsRank is high for a column that says that there are none.
func errorsRank(rows []Row) rank {
	if slices.ContainsFunc(rows, func(r Row) bool { n, _ := allErrors(r); return n > 0 }) {
		return vital
	}
	return detail
}

func errorsCell(r Row) string {
	var total int64
	var classes []string
	for _, class := range slices.Sorted(maps.Keys(r.Errors)) {
		if n := r.Errors[class]; n > 0 {
			total += n
			classes = append(classes, class)
		}
	}
	switch {
	case total > 0:
		return integer(total) + " (" + strings.Join(classes, ", ") + ")"
	case r.Throughput == nil:
		return nothing
	}
	return "0"
}
