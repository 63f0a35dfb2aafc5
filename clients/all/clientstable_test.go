package all_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"respbench.dev/respbench/clients"
)

// A row is what was seen of a variant.
type row struct {
	name    string
	variant clients.Variant
	cells   [columns]cell
}

// A cell may have a reason, in the variant's own words, which becomes a footnote.
type cell struct{ text, reason string }

var (
	yes = cell{text: "yes"}
	no  = cell{text: "no"}
)

func yesIf(seen bool) cell {
	if seen {
		return yes
	}
	return no
}

// The columns. The last three are measured.
const (
	shares = iota
	pipelining
	cache
	cluster
	sentinel
	tlsOwnCA
	resp3
	unixSocket
	contexts
	dialsOfOne
	dialsOfMany
	allocations
	columns
)

var titles = [columns]string{
	"shares", "pipelining", "cache", "cluster", "Sentinel", "TLS", "RESP3", "unix", "context",
	"dials, 1", "dials, 100", "allocs/GET",
}

// document is old with its table made anew.
func document(t *testing.T, old string, rows []row) string {
	t.Helper()
	const begins, ends = "<!-- table -->\n", "<!-- end of table -->\n"
	head, rest, found := strings.Cut(old, begins)
	_, tail, closed := strings.Cut(rest, ends)
	if !found || !closed {
		t.Fatalf("the document has no %q and %q", begins, ends)
	}
	return head + begins + table(rows) + ends + tail
}

// table is the table, its footnotes and what each variant is.
func table(rows []row) string {
	var b, docs strings.Builder
	var notes []string
	fmt.Fprintf(&b, "| client | %s |\n|---|%s%s\n", strings.Join(titles[:], " | "),
		strings.Repeat("---|", dialsOfOne), strings.Repeat("--:|", columns-dialsOfOne))
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s |", r.name)
		for _, c := range r.cells {
			fmt.Fprintf(&b, " %s |", c.noted(&notes))
		}
		b.WriteByte('\n')
		fmt.Fprintf(&docs, "- `%s`: %s\n", r.name, r.variant.Doc)
	}
	b.WriteString("\nIn the words of the clients themselves:\n\n")
	for i, note := range notes {
		fmt.Fprintf(&b, "%d. %s\n", i+1, note)
	}
	b.WriteString("\n## What each one is\n\n")
	b.WriteString(docs.String())
	return b.String()
}

// noted is the cell with the number of its reason among the notes.
func (c cell) noted(notes *[]string) string {
	if c.reason == "" {
		return c.text
	}
	i := slices.Index(*notes, c.reason)
	if i < 0 {
		i = len(*notes)
		*notes = append(*notes, c.reason)
	}
	return fmt.Sprintf("%s (%d)", c.text, i+1)
}

var measured = regexp.MustCompile(`(?m)( \| \d+){3} \|$`)

// differences are those of two documents, measured cells aside.
func differences(old, seen string) string {
	lines := func(document string) []string {
		return strings.Split(measured.ReplaceAllString(document, " | n | n | n |"), "\n")
	}
	return cmp.Diff(lines(old), lines(seen))
}

func TestDifferences(t *testing.T) {
	example := func(change func(*row)) string {
		r := row{name: "some:variant", variant: clients.Variant{Doc: "one of many"}}
		for i := range r.cells {
			r.cells[i] = yes
		}
		r.cells[cluster] = cell{"no", "it has no cluster support"}
		for i := dialsOfOne; i < columns; i++ {
			r.cells[i] = cell{text: "12"}
		}
		change(&r)
		return document(t, "text\n<!-- table -->\n<!-- end of table -->\nmore\n", []row{r})
	}
	same := example(func(*row) {})
	for column, title := range titles {
		isMeasured := column >= dialsOfOne
		other := example(func(r *row) { r.cells[column] = cell{text: "7"} })
		if diff := differences(same, other); (diff == "") != isMeasured || other == same {
			t.Errorf("another %q is a difference of %q", title, diff)
		}
	}
	for what, change := range map[string]func(*row){
		"name":   func(r *row) { r.name = "another" },
		"doc":    func(r *row) { r.variant.Doc = "another" },
		"reason": func(r *row) { r.cells[cluster].reason = "another" },
	} {
		if differences(same, example(change)) == "" {
			t.Errorf("another %s is no difference", what)
		}
	}
}
