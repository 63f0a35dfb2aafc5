package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"respbench.dev/respbench/report/document"
)

// TestBrowser drives one Chromium, with a tab for each test.
func TestBrowser(t *testing.T) {
	browser := startBrowser(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, context.Context)
	}{
		{"sorting", testSorting},
		{"sorting by keyboard", testSortingByKeyboard},
		{"filter", testFilter},
		{"clients", testClients},
		{"theme by button", testThemeButton},
		{"theme of the system", testThemeOfSystem},
		{"figures", testFigures},
		{"marks", testMarks},
		{"legend", testLegend},
		{"hover", testHover},
		{"touch", testTouch},
		{"names on a phone", testNamesOnPhone},
		{"numbers", testNumbers},
		{"places", testPlaces},
		{"copy", testCopy},
		{"resize", testResize},
		{"print", testPrint},
		{"names", testAccessibleNames},
		{"widths", testWidths},
		{"large", testLarge},
		{"without script", testWithoutScript},
		{"empty", testEmpty},
		{"hostile", testHostile},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, browser) })
	}
}

// startBrowser skips only where a developer has no Chromium.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no chromium: scripts/test installs it")
		}
		t.Skip("no chromium: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-pings", true), chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	browser, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	if err := chromedp.Do(browser); err != nil {
		t.Fatal(err)
	}
	return browser
}

// A tab shows a document; at its test's end nothing may have been complained of or
// asked for.
type tab struct {
	*testing.T
	ctx  context.Context
	file string

	mu       sync.Mutex
	troubles []string
	requests []string
}

const desktop, phone = 1440, 390

// before is done in a tab ahead of the navigation.
type before = chromedp.Action[chromedp.Void]

func open(t *testing.T, browser context.Context, d document.Document, width int64, first ...before) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(browser)
	t.Cleanup(closeTab)
	p := &tab{T: t, ctx: ctx, file: written(t, d)}
	if err := chromedp.Listen(ctx, p.watch); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.verify)
	p.do(chromedp.EmulateViewport(width, 900), media("prefers-color-scheme", "light"))
	p.do(first...)
	p.do(chromedp.Navigate(p.url()))
	return p
}

func written(t *testing.T, d document.Document) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(file, d); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func (p *tab) url() string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(p.file)}).String()
}

func (p *tab) watch(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.troubles = append(p.troubles, fmt.Sprintf("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		p.troubles = append(p.troubles, "console: "+string(e.Type))
	case *log.EventEntryAdded:
		p.troubles = append(p.troubles, fmt.Sprintf("log: %s: %s", e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

func (p *tab) verify() {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, trouble := range p.troubles {
		p.Error(trouble)
	}
	for _, request := range p.requests {
		if request != p.url() && !strings.HasPrefix(request, "data:") {
			p.Errorf("the page asked for %s", request)
		}
	}
	if len(p.requests) == 0 {
		p.Error("not even the page was asked for: nothing is watched")
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	// The first call opens the tab, which lives as long as its context.
	if chromedp.FromContext(p.ctx).Target == nil {
		ctx = p.ctx
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// eval decodes what an expression gives; a promise is waited for.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return value
}

// await evaluates until it is true, once a frame.
func (p *tab) await(expression string) {
	p.Helper()
	held := eval[bool](p, fmt.Sprintf(`new Promise((resolve) => {
		const until = performance.now() + 10000;
		const look = () => (%s) ? resolve(true) : performance.now() > until ? resolve(false) : requestAnimationFrame(look);
		look();
	})`, expression))
	if !held {
		p.Fatalf("never held: %s", expression)
	}
}

// drawAll scrolls to each figure, as a reader does, and waits until it is drawn.
func (p *tab) drawAll() int {
	p.Helper()
	return eval[int](p, `(async () => {
		const figures = [...document.querySelectorAll("figure")];
		for (const figure of figures) {
			figure.scrollIntoView({behavior: "instant"});
			const until = performance.now() + 10000;
			while (!("drawn" in figure.dataset)) {
				if (performance.now() > until) throw new Error("not drawn: " + figure.id);
				await new Promise(requestAnimationFrame);
			}
		}
		scrollTo({top: 0, behavior: "instant"});
		return figures.length;
	})()`)
}

// media sets what the system prefers, such as a colour scheme; and no motion, which
// would carry what is clicked at away.
func media(name, value string) before {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: name, Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	})
}

// quoted is s for an expression.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}
