package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"respbench.dev/respbench/report/document"
)

// An image is what a viewer sees of an SVG: shapes and texts where they end up.
type image struct {
	width, height float64
	title, desc   string
	role          string
	elements      map[string]int
	attributes    map[string]int
	shapes        []drawn
	texts         []lettered
}

// drawn is a subpath, lettered a text.
type drawn struct {
	style string
	at    []place
}

type lettered struct {
	text     string
	from, to place // along its baseline
	size     float64
}

type place struct{ x, y float64 }

func (p place) near(q place, by float64) bool { return math.Hypot(p.x-q.x, p.y-q.y) <= by }

// middle is the mean of the corners; of a circle, its two halves' ends.
func (d drawn) middle() place {
	corners := d.at
	if len(corners) > 1 && corners[0] == corners[len(corners)-1] {
		corners = corners[1:]
	}
	var m place
	for _, c := range corners {
		m.x += c.x / float64(len(corners))
		m.y += c.y / float64(len(corners))
	}
	return m
}

func written(t testing.TB, f document.Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read parses an image strictly.
func read(t testing.TB, f document.Figure) image {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(written(t, f)))
	r := reader{image: image{elements: map[string]int{}, attributes: map[string]int{}}, matrices: []matrix{{1, 0, 0, 1, 0, 0}}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return r.image
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			r.start(token)
		case xml.CharData:
			r.text(string(token))
		case xml.EndElement:
			r.open, r.matrices = "", r.matrices[:len(r.matrices)-1]
		default:
			t.Fatalf("%T in the image", token)
		}
	}
}

type reader struct {
	image
	open     string
	attr     map[string]string
	matrices []matrix
}

func (r *reader) start(e xml.StartElement) {
	r.open, r.attr = e.Name.Local, map[string]string{}
	r.elements[r.open]++
	for _, a := range e.Attr {
		r.attr[a.Name.Local] = a.Value
		r.attributes[a.Name.Local]++
	}
	r.matrices = append(r.matrices, r.matrices[len(r.matrices)-1].then(r.attr["transform"]))
	switch r.open {
	case "svg":
		r.width, r.height, r.role = number(r.attr["width"]), number(r.attr["height"]), r.attr["role"]
	case "path":
		r.path()
	}
}

var steps = regexp.MustCompile(`([MLAZ])([^MLAZ]*)`)

func (r *reader) path() {
	for _, step := range steps.FindAllStringSubmatch(r.attr["d"], -1) {
		if step[1] == "Z" {
			continue
		}
		if step[1] == "M" {
			r.shapes = append(r.shapes, drawn{style: r.attr["style"]})
		}
		n := strings.FieldsFunc(step[2], func(c rune) bool { return c == ',' || c == ' ' })
		last := &r.shapes[len(r.shapes)-1]
		last.at = append(last.at, r.matrices[len(r.matrices)-1].apply(number(n[len(n)-2]), number(n[len(n)-1])))
	}
}

func (r *reader) text(s string) {
	switch r.open {
	case "title":
		r.title += s
	case "desc":
		r.desc += s
	case "text":
		l := smallText
		if strings.Contains(r.attr["style"], "bold") {
			l = titleText
		}
		face := l.face()
		width := float64(face.Width(s)) // without the reserve
		x, y := number(r.attr["x"]), number(r.attr["y"])
		switch {
		case strings.Contains(r.attr["style"], "text-anchor:middle"):
			x -= width / 2
		case strings.Contains(r.attr["style"], "text-anchor:end"):
			x -= width
		}
		m := r.matrices[len(r.matrices)-1]
		r.texts = append(r.texts, lettered{text: s, from: m.apply(x, y), to: m.apply(x+width, y), size: float64(l.size)})
	}
}

// A matrix is a transform: a c e above b d f.
type matrix [6]float64

func (m matrix) apply(x, y float64) place {
	return place{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

var transform = regexp.MustCompile(`(\w+)\(([^)]*)\)`)

func (m matrix) then(list string) matrix {
	for _, f := range transform.FindAllStringSubmatch(list, -1) {
		n := strings.FieldsFunc(f[2], func(c rune) bool { return c == ',' || c == ' ' })
		by := matrix{1, 0, 0, 1, 0, 0}
		switch f[1] {
		case "scale":
			by[0], by[3] = number(n[0]), number(n[1])
		case "translate":
			by[4], by[5] = number(n[0]), number(n[1])
		case "rotate":
			sin, cos := math.Sincos(number(n[0]) * math.Pi / 180)
			by = matrix{cos, sin, -sin, cos, 0, 0}
		}
		origin := m.apply(by[4], by[5])
		m = matrix{
			m[0]*by[0] + m[2]*by[1], m[1]*by[0] + m[3]*by[1],
			m[0]*by[2] + m[2]*by[3], m[1]*by[2] + m[3]*by[3],
			origin.x, origin.y,
		}
	}
	return m
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
