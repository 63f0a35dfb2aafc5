package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/report/document"
)

// sortable has ties, numbers that do not sort as text, and cells without a number.
func sortable() document.Document {
	table := document.Table{Caption: "Sortable", Columns: []document.Column{{Name: "client"}, {Name: "ops", Unit: "1/s", Numeric: true}}}
	for i, v := range []float64{900, -1, 10000, 900, -1, 20} {
		cell := document.Cell{Text: "n/a"}
		if v >= 0 {
			cell = valued("%.0f", v)
		}
		table.Rows = append(table.Rows, document.TableRow{Cells: []document.Cell{{Text: fmt.Sprintf("c%d", []int{10, 9, 2, 1, 30, 4}[i])}, cell}, Tone: document.Bad})
	}
	return document.Document{Title: "Sorting", Sections: []document.Section{{Name: "s", Title: "S", Tables: []document.Table{table}}}}
}

func (p *tab) heads() []string {
	p.Helper()
	return strings.Fields(eval[string](p, `[...document.querySelectorAll("tbody tr:not([hidden]) th")].map((th) => th.lastChild.textContent).join(" ")`))
}

func (p *tab) wantHeads(want string) {
	p.Helper()
	if diff := cmp.Diff(strings.Fields(want), p.heads()); diff != "" {
		p.Errorf("rows (-want +got):\n%s", diff)
	}
}

func (p *tab) wantSort(column int, want string) {
	p.Helper()
	if got := eval[string](p, fmt.Sprintf(`document.querySelectorAll("thead th")[%d].getAttribute("aria-sort") ?? ""`, column)); got != want {
		p.Errorf("aria-sort of column %d is %q, want %q", column, got, want)
	}
}

func testSorting(t *testing.T, browser context.Context) {
	p := open(t, browser, sortable(), desktop)
	numeric, text := chromedp.CSS("thead th:nth-child(2) button"), chromedp.CSS("thead th:nth-child(1) button")
	p.wantHeads("c10 c9 c2 c1 c30 c4")
	p.do(chromedp.Click(numeric))
	p.wantHeads("c4 c10 c1 c2 c9 c30")
	p.wantSort(1, "ascending")
	p.do(chromedp.Click(numeric))
	p.wantHeads("c2 c10 c1 c4 c9 c30")
	p.wantSort(1, "descending")
	p.do(chromedp.Click(text))
	p.wantHeads("c1 c2 c4 c9 c10 c30")
	p.wantSort(0, "ascending")
	p.wantSort(1, "")
}

func testSortingByKeyboard(t *testing.T, browser context.Context) {
	p := open(t, browser, sortable(), desktop)
	eval[bool](p, `(document.querySelector(".scroll").focus(), true)`)
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	p.wantHeads("c4 c10 c1 c2 c9 c30")
	p.do(chromedp.KeyEvent(" "))
	p.wantHeads("c2 c10 c1 c4 c9 c30")
	if width := eval[string](p, `getComputedStyle(document.activeElement).outlineWidth`); width == "0px" {
		t.Error("the focus is not to be seen")
	}
}

func (p *tab) filter(text string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf(`(() => {
		const field = document.getElementById("page-filter");
		field.value = %s;
		field.dispatchEvent(new Event("input"));
		return document.getElementById("page-shown").textContent;
	})()`, quoted(text)))
}

func testFilter(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.do(chromedp.SendKeys(chromedp.CSS("#page-filter"), "REDIGO failed"))
	p.wantHeads("redigo")
	for text, want := range map[string]string{
		"":                "All 9 rows shown",
		"throughput 2.1x": "0 of 9 rows shown",
		"verdicts":        "4 of 9 rows shown",
		"bad":             "2 of 9 rows shown",
	} {
		if got := p.filter(text); got != want {
			t.Errorf("filter %q: %q, want %q", text, got, want)
		}
	}
	if live := eval[string](p, `document.getElementById("page-shown").getAttribute("aria-live")`); live != "polite" {
		t.Errorf("aria-live is %q", live)
	}
}

const shownSeries = `[...document.querySelectorAll("figure")].map((f) => f.plot.series.slice(1).filter((s) => s.show).map((s) => s.label).join(" ")).join("; ")`

func testClients(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	if all := eval[string](p, shownSeries); !strings.Contains(all, "goredis") {
		t.Fatalf("no goredis in %q", all)
	}
	p.do(chromedp.Click(chromedp.CSS(`input[type=checkbox][value=goredis]`)))
	if heads := p.heads(); slices.Contains(heads, "goredis") || !slices.Contains(heads, "redigo") {
		t.Errorf("rows without goredis: %q", heads)
	}
	if left := eval[string](p, shownSeries); strings.Contains(left, "goredis") || !strings.Contains(left, "redigo p99") || !strings.Contains(left, "regressed") {
		t.Errorf("series without goredis: %q", left)
	}
	p.do(chromedp.Click(chromedp.CSS(`input[type=checkbox][value=goredis]`)))
	if left := eval[string](p, shownSeries); !strings.Contains(left, "goredis p99") {
		t.Errorf("series with goredis again: %q", left)
	}
}
