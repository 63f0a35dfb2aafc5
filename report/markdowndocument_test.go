package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensions "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// plotted are the paths of plots in tests.
func plotted(name string) string { return "plots (1)/" + name + ".svg" }

// wholes are whole documents of every kind.
var wholes = []struct {
	name  string
	write func(*testing.T, io.Writer, Layout) error
}{
	{"published", func(t *testing.T, w io.Writer, l Layout) error { return writeMarkdown(w, summarize(t, published), l) }},
	{"open", func(t *testing.T, w io.Writer, l Layout) error { return writeMarkdown(w, summarize(t, "open"), l) }},
	{"troubled", func(t *testing.T, w io.Writer, l Layout) error { return writeMarkdown(w, summarize(t, "troubled"), l) }},
	{"hosts", func(t *testing.T, w io.Writer, l Layout) error {
		return writeMarkdown(w, summarize(t, "host-near", "host-far"), l)
	}},
	{"sweep", func(t *testing.T, w io.Writer, l Layout) error {
		return writeSweepMarkdown(w, sweepOf(t, "sweep-rate", "p99<1ms", "errors<0.1%"), l)
	}},
	{"loads", func(t *testing.T, w io.Writer, l Layout) error {
		return writeMarkdown(w, summarize(t, "sweep-workers"), l)
	}},
	{"compared", func(t *testing.T, w io.Writer, l Layout) error {
		return writeComparisonMarkdown(w, comparedRuns(t), l)
	}},
}

