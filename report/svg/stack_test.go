package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"strings"
	"testing"

	"respbench.dev/respbench/report/document"
)

// Each figure of a stack has a place of its own, below the one before.
func TestWriteAll(t *testing.T) {
	figures := gallery()
	var all bytes.Buffer
	if err := WriteAll(&all, figures); err != nil {
		t.Fatal(err)
	}
	text := all.String()
	decoder := xml.NewDecoder(&all)
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Count(text, "<svg "), 1+len(figures); got != want {
		t.Errorf("%d images, want %d", got, want)
	}
	for _, f := range figures[1:] {
		if !strings.Contains(text, "<title>"+html.EscapeString(f.Title)+"</title>") {
			t.Errorf("%s is not there", f.Title)
		}
	}
	var titles []string
	for _, f := range figures {
		titles = append(titles, f.Title)
	}
	head, _, _ := strings.Cut(text, "\n<rect")
	if !strings.Contains(head, ` role="img">`) || !strings.HasSuffix(head, "<title>"+html.EscapeString(strings.Join(titles, "; "))+"</title>") {
		t.Errorf("the whole has no name: %s", head)
	}
	if n := strings.Count(text, `<svg y="0"`); n != 1 {
		t.Errorf("%d images at the top", n)
	}

	var one, alone bytes.Buffer
	if err := errors.Join(WriteAll(&one, figures[:1]), Write(&alone, figures[0])); err != nil || one.String() != alone.String() {
		t.Errorf("one figure is not drawn as alone (%v)", err)
	}
	if err := WriteAll(io.Discard, []document.Figure{figures[0], {Name: "empty"}}); err == nil {
		t.Error("a figure without points was drawn")
	}
}
