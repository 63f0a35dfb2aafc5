package page

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"respbench.dev/respbench/report/document"
)

func rendered(t testing.TB, d document.Document) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// It keeps within the licence of what it carries, and names no address.
func TestSelfContained(t *testing.T) {
	t.Parallel()
	text := rendered(t, sample())
	for _, want := range []string{"Permission is hereby granted, free of charge", "The above copyright notice", "default-src &#39;none&#39;"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, address := range regexp.MustCompile(`(?:src|href|url\()\s*[=(]?\s*["']?(?:https?:)?//[^"')]*`).FindAllString(text, -1) {
		t.Errorf("the page names %s", address)
	}
	if strings.Contains(plotLicense, "*/") || strings.Contains(script, "</script") || strings.Contains(style, "</style") {
		t.Error("what is put into the page would end its element or comment")
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	if size := len(rendered(t, large())); size > 5_000_000 {
		t.Errorf("%d bytes, more than 5 MB", size)
	}
}

// A name that stands twice in a table of scripts or in none would be a fault at
// start: the list and the folder must agree.
func TestScriptFiles(t *testing.T) {
	t.Parallel()
	entries, err := scripts.ReadDir("script")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(scriptFiles) {
		t.Errorf("%d files in script, %d in the list", len(entries), len(scriptFiles))
	}
}

// Whatever sections and figures are called, each identifier is one element's, and
// each link within the page leads to one.
func TestIdentifiers(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Sections[0].Name, d.Sections[0].Figures[0].Name = "page-copy", "page-copy"
	text := rendered(t, d)
	seen := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		seen[m[1]]++
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%d elements are %q", n, id)
		}
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if seen[m[1]] == 0 {
			t.Errorf("nothing is %q", m[1])
		}
	}
	if seen["section-page-copy"] != 1 || seen["figure-page-copy"] != 1 {
		t.Error("a section or figure is not to be found by its name")
	}
}

// A client's colour is that of its series, whatever these are called.
func TestClientsOf(t *testing.T) {
	t.Parallel()
	d := sample()
	for i := range d.Sections[0].Figures {
		for n := range d.Sections[0].Figures[i].Series {
			d.Sections[0].Figures[i].Series[n].Name = "noisy"
		}
	}
	d.Sections = d.Sections[:1]
	want := []client{{"raw", 0}, {"rueidis", 1}, {"goredis", 2}, {"redigo", 3}, {"fake", -1}}
	if got := clientsOf(d); !slices.Equal(got, want) {
		t.Errorf("clients %v, want %v", got, want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteError(t *testing.T) {
	t.Parallel()
	if err := Write(broken{}, sample()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v, want that of the writer", err)
	}
}

func TestDrawn(t *testing.T) {
	t.Parallel()
	for give, want := range map[float64]float64{0: 0, 18271.23456789: 18271.23, 1.0 / 3: 0.3333333, -2e-9: -2e-9} {
		if got := drawn(give); got != want {
			t.Errorf("drawn(%v) is %v, want %v", give, got, want)
		}
	}
}

// Lines must stand out from both themes' cards by 3 to 1 (WCAG 2.2, 1.4.11), text
// by 4.5 to 1 (1.4.3).
func TestContrast(t *testing.T) {
	t.Parallel()
	pairs := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(ownStyle, -1) {
		pairs[m[1]] = [2]string{m[2], m[3]}
	}
	least := map[string]float64{"ink": 4.5, "quiet": 4.5, "accent": 4.5, "good": 4.5, "bad": 4.5, "alert": 4.5}
	for i := range 10 {
		least[fmt.Sprintf("hue-%d", i)] = 3
	}
	for name, want := range least {
		for theme, side := range []string{"light", "dark"} {
			for _, behind := range []string{"card", "ground"} {
				if got := contrast(t, pairs[name][theme], pairs[behind][theme]); got < want && (behind == "card" || want > 3) {
					t.Errorf("%s, %s on %s: %.2f to 1, want %.1f", side, name, behind, got, want)
				}
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("%q is no colour", hex)
	}
	sum := 0.0
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		c := float64(n>>(8*i)&0xff) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

func BenchmarkWrite(b *testing.B) {
	d := large()
	for b.Loop() {
		if err := Write(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
