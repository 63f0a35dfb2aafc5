package page

import (
	"strconv"

	"respbench.dev/respbench/report/document"
)

// figureData is a figure as the script reads it: a list a coordinate, not an object
// a point, and nothing that is at its zero.
type figureData struct {
	X      axisData     `json:"x"`
	Y      axisData     `json:"y"`
	Series []seriesData `json:"series"`
	Bands  []bandData   `json:"bands"`
}

type axisData struct {
	Title string     `json:"title"`
	Scale string     `json:"scale"`
	Zero  bool       `json:"zero,omitempty"`
	Ticks []tickData `json:"ticks,omitempty"`
}

type tickData struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

type seriesData struct {
	Name   string    `json:"name"`
	Client string    `json:"client,omitempty"`
	Color  int       `json:"color"`
	Dashed bool      `json:"dashed,omitempty"`
	Line   bool      `json:"line,omitempty"`
	Dots   bool      `json:"dots,omitempty"`
	Ranges string    `json:"ranges,omitempty"`
	X      []float64 `json:"x"`
	Y      []float64 `json:"y"`
	Low    []float64 `json:"low,omitempty"`
	High   []float64 `json:"high,omitempty"`
	// Marks are by a point's index.
	Marks map[int]string `json:"marks,omitempty"`
	Texts []string       `json:"texts,omitempty"`
}

type bandData struct {
	Name     string  `json:"name"`
	Vertical bool    `json:"vertical,omitempty"`
	From     float64 `json:"from"`
	To       float64 `json:"to"`
}

func dataOf(f document.Figure) figureData {
	data := figureData{X: axisOf(f.X), Y: axisOf(f.Y), Series: []seriesData{}, Bands: []bandData{}}
	for _, s := range f.Series {
		data.Series = append(data.Series, seriesOf(s))
	}
	for _, b := range f.Bands {
		data.Bands = append(data.Bands, bandData{b.Name, b.Vertical, b.From, b.To})
	}
	return data
}

func axisOf(a document.Axis) axisData {
	data := axisData{Title: a.Title, Scale: string(a.Scale), Zero: a.Zero}
	for _, t := range a.Ticks {
		data.Ticks = append(data.Ticks, tickData(t))
	}
	return data
}

func seriesOf(s document.Series) seriesData {
	data := seriesData{
		Name: s.Name, Client: s.Client, Color: s.Color, Dashed: s.Dashed, Line: s.Line, Dots: s.Dots, Ranges: string(s.Ranges),
		X: []float64{}, Y: []float64{}, Marks: map[int]string{},
	}
	worded := false
	for i, p := range s.Points {
		data.X, data.Y = append(data.X, drawn(p.X)), append(data.Y, drawn(p.Y))
		if s.Ranges != document.NoRanges {
			data.Low, data.High = append(data.Low, drawn(p.Low)), append(data.High, drawn(p.High))
		}
		if p.Mark != document.NoMark {
			data.Marks[i] = string(p.Mark)
		}
		data.Texts = append(data.Texts, p.Text)
		worded = worded || p.Text != ""
	}
	if !worded {
		data.Texts = nil
	}
	return data
}

// drawn has seven digits, more than a screen has pixels and fewer than a float64
// takes in text.
func drawn(v float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 7, 64), 64)
	if err != nil {
		return v
	}
	return short
}
