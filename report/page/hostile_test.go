package page

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"respbench.dev/respbench/report/document"
)

const hostileText = "</script></style></title><script>window.hit=1</script><img src=x onerror=window.hit=2><!-- \"'`{{.}}" +
	"\u2028\x1b[31m\r\nnext\\ ]]> javascript:window.hit=3 &lt;b&gt; \u202eevil"

// poison puts the text into every string of a value.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + hostileText)
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			switch v.Type().Field(i).Name {
			case "Scale", "Ranges", "Mark": // words of ours, which say how to draw
			default:
				poison(v.Field(i))
			}
		}
	}
}

func hostile() document.Document {
	d := sample()
	poison(reflect.ValueOf(&d).Elem())
	d.Sections[0].Tables[0].Columns[1].Name = clientColumn
	return d
}

func testHostile(t *testing.T, browser context.Context) {
	p := open(t, browser, hostile(), desktop)
	if n := p.drawAll(); n != 6 {
		t.Errorf("%d figures drawn", n)
	}
	p.do(chromedp.Click(chromedp.CSS("thead button")), chromedp.Click(chromedp.CSS("input[type=checkbox]")), chromedp.Click(chromedp.CSS(".legend button")))
	eval[bool](p, `(document.querySelectorAll("details").forEach((d) => d.open = true), document.querySelectorAll("nav a").forEach((a) => a.click()), true)`)
	p.await(`document.querySelectorAll(".numbers table").length === 6`)
	if hit := eval[bool](p, `"hit" in window`); hit {
		t.Error("a text has run")
	}
	if made := eval[int](p, `document.querySelectorAll("img, b, iframe, object").length`); made > 0 {
		t.Errorf("texts have made %d elements", made)
	}
	if count := eval[int](p, `document.scripts.length`); count != 1+6 {
		t.Errorf("%d scripts, want ours and a figure's data each", count)
	}
	heading := eval[string](p, `document.querySelector("h1").textContent`)
	if want := strings.ReplaceAll(hostileText, "\r\n", "\n"); !strings.HasSuffix(heading, want) {
		t.Errorf("the heading is %q", heading)
	}
}

// Every field counts: what is in none of the page's texts is not shown.
func TestHostileTextEverywhere(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Write(&b, hostile()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "window.hit=1"); n < 100 {
		t.Errorf("the text is there %d times only", n)
	}
	if strings.Contains(b.String(), "<script>window.hit") || strings.Contains(b.String(), "<img") {
		t.Error("the text is markup")
	}
}
