package svg

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

var update = flag.Bool("update", false, "write the golden files anew")

// all are the figures of real life and those beyond it.
func all() []document.Figure {
	odd := stress()
	figures := gallery()
	for _, name := range slices.Sorted(maps.Keys(odd)) {
		figures = append(figures, odd[name])
	}
	return figures
}

func eachFigure(t *testing.T, test func(t *testing.T, f document.Figure)) {
	t.Helper()
	for _, f := range all() {
		t.Run(f.Name, func(t *testing.T) { test(t, f) })
	}
}

func TestGolden(t *testing.T) {
	for _, f := range gallery() {
		path := filepath.Join("testdata", f.Name+".svg")
		got := written(t, f)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s differs from what is drawn now; look at both, then -update", path)
		}
	}
}

// Nothing but shapes and texts is in an image, whatever the texts are.
func TestElements(t *testing.T) {
	eachFigure(t, func(t *testing.T, f document.Figure) {
		i := read(t, f)
		for name := range i.elements {
			if !slices.Contains([]string{"svg", "title", "desc", "g", "path", "text"}, name) {
				t.Errorf("there is an element <%s>", name)
			}
		}
		for name := range i.attributes {
			if !slices.Contains([]string{"xmlns", "width", "height", "viewBox", "role", "font-family", "font-size",
				"transform", "d", "style", "x", "y"}, name) {
				t.Errorf("there is an attribute %s", name)
			}
		}
		if i.role != "img" || i.title != clean(f.Title) || i.desc != clean(f.Alt) {
			t.Errorf("role %q, title %q, description %q", i.role, i.title, i.desc)
		}
	})
}

func TestSameBytes(t *testing.T) {
	eachFigure(t, func(t *testing.T, f document.Figure) {
		first := written(t, f)
		if !bytes.Equal(first, written(t, f)) {
			t.Error("the second image differs from the first")
		}
		if len(first) > 64<<10 {
			t.Errorf("it has %d bytes", len(first))
		}
	})
}

func TestPointsAreDrawn(t *testing.T) {
	eachFigure(t, func(t *testing.T, f document.Figure) {
		i, s := read(t, f), arrange(cleaned(f))
		p := s.pane(draw.New(newCanvas(s.width, s.height)))
		for _, series := range f.Series {
			for _, point := range series.Points {
				at := p.at(point.X, point.Y)
				if want := (place{float64(at.X), float64(s.height - at.Y)}); !i.has(series.Color, want) {
					t.Errorf("%s: nothing at %v, where %v is", series.Name, want, point)
				}
			}
		}
	})
}

// has says whether something of that colour is centred there or passes through.
func (i image) has(color int, at place) bool {
	full, light := code(colorOf(color)), code(half(colorOf(color)))
	return slices.ContainsFunc(i.shapes, func(d drawn) bool {
		return (strings.Contains(d.style, full) || strings.Contains(d.style, light)) && (d.middle().near(at, 0.6) ||
			slices.ContainsFunc(d.at, func(p place) bool { return p.near(at, 0.2) }))
	})
}

func code(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

func TestNothingOutside(t *testing.T) {
	eachFigure(t, func(t *testing.T, f document.Figure) {
		i := read(t, f)
		inside := func(p place) bool { return p.x >= 0 && p.y >= 0 && p.x <= i.width && p.y <= i.height }
		for _, d := range i.shapes {
			for _, p := range d.at {
				if !inside(p) {
					t.Errorf("a shape reaches %v, outside %g x %g", p, i.width, i.height)
				}
			}
		}
		for _, l := range i.texts {
			if !inside(l.from) || !inside(l.to) {
				t.Errorf("%q goes from %v to %v, outside %g x %g", l.text, l.from, l.to, i.width, i.height)
			}
		}
	})
}

func TestTextsDoNotOverlap(t *testing.T) {
	eachFigure(t, func(t *testing.T, f document.Figure) {
		texts := read(t, f).texts
		for i, a := range texts {
			for _, b := range texts[:i] {
				flat := a.from.y == a.to.y && b.from.y == b.to.y
				apart := a.to.x <= b.from.x || b.to.x <= a.from.x
				if flat && !apart && a.from.y-b.from.y < a.size*0.8 && b.from.y-a.from.y < b.size*0.8 {
					t.Errorf("%q at %v lies over %q at %v", a.text, a.from, b.text, b.from)
				}
			}
		}
	})
}

func TestTextsAreThere(t *testing.T) {
	for _, f := range gallery() {
		want := []string{f.Title, f.X.Title, f.Y.Title}
		for _, s := range f.Series {
			want = append(want, s.Name)
		}
		for _, b := range f.Bands {
			want = append(want, b.Name)
		}
		for _, tick := range slices.Concat(f.X.Ticks, f.Y.Ticks) {
			want = append(want, tick.Text)
		}
		texts := read(t, f).texts
		for _, text := range want {
			if text != "" && !slices.ContainsFunc(texts, func(l lettered) bool { return l.text == text }) {
				t.Errorf("%s: %q is not written", f.Name, text)
			}
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	f := hostileFigure()
	for _, r := range string(written(t, f)) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U is in the image", r)
		}
	}
	if i := read(t, f); !strings.HasPrefix(i.title, "<script>alert('1')</script> & \"quoted\" ]]> ") {
		t.Errorf("the title became %q", i.title)
	}
	if diff := cmp.Diff(hostileFigure(), f); diff != "" {
		t.Errorf("drawing changed the figure: %s", diff)
	}
}

// What vgsvg writes is looked for and replaced; a text that says the same is not.
func TestTextLikeMarkup(t *testing.T) {
	f := named("markup", 2, "client %d")
	f.Title = `style="font-family:Liberation Sans;font-variant:end;font-weight:bold;font-style:normal;` + "\n<g "
	if got := read(t, f); got.title != clean(f.Title) || got.elements["g"] != read(t, named("plain", 2, "client %d")).elements["g"] {
		t.Errorf("the title became %q", got.title)
	}
}

type full struct{}

var errFull = errors.New("the disk is full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriterFails(t *testing.T) {
	if err := Write(full{}, equal()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, f := range gallery() {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if err := Write(&bytes.Buffer{}, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
