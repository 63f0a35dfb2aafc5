package page

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// undrawn names each series that has no path, or whose colour is nowhere in its
// figure's canvas: the others are hidden while it is looked for.
const undrawn = `(async () => {
	const missing = [];
	const copy = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const probe = document.body.appendChild(document.createElement("span"));
	for (const figure of document.querySelectorAll("figure")) {
		const u = figure.plot;
		const data = JSON.parse(figure.querySelector("script").textContent);
		const turn = async (shown) => {
			u.series.forEach((_, i) => i > 0 && u.setSeries(i, {show: shown(i)}, false));
			await new Promise(requestAnimationFrame);
		};
		for (let i = 1; i < u.series.length; i++) {
			await turn((n) => n === i);
			probe.style.color = "var(--hue-" + data.series[i - 1].color % 10 + ")";
			const want = getComputedStyle(probe).color.match(/\d+/g).map(Number);
			copy.canvas.width = u.ctx.canvas.width;
			copy.canvas.height = u.ctx.canvas.height;
			copy.drawImage(u.ctx.canvas, 0, 0);
			const {data: pixels} = copy.getImageData(0, 0, copy.canvas.width, copy.canvas.height);
			let found = 0;
			for (let at = 0; at < pixels.length; at += 4) {
				if (pixels[at + 3] > 250 && want.every((v, n) => Math.abs(pixels[at + n] - v) < 6)) found++;
			}
			if (!u.series[i]._paths?.stroke || found < 8) missing.push(figure.id + " " + u.series[i].label + ": " + found + " pixels");
		}
		await turn(() => true);
	}
	probe.remove();
	return missing.join("\n");
})()`

func testFigures(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	if n := p.drawAll(); n != 6 {
		t.Errorf("%d figures are drawn, want 6", n)
	}
	if missing := eval[string](p, undrawn); missing != "" {
		t.Errorf("not drawn:\n%s", missing)
	}
	if bad := eval[string](p, `[...document.querySelectorAll("figure")].filter((f) => !f.querySelector("[role=img]").getAttribute("aria-label") || !f.querySelector("figcaption").textContent).map((f) => f.id).join()`); bad != "" {
		t.Errorf("without words: %s", bad)
	}
}

// pixel is red, green and blue of a figure near a point of a series, dx and dy beside
// it: where lines end in part of a pixel, the strongest of those around.
func (p *tab) pixel(figure string, series, point int, dx, dy float64) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf(`(() => {
		const figure = document.getElementById(%q), u = figure.plot;
		const s = JSON.parse(figure.querySelector("script").textContent).series[%d];
		const at = (key) => Math.round(u.valToPos(s[key][%d], key, true));
		const copy = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
		copy.drawImage(u.ctx.canvas, -at("x") - %f + 1, -at("y") - %f + 1);
		const {data} = copy.getImageData(0, 0, 3, 3);
		const pixels = Array.from({length: 9}, (_, i) => [...data.slice(4 * i, 4 * i + 3)]);
		const strength = (c) => Math.max(...c) - Math.min(...c);
		return pixels.sort((a, b) => strength(b) - strength(a))[0].join();
	})()`, figure, series, point, dx, dy))
}

// What a mark is shows in its middle and beside it; colours are those of the light theme.
func testMarks(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	const blank, paper, blue, vermilion, green, purple = "0,0,0", "255,255,255", "0,114,178", "213,94,0", "0,143,104", "184,74,146"
	for _, test := range []struct {
		name, figure  string
		series, point int
		dx, dy        float64
		want          string
	}{
		{"a dot is full", "figure-order-concurrent-1", 0, 2, 0, 0, blue},
		{"a flagged one is hollow", "figure-order-concurrent-1", 0, 0, 0, 0, paper},
		{"a flagged one is hollow", "figure-order-concurrent-1", 1, 1, 0, 0, paper},
		{"a median is a bar", "figure-throughput-concurrent-1", 1, 5, 20, 0, vermilion},
		{"a failed one is a cross", "figure-throughput-concurrent-1", 3, 1, -3, -3, purple},
		{"a range is a line", "figure-throughput-concurrent-1", 1, 0, 0, -7, vermilion},
		{"a forest's range lies", "figure-forest", 0, 0, 25, 0, vermilion},
		{"a line joins", "figure-timeline-concurrent-1", 2, 22, 0, 0, green},
	} {
		if got := p.pixel(test.figure, test.series, test.point, test.dx, test.dy); !near(got, test.want) {
			t.Errorf("%s: %s, series %d, point %d: %s, want %s", test.name, test.figure, test.series, test.point, got, test.want)
		}
	}
	for name, at := range map[string][2]float64{"an area": {15, -6}, "nothing": {15, -60}} {
		got := p.pixel("figure-spectrum-concurrent-1", 2, 4, at[0], at[1])
		if (got == blank) != (name == "nothing") {
			t.Errorf("%s above a line of the spectrum is %s", name, got)
		}
	}
}

