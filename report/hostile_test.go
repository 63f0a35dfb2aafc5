package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"respbench.dev/respbench/results"
)

// A spell changes every text of a run.
type spell struct {
	name string
	cast func(string) string
}

const nasty = "=cmd()<script>alert(1)</script>a|b\nc\rd\te\x1b[31m\x1b]0;t\a`f``` \"g\" 'h' ]]> &amp; # * _k_ [l](javascript:m) ${n} \u202eo\u2028 \xff\x00 --> </td>,;/"

// spells are hostile, each beside a harmless one that changes as much.
var spells = []struct{ hostile, harmless spell }{
	{
		spell{"before", func(s string) string { return nasty + s }},
		spell{"", func(s string) string { return "x" + s }},
	},
	{
		spell{"after", func(s string) string { return s + nasty }},
		spell{"", func(s string) string { return s + "x" }},
	},
}

// meant are texts that decide what a report has, and not only what it says.
var meant = []string{"HDR", "Status", "Unit", "Better", "Side", "Arrivals", "Disturb", "Level"}

// bewitched is a copy of runs with all texts changed.
func bewitched(t *testing.T, runs []results.Run, s spell) []results.Run {
	t.Helper()
	var out []results.Run
	for _, run := range runs {
		out = append(out, enchanted(reflect.ValueOf(run), "", s).Interface().(results.Run))
	}
	return out
}

// enchanted copies v.
func enchanted(v reflect.Value, field string, s spell) reflect.Value {
	to := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		if to.Set(v); v.Len() > 0 && !slices.Contains(meant, field) {
			to.SetString(s.cast(v.String()))
		}
	case reflect.Struct:
		to.Set(v) // times have no fields to set
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				to.Field(i).Set(enchanted(v.Field(i), f.Name, s))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			to.Set(reflect.New(v.Type().Elem()))
			to.Elem().Set(enchanted(v.Elem(), field, s))
		}
	case reflect.Slice:
		if !v.IsNil() {
			to.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				to.Index(i).Set(enchanted(v.Index(i), field, s))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			to.Set(reflect.MakeMap(v.Type()))
			for _, key := range v.MapKeys() {
				to.SetMapIndex(enchanted(key, field, s), enchanted(v.MapIndex(key), field, s))
			}
		}
	default:
		to.Set(v)
	}
	return to
}

// talkative has every text that a run may have.
func talkative(run results.Run) results.Run {
	h := &run.Header
	h.Notes, run.Notes = []string{"a note of the run"}, []string{"a note of the file"}
	h.Command = []string{"respbench", "run", "--url", "URL"}
	h.Machine.Label = "a machine"
	h.Servers[0].Label, h.Servers[0].OS = "a server", "an OS"
	h.Servers[0].Config = map[string]string{"save": "never"}
	h.Servers[0].Facts = map[string]string{"masters": "3"}
	h.Findings = []results.Finding{{Code: "found", About: "a thing", Level: results.LevelProblem, Text: "a finding", Advice: "mend it"}}
	run.End.Warnings = []results.Warning{{Code: "whole", Text: "of the run", Advice: "do it"}}
	for i := range run.Trials {
		trial := &run.Trials[i]
		trial.Warnings = []results.Warning{{Code: "code", Text: "a warning", Advice: "advice"}}
		trial.Errors, trial.FirstErrs = map[string]int64{"reset": 3}, map[string]string{"reset": "connection reset"}
		trial.Metrics = []results.Metric{{Name: "batch", Unit: "commands", Values: valuesOf(3, 4, 5)}, {Name: "wait", Unit: "ns", Values: valuesOf(3, 4, 5)}}
	}
	last := &run.Trials[len(run.Trials)-1]
	last.Status, last.Reason, last.Failure = results.Failed, "why it failed", "a failure"
	p := run.Trials[0].Point
	p.Library = "nosuch"
	h.Points, h.Skips = append(h.Points, p), []results.Skip{{Point: p, Reason: "why it is skipped"}}
	return run
}

// A writing is a format with what it writes.
type writing struct {
	name  string
	write func(io.Writer, Layout) error
}

// everyFormat writes the runs as a report, as a sweep, and as a comparison with
// the same.
func everyFormat(t *testing.T, report, sweep, compare []results.Run) []writing {
	t.Helper()
	s, err1 := Summarize(report)
	sw, err2 := Sweep(sweep, SweepOptions{})
	c, err3 := Compare(compare[:1], compare[1:], defaultRules())
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(
		list(Formats(), func(f Format) writing {
			return writing{"report " + f.Name, func(w io.Writer, l Layout) error { return f.Write(w, s, l) }}
		}),
		list(SweepFormats(), func(f SweepFormat) writing {
			return writing{"sweep " + f.Name, func(w io.Writer, l Layout) error { return f.Write(w, sw, l) }}
		}),
		list(ComparisonFormats(), func(f ComparisonFormat) writing {
			return writing{"compare " + f.Name, func(w io.Writer, l Layout) error { return f.Write(w, c, l) }}
		}),
	)
}