// comparedRuns has a new side that is slower, with another version.
func comparedRuns(t *testing.T) *Comparison {
	t.Helper()
	base, new := measuredRun("base2222", goredis(100_000, 10), rawCell(90_000, 10)), measuredRun("new22222", goredis(120_000, 10), rawCell(90_000, 10))
	new.Header.Executors[0].Libraries = map[string]string{"github.com/redis/go-redis/v9": "v9.24.0"}
	c, err := Compare([]results.Run{base}, []results.Run{new}, defaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWholeDocuments(t *testing.T) {
	for _, d := range wholes {
		for name, layout := range map[string]Layout{
			"document-": {Title: "What was measured on a Sunday", Plots: plotted}, "brief-": {Brief: true},
		} {
			t.Run(name+d.name, func(t *testing.T) {
				var got bytes.Buffer
				if err := d.write(t, &got, layout); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", name+d.name+".golden"), got.Bytes())
				if layout.Brief && got.Len() > markdownLimit {
					t.Errorf("%d bytes", got.Len())
				}
				checkRows(t, got.String())
			})
		}
	}
}

// checkRows counts the cells of each row of a table as GitHub does: goldmark
// fills up and cuts off rows of another length.
func checkRows(t *testing.T, markdown string) {
	t.Helper()
	bars := func(line string) int {
		return strings.Count(line, "|") - strings.Count(strings.ReplaceAll(line, `\\`, ""), `\|`)
	}
	wanted := 0
	for line := range strings.Lines(markdown) {
		switch {
		case !strings.HasPrefix(line, "|"):
			wanted = 0
		case wanted == 0:
			wanted = bars(line)
		case bars(line) != wanted:
			t.Errorf("%d bars, not %d: %s", bars(line), wanted, line)
		}
	}
}

// TestPlotsAreLinked: each figure of the document once, by the path of its file.
func TestPlotsAreLinked(t *testing.T) {
	s := summarize(t, published)
	var out bytes.Buffer
	if err := writeMarkdown(&out, s, Layout{Title: "T", Plots: plotted}); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range s.Figures() {
		want = append(want, "plots%20%281%29/"+f.Name+".svg")
	}
	walk(t, out.Bytes(), func(n ast.Node) {
		if image, is := n.(*ast.Image); is {
			got = append(got, string(image.Destination))
		}
	})
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("%d plots, -want +got:\n%s", len(want), diff)
	}
	out.Reset()
	if err := writeMarkdown(&out, s, Layout{Title: "T"}); err != nil || strings.Contains(out.String(), "![") {
		t.Errorf("%v, and plots that nobody has", err)
	}
}

func walk(t *testing.T, source []byte, see func(ast.Node)) {
	t.Helper()
	tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			see(n)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// elementsOf are the elements of a document, without text.
func elementsOf(t *testing.T, source []byte) []string {
	t.Helper()
	var kinds []string
	walk(t, source, func(n ast.Node) {
		switch n.Kind() {
		case ast.KindText, ast.KindString:
		case extensions.KindTableCell, ast.KindHeading, ast.KindDocument:
			kinds = append(kinds, n.Kind().String())
		default:
			kinds = append(kinds, fmt.Sprintf("%s in %s", n.Kind(), n.Parent().Kind()))
		}
	})
	return kinds
}

var hostileTexts = []string{
	"<script>alert(1)</script>", "</details><h1>", "<!-- ", "<a@b.example>", "a | b", `a \| b`, `\`, "two\nlines", "two\n\n# lines", "\n| a |\n|---|\n| b |",
	"`code`", "``` fence", "\n```\n# out\n```\n", "\x1b[31mred\x1b[0m", "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "[x]: http://evil.example",
	"# heading", "heading #", "- item", "+ item", "* item", "1. item", "12) item", "> quote", "===", "---", "***", "=", "    indented", "\tindented",
	"- [ ] task", "[^1]", "~~gone~~", "__strong__", "_em_", "http://evil.example", "WWW.evil.example", "a@evil.example", "&lt;b&gt;", "&#60;b>", "$x$", "<b", "a  ", "'", `"`,
}

// filled has a text wherever a document can have one.
func filled(text string) document.Document {
	return document.Document{
		Title: "t" + text, Headlines: []string{text}, Asked: []string{text}, Notes: []string{text},
		Warnings:  []document.Warning{{Code: "c" + text, Advice: text, Seen: []string{text}}},
		Facts:     []document.Fact{{Name: text, Value: text}},
		Reproduce: []string{text},
		Sections: []document.Section{{
			Name: "s", Title: "t" + text, Text: []string{text},
			Tables: []document.Table{{
				Caption: text, Footnotes: []string{text},
				Columns: []document.Column{{Name: text, Unit: text}, {Name: "status"}},
				Rows:    []document.TableRow{{Cells: []document.Cell{{Text: text}, {Text: "failed: " + text}}, Tone: document.Bad}},
			}},
			Figures: []document.Figure{{Name: "f", Alt: text, Caption: text}},
		}},
	}
}

// Whatever a text is, the document has the same elements.
func TestHostileTextsAreNoMarkup(t *testing.T) {
	for _, layout := range []Layout{{Title: "T", Plots: plotted}, {Brief: true}} {
		written := func(text string) []byte {
			var out bytes.Buffer
			if err := writeDocument(&out, filled(text), layout); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
		want := elementsOf(t, written("harmless"))
		if !slices.Contains(want, "Table in Document") || !slices.Contains(want, "FencedCodeBlock in Document") {
			t.Fatalf("elements %q", want)
		}
		for _, text := range hostileTexts {
			got := written(text)
			if diff := cmp.Diff(want, elementsOf(t, got)); diff != "" {
				t.Errorf("%q, -want +got:\n%s\n%s", text, diff, got)
			}
			checkRows(t, string(got))
			if bytes.ContainsAny(got, "\x1b\r\t") {
				t.Errorf("%q is not plain: %s", text, got)
			}
		}
	}
}

// What was text is read as that text again.
func TestTextsAreReadAsTheyAre(t *testing.T) {
	for _, want := range hostileTexts {
		var m markdown
		source := []byte("x " + m.inline(want) + " x\n\n" + m.text(want) + "\n")
		var out bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(source, &out); err != nil {
			t.Fatal(err)
		}
		shown := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(strings.TrimSpace(plain(want)))
		if got := out.String(); got != fmt.Sprintf("<p>x %s x</p>\n<p>%s</p>\n", shown, shown) {
			t.Errorf("%q is read as %s", want, got)
		}
	}
}

func TestFragmentsStayFragments(t *testing.T) {
	var fragment, plots bytes.Buffer
	s := summarize(t, published)
	if err := writeMarkdown(&fragment, s, Layout{}); err != nil {
		t.Fatal(err)
	}
	if err := writeMarkdown(&plots, s, Layout{Plots: plotted, Width: 80}); err != nil || !bytes.Equal(fragment.Bytes(), plots.Bytes()) {
		t.Errorf("%v, or a fragment depends on more than its title", err)
	}
}
