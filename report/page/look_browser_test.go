package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"respbench.dev/respbench/report/document"
)

var (
	emulatePrint = emulation.SetEmulatedMedia
	printMedia   = emulation.SetEmulatedMediaParams{Media: "print"}
)

// paperAndLine are the colours of the page, and of a line drawn on a canvas.
func (p *tab) paperAndLine() string {
	p.Helper()
	ground := eval[string](p, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).join()`)
	return ground + " " + p.pixel("figure-order-concurrent-1", 0, 2, 0, 0)
}

const (
	lightColors = "246,247,249 0,114,178"
	darkColors  = "15,18,22 74,159,232"
)

func (p *tab) wantColors(want string) {
	p.Helper()
	// The script is told of the system's colours a frame after the style sheet has them.
	p.await(fmt.Sprintf(`document.getElementById("page-theme").getAttribute("aria-pressed") === "%t"`, want == darkColors))
	eval[bool](p, `new Promise((resolve) => requestAnimationFrame(() => resolve(true)))`)
	if got := p.paperAndLine(); got != want {
		p.Errorf("page and line are %s, want %s", got, want)
	}
}

func testThemeButton(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop, media("prefers-color-scheme", "light"))
	p.drawAll()
	p.wantColors(lightColors)
	p.do(chromedp.Click(chromedp.CSS("#page-theme")))
	p.wantColors(darkColors)
	p.do(chromedp.Navigate(p.url()))
	p.drawAll()
	p.wantColors(darkColors)
	p.do(chromedp.Click(chromedp.CSS("#page-theme")))
	p.wantColors(lightColors)
	eval[bool](p, `(localStorage.clear(), true)`)
}

func testThemeOfSystem(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop, media("prefers-color-scheme", "dark"))
	p.drawAll()
	p.wantColors(darkColors)
	p.do(media("prefers-color-scheme", "light"))
	p.wantColors(lightColors)
}

func testAccessibleNames(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	p.do(chromedp.Click(chromedp.CSS("#figure-forest summary")))
	p.await(`document.querySelector("#figure-forest .numbers table")`)
	tree, err := chromedp.Run(p.ctx, func(ctx context.Context, target *chromedp.Target) ([]*accessibility.Node, error) {
		result, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		return result.Nodes, err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := []string{"button", "searchbox", "checkbox", "image", "img", "table", "region", "navigation", "link", "heading", "search", "DisclosureTriangle"}
	seen := map[string]int{}
	for _, node := range tree {
		role := text(node.Role)
		if node.Ignored || !slices.Contains(named, role) {
			continue
		}
		seen[role]++
		if text(node.Name) == "" {
			t.Errorf("a %s has no name", role)
		}
	}
	if seen["button"] < 30 || seen["table"] != 3 || seen["image"]+seen["img"] < 6 || seen["searchbox"] != 1 || seen["checkbox"] != 5 {
		t.Errorf("seen of each role: %v", seen)
	}
	levels := eval[[]int](p, `[...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]))`)
	for i, level := range levels {
		if i == 0 && level != 1 || i > 0 && (level == 1 || level > levels[i-1]+1) {
			t.Errorf("heading %d is of level %d: %v", i, level, levels)
		}
	}
}

func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(string(v.Value), `"`)
}

func testWidths(t *testing.T, browser context.Context) {
	d := sample()
	d.Title = strings.Repeat("unbroken", 30)
	d.Warnings[0].Seen = append(d.Warnings[0].Seen, strings.Repeat("x", 300))
	p := open(t, browser, d, desktop)
	p.drawAll()
	eval[bool](p, `(document.querySelectorAll("details").forEach((d) => d.open = true), true)`)
	for _, width := range []int64{desktop, phone} {
		p.do(chromedp.EmulateViewport(width, 900))
		p.await(`[...document.querySelectorAll("figure")].every((f) => f.plot.width === f.querySelector(".plot").clientWidth)`)
		if over := eval[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%d pixels wide: the page is %d wider", width, over)
		}
	}
	sticky := eval[float64](p, `(() => {
		const scroll = document.querySelector(".scroll");
		scroll.scrollLeft = 10000;
		return scroll.querySelector("tbody th").getBoundingClientRect().left - scroll.getBoundingClientRect().left;
	})()`)
	if sticky < 0 || sticky > 5 {
		t.Errorf("the clients' names are %v pixels from the edge when the numbers are scrolled", sticky)
	}
}

// large has 200 cells in a table, 60 figures and 1,000 trials' points.
func large() document.Document {
	d := sample()
	d.Sections = nil
	for i := range 10 {
		s := concurrent()
		s.Name = fmt.Sprintf("part-%d", i)
		s.Title = s.Name
		s.Figures = append(s.Figures, sweepSection().Figures[0], orderFigure())
		for f := range s.Figures {
			s.Figures[f].Name = fmt.Sprintf("figure-%d-%d", i, f)
		}
		trials := &s.Figures[5]
		for c := range trials.Series {
			points := trials.Series[c].Points
			trials.Series[c].Points = nil
			for n := range 25 * 10 {
				point := points[n%len(points)]
				point.X = float64(n*4 + c)
				trials.Series[c].Points = append(trials.Series[c].Points, point)
			}
		}
		rows := s.Tables[0].Rows
		for len(s.Tables[0].Rows) < 20 {
			s.Tables[0].Rows = append(s.Tables[0].Rows, rows[len(s.Tables[0].Rows)%4])
		}
		d.Sections = append(d.Sections, s)
	}
	return d
}

func testLarge(t *testing.T, browser context.Context) {
	p := open(t, browser, large(), desktop)
	t.Logf("loaded in %.0f ms", eval[float64](p, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
	if figures := p.drawAll(); figures != 60 {
		t.Errorf("%d figures, want 60", figures)
	}
	p.do(chromedp.Click(chromedp.CSS("thead th:nth-child(3) button")))
	if got := p.filter("rueidis part-3"); !strings.HasSuffix(got, " of 200 rows shown") || strings.HasPrefix(got, "0 ") {
		t.Errorf("filtered: %s", got)
	}
	if over := eval[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("the page is %d pixels wider than its window", over)
	}
}

func testWithoutScript(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	body, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS("body")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"rueidis served 2.1x", "71670", "goredis stood still from 2.0 s", "A slope is drift", "--pin none"} {
		if !strings.Contains(body, want) {
			t.Errorf("not to be read without a script: %q", want)
		}
	}
	for _, control := range []string{"Filter rows", "Dark colours", "Copy"} {
		if strings.Contains(body, control) {
			t.Errorf("a control that does nothing without a script: %q", control)
		}
	}
}

func testEmpty(t *testing.T, browser context.Context) {
	p := open(t, browser, document.Document{}, phone)
	if got := eval[string](p, `document.title + "; " + document.querySelector("h1").textContent`); got != "respbench report; respbench report" {
		t.Errorf("title and heading: %s", got)
	}
	d := sample()
	d.Sections = []document.Section{{Name: "none", Title: "Nothing", Tables: []document.Table{{}}, Figures: []document.Figure{{Name: "void", Title: "Void"}}}}
	p = open(t, browser, d, phone)
	if drawn := p.drawAll(); drawn != 1 {
		t.Errorf("%d figures", drawn)
	}
}