func hostileWritings(t *testing.T, s spell) []writing {
	t.Helper()
	runs := func(runs ...results.Run) []results.Run {
		return bewitched(t, list(runs, talkative), s)
	}
	one := makeHost("", 60_000).run
	one.Trials, one.Header.Points, one.Header.Order = one.Trials[:3], one.Header.Points[:1], []int{0, 0, 0}
	all := everyFormat(t, runs(makeHost("", 60_000).run),
		runs(makeWorkersSweep().run), runs(measuredRun("base2222", goredis(1e5, 10)), measuredRun("new22222", goredis(2e5, 10))))
	alone, err := Summarize(runs(one))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() { // hgrm holds a single cell
		all = append(all, writing{"cell " + f.Name, func(w io.Writer, l Layout) error { return f.Write(w, alone, l) }})
	}
	return all
}

// Text of a run stays text in every format.
func TestHostileText(t *testing.T) {
	for _, s := range spells {
		hostile, harmless := hostileWritings(t, s.hostile), hostileWritings(t, s.harmless)
		for i, w := range hostile {
			t.Run(s.hostile.name+"/"+w.name, func(t *testing.T) {
				for _, l := range layoutsOf(t, w.name) {
					got, err := textOf(w, withTitle(l, s.hostile))
					twin, twinErr := textOf(harmless[i], withTitle(l, s.harmless))
					if (err == nil) != (twinErr == nil) {
						t.Fatalf("%v, of the harmless twin %v", err, twinErr)
					}
					if err != nil {
						checkHarmless(t, err.Error())
						continue
					}
					checkHarmless(t, got)
					if diff := cmp.Diff(builtLike(t, w.name, twin), builtLike(t, w.name, got)); diff != "" {
						t.Errorf("%+v: another shape than of harmless text: %s", l, diff)
					}
				}
			})
		}
	}
}

// layoutsOf are those that make a difference to a format.
func layoutsOf(t *testing.T, name string) []Layout {
	switch _, format, _ := strings.Cut(name, " "); format {
	case "table":
		return []Layout{{}, {Width: 80}, {Width: 20}}
	case "markdown":
		return []Layout{{}, {Title: "t"}, {Title: "t", Brief: true}, {Title: "t", Plots: plotPath(t)}}
	}
	return []Layout{{Title: "t"}}
}

func withTitle(l Layout, s spell) Layout {
	if l.Title != "" {
		l.Title = s.cast(l.Title)
	}
	return l
}

// plotPath expects names that are safe in a path.
func plotPath(t *testing.T) func(string) string {
	return func(name string) string {
		if !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`).MatchString(name) {
			t.Errorf("a plot is named %q", name)
		}
		return "plots/" + name + ".svg"
	}
}

func textOf(w writing, l Layout) (string, error) {
	var out bytes.Buffer
	err := w.write(&out, l)
	return out.String(), err
}

// checkHarmless expects characters that no reader obeys.
func checkHarmless(t *testing.T, got string) {
	t.Helper()
	if !utf8.ValidString(got) {
		t.Error("not UTF-8")
	}
	seen := map[rune]bool{}
	for _, r := range got {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028') && !seen[r] {
			seen[r] = true
			at := strings.IndexRune(got, r)
			t.Errorf("%U in %q", r, got[max(at-60, 0):min(at+20, len(got))])
		}
	}
}

// builtLike is what no text may change: how a document is built.
func builtLike(t *testing.T, name, got string) []string {
	t.Helper()
	switch _, format, _ := strings.Cut(name, " "); format {
	case "table":
		return nil // text is wrapped, by its length
	case "markdown":
		return tagsOf(t, asHTML(t, got))
	case "html":
		return tagsOf(t, got)
	case "json", "bigger-is-better", "smaller-is-better":
		return jsonShape(t, got)
	case "csv":
		return csvShape(t, got)
	case "junit":
		return xmlShape(t, got)
	default:
		return lineShape(got)
	}
}

// asHTML is Markdown as a forge shows it, except that HTML in it stays.
func asHTML(t *testing.T, markdown string) string {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(markdown), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	tagName = regexp.MustCompile(`</?[A-Za-z!][A-Za-z0-9]*`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// tagsOf expects no script of the run's, and no attribute that is one.
func tagsOf(t *testing.T, page string) []string {
	t.Helper()
	for _, bad := range []string{"<script>alert(1)", `href="javascript:`} {
		if strings.Contains(page, bad) {
			t.Errorf("%s in the page", bad)
		}
	}
	return tagName.FindAllString(comment.ReplaceAllString(page, ""), -1)
}

func jsonShape(t *testing.T, got string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(got))
	var kinds []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return kinds
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, fmt.Sprintf("%T", token))
	}
}

func csvShape(t *testing.T, got string) []string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list(records, func(record []string) string {
		for _, field := range record {
			if strings.HasPrefix(field, "=") {
				t.Errorf("a formula: %q", field)
			}
		}
		return integer(len(record))
	})
}

func xmlShape(t *testing.T, got string) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(got))
	var tokens []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return tokens
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			tokens = append(tokens, start.Name.Local+" "+integer(len(start.Attr)))
		}
	}
}

// lineShape is how many fields each line has, except a comment.
func lineShape(got string) []string {
	var shape []string
	for line := range strings.Lines(got) {
		switch {
		case strings.HasPrefix(line, "#"):
			shape = append(shape, "#")
		case strings.HasPrefix(line, "Benchmark"), strings.HasPrefix(line, "Unit "), strings.HasPrefix(line, "Tag="):
			shape = append(shape, integer(len(strings.Fields(line))))
		default:
			shape = append(shape, "line")
		}
	}
	return shape
}
