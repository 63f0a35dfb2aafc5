// Package document is what a report says, before a format writes it: sentences,
// tables and figures. All arithmetic is done; nothing in it is markup, and any text
// of it may come from a server, an error or a label.
package document

// A Document is a whole report.
type Document struct {
	Title     string
	Headlines []string // what it comes to, in words that the data supports
	Asked     []string // what was measured, a sentence each
	Sections  []Section
	Warnings  []Warning
	Notes     []string // about whole runs
	Facts     []Fact   // machine, server, versions
	Reproduce []string // command lines, with placeholders for addresses, paths and secrets
}

// A Section is one scenario, a sweep, or a comparison.
type Section struct {
	Name    string // of letters, digits and dashes, unique in the document: "concurrent"
	Title   string
	Text    []string // paragraphs
	Tables  []Table
	Figures []Figure
}

// A Table has cells that are text already; each column has one unit.
type Table struct {
	Caption   string
	Columns   []Column
	Rows      []TableRow
	Footnotes []string
}

// A Column heads the cells below it.
type Column struct {
	Name    string
	Unit    string // may be empty
	Numeric bool   // aligned to the right
	Prose   bool   // sentences
}

// A TableRow has a cell a column.
type TableRow struct {
	Cells []Cell
	Tone  Tone
}

// A Cell is shown as Text and sorted by Value.
type Cell struct {
	Text  string
	Value *float64 // nil: it is no number; sorted last, whatever the direction
}

// A Tone is what a row is to be noticed for.
type Tone string

// The tones.
const (
	Plain Tone = ""
	Good  Tone = "good" // improved
	Bad   Tone = "bad"  // failed, regressed
	Muted Tone = "muted"
	Alert Tone = "alert" // overloaded, inconclusive
)

// A Warning is what was seen, where, and what to do about it.
type Warning struct {
	Code, Advice string
	Seen         []string
}

// A Fact is a name and its value: "CPU", "redis".
type Fact struct{ Name, Value string }
