// Package page writes a document as one HTML file that needs no network: its style,
// its script and the numbers of its figures are in it. Tables and texts are readable
// without the script; with it, tables are sorted and filtered and figures drawn.
package page

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"respbench.dev/respbench/report/document"
)

//go:embed page.html
var markup string

//go:embed page.css
var ownStyle string

//go:embed uplot/uPlot.min.css
var plotStyle string

//go:embed uplot/uPlot.iife.min.js
var plotScript string

//go:embed uplot/LICENSE
var plotLicense string

var (
	style  = plotStyle + "\n" + ownStyle
	script = "/*!\nuPlot\n" + plotLicense + "*/\n" + plotScript + "\n" + ownScript()
	policy = contentPolicy(script)
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"data":   dataOf,
	"head":   headColumn,
	"client": clientOf,
	"number": number,
	"tone":   toneWord,
}).Parse(markup))

// view is what the template sees.
type view struct {
	document.Document
	Policy  string
	Style   template.CSS
	Script  template.JS
	Clients []client
}

// Write writes d as one HTML file. Nothing in d is taken for markup, style or script.
func Write(w io.Writer, d document.Document) error {
	if strings.TrimSpace(d.Title) == "" {
		d.Title = "respbench report"
	}
	buffered := bufio.NewWriter(w)
	v := view{Document: d, Policy: policy, Style: template.CSS(style), Script: template.JS(script), Clients: clientsOf(d)}
	if err := page.Execute(buffered, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

// contentPolicy lets this script run and no other, and nothing be fetched.
func contentPolicy(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
}

// toneWord says what a colour does, for those who do not see it.
func toneWord(t document.Tone) string {
	switch t {
	case document.Good:
		return "good"
	case document.Bad:
		return "bad"
	case document.Alert:
		return "attention"
	}
	return ""
}

// number is in a table's markup by what its rows are sorted; empty for none.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}