// near allows for what rounds otherwise where a colour is blended.
func near(got, want string) bool {
	var a, b [3]float64
	fmt.Sscanf(got, "%f,%f,%f", &a[0], &a[1], &a[2])
	fmt.Sscanf(want, "%f,%f,%f", &b[0], &b[1], &b[2])
	return math.Abs(a[0]-b[0])+math.Abs(a[1]-b[1])+math.Abs(a[2]-b[2]) < 8
}

func testLegend(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	button := `document.querySelector("#figure-spectrum-concurrent-1 .legend button")`
	eval[bool](p, button+`.focus() ?? true`)
	p.do(chromedp.KeyEvent(" "))
	if state := eval[string](p, button+`.getAttribute("aria-pressed") + document.getElementById("figure-spectrum-concurrent-1").plot.series[1].show`); state != "falsefalse" {
		t.Errorf("pressed and shown after a key: %s", state)
	}
	p.do(chromedp.KeyEvent(" "))
	if state := eval[string](p, button+`.getAttribute("aria-pressed") + document.getElementById("figure-spectrum-concurrent-1").plot.series[1].show`); state != "truetrue" {
		t.Errorf("pressed and shown after a second key: %s", state)
	}
	if bands := eval[string](p, `[...document.querySelectorAll(".legend .band")].map((b) => b.textContent).filter(Boolean).join("; ")`); !strings.Contains(bands, "threshold: 3%") || !strings.Contains(bands, "SLO: 5 ms") {
		t.Errorf("bands in the legends: %s", bands)
	}
	for figure, want := range map[string]string{
		"throughput-concurrent-1": "bar: median; hollow: flagged, see the caption; cross: failed",
		"order-concurrent-1":      "hollow: flagged, see the caption",
		"spectrum-concurrent-1":   "",
	} {
		if marks := eval[string](p, `[...document.querySelectorAll("#figure-`+figure+` .legend .mark")].map((m) => m.textContent).join("; ")`); marks != want {
			t.Errorf("marks in the legend of %s: %q, want %q", figure, marks, want)
		}
	}
}

// besidePoint is where the first trial of goredis is in the window, nearly.
func (p *tab) besidePoint() []float64 {
	p.Helper()
	return eval[[]float64](p, `(() => {
		const figure = document.getElementById("figure-throughput-concurrent-1"), u = figure.plot;
		figure.scrollIntoView({behavior: "instant", block: "center"});
		const over = u.over.getBoundingClientRect();
		const s = JSON.parse(figure.querySelector("script").textContent).series[2];
		return [over.left + u.valToPos(s.x[0], "x") - 3, over.top + u.valToPos(s.y[0], "y")];
	})()`)
}

func tap(x, y float64) before {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		down := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: x, Y: y}}}
		up := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}}
		for _, touch := range []input.DispatchTouchEventParams{down, up} {
			if _, err := cdp.Call(ctx, target, input.DispatchTouchEvent, touch); err != nil {
				return err
			}
		}
		return nil
	})
}

// What a tap shows is to be read when the finger is lifted.
func testTouch(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), phone)
	p.drawAll()
	eval[bool](p, `(window.left = false, document.querySelector("#figure-throughput-concurrent-1 .plot").addEventListener("pointerleave", () => (window.left = true)), true)`)
	at := p.besidePoint()
	tip := `document.querySelector("#figure-throughput-concurrent-1 .tip")`
	p.do(tap(at[0], at[1]))
	p.await("window.left")
	if eval[bool](p, tip+".hidden") {
		t.Error("hidden as soon as the finger is lifted")
	}
	p.do(tap(at[0], 5))
	p.await(tip + ".hidden")
}

// The end of a cell's name says what was compared.
func testNamesOnPhone(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), phone)
	p.drawAll()
	names := eval[string](p, `document.getElementById("figure-forest").plot.axes[1]._values.join("; ")`)
	if strings.Count(names, "…") == 0 || strings.Count(names, "throughput") != 3 || strings.Count(names, ": p99") != 1 || strings.Count(names, "con") != 3 {
		t.Errorf("names on a phone: %s", names)
	}
}

func testHover(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	at := p.besidePoint()
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	tip := `document.querySelector("#figure-throughput-concurrent-1 .tip")`
	p.await("!" + tip + ".hidden")
	if text := eval[string](p, tip+`.textContent`); text != "goredisround 1: 31680 set+get/s" {
		t.Errorf("beside the pointer: %q", text)
	}
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 5, 5))
	p.await(tip + ".hidden")
}

func testNumbers(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	if n := eval[int](p, `document.querySelectorAll(".numbers table").length`); n != 0 {
		t.Errorf("%d tables of numbers before one is opened", n)
	}
	p.do(chromedp.Click(chromedp.CSS("#figure-throughput-concurrent-1 summary")))
	p.await(`document.querySelector("#figure-throughput-concurrent-1 .numbers table")`)
	if rows := eval[int](p, `document.querySelectorAll("#figure-throughput-concurrent-1 .numbers tbody tr").length`); rows != 24 {
		t.Errorf("%d rows of numbers, want one a point: 24", rows)
	}
	text := eval[string](p, `document.querySelector("#figure-throughput-concurrent-1 .numbers").textContent`)
	for _, want := range []string{"61,440", "failed", "flagged", "median: 33000 set+get/s"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the numbers", want)
		}
	}
}

// places are the second cells of the first rows of a figure's numbers.
func (p *tab) places(figure string, rows int) string {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS("#" + figure + " summary")))
	p.await(`document.querySelector("#` + figure + ` .numbers table")`)
	return eval[string](p, fmt.Sprintf(`[...document.querySelectorAll("#%s .numbers tbody tr")].slice(0, %d).map((r) => r.cells[1].textContent).join(" ")`, figure, rows))
}

func testPlaces(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	for _, test := range []struct {
		figure string
		rows   int
		want   string
	}{
		{"figure-spectrum-concurrent-1", 10, "0% 50% 75% 90% 95% 99% 99.5% 99.9% 99.95% 99.99%"},
		{"figure-throughput-concurrent-1", 8, "raw raw raw raw raw raw rueidis rueidis"},
		{"figure-timeline-concurrent-1", 3, "0 0.1 0.2"},
		{"figure-sweep-1", 3, "1,000 2,000 4,000"},
	} {
		if got := p.places(test.figure, test.rows); got != test.want {
			t.Errorf("places in the numbers of %s: %q, want %q", test.figure, got, test.want)
		}
	}
}

func testCopy(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	p.do(chromedp.Click(chromedp.CSS("#page-copy")))
	p.await(`document.getElementById("page-copied").textContent !== ""`)
}

func testResize(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop)
	p.drawAll()
	p.do(chromedp.EmulateViewport(phone, 900))
	p.await(`[...document.querySelectorAll("figure")].every((f) => f.plot.width === f.querySelector(".plot").clientWidth && f.plot.width < 390)`)
	p.do(chromedp.EmulateViewport(desktop, 900))
	p.await(`[...document.querySelectorAll("figure")].every((f) => f.plot.width === f.querySelector(".plot").clientWidth && f.plot.width > 390)`)
}

func testPrint(t *testing.T, browser context.Context) {
	p := open(t, browser, sample(), desktop, media("prefers-color-scheme", "dark"))
	eval[bool](p, `(addEventListener("beforeprint", () => queueMicrotask(() => {
		window.printed = [...document.querySelectorAll("figure")].map((f) => f.dataset.drawn).join();
		window.printedInk = getComputedStyle(document.body).color;
	})), true)`)
	pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) < 20_000 || !strings.HasPrefix(string(pdf), "%PDF") {
		t.Errorf("%d bytes of PDF", len(pdf))
	}
	if drawn := strings.Split(eval[string](p, "window.printed"), ","); len(drawn) != 6 || strings.Contains(strings.Join(drawn, ","), ",,") {
		t.Errorf("how often each figure was drawn when printed: %q", drawn)
	}
	if ink := eval[string](p, "window.printedInk"); ink != "rgb(31, 35, 40)" {
		t.Errorf("printed in the ink %s", ink)
	}
	p.await(`[...document.querySelectorAll("figure")].every((f) => f.plot.width === f.querySelector(".plot").clientWidth)`)
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulatePrint, printMedia)
		return err
	}))
	if left := eval[string](p, `[...document.querySelectorAll(".scripted, nav")].filter((e) => e.checkVisibility()).map((e) => e.id || e.tagName).join()`); left != "" {
		t.Errorf("controls on paper: %s", left)
	}
}
