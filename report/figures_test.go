package report

import (
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// figureFiles are real runs and fixtures, of all sorts; long ones of one sort are
// left out.
func figureFiles(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"../results/published/*.jsonl*", "testdata/*.jsonl"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, path := range paths {
			if name := filepath.Base(path); strings.HasPrefix(name, "aa-") || strings.HasPrefix(name, "slowed-") {
				continue
			}
			files = append(files, path)
		}
	}
	return files
}

// checkFigures expects what a Figure promises.
func checkFigures(t *testing.T, figures []document.Figure) {
	t.Helper()
	names := map[string]bool{}
	form := regexp.MustCompile(`^[a-z0-9-]+$`)
	for _, f := range figures {
		if !form.MatchString(f.Name) || names[f.Name] || !strings.HasPrefix(f.Name, string(f.Kind)) {
			t.Errorf("name %q of a %s: not of letters, digits and dashes, or not the first", f.Name, f.Kind)
		}
		names[f.Name] = true
		if f.Title == "" || f.Caption == "" || f.Alt == "" || f.Kind == "" {
			t.Errorf("%s lacks a text: %+v", f.Name, f)
		}
		checkAxes(t, f)
		checkSeries(t, f)
		checkTexts(t, f)
	}
}

func checkAxes(t *testing.T, f document.Figure) {
	t.Helper()
	for _, b := range f.Bands {
		axis := f.Y
		if b.Vertical {
			axis = f.X
		}
		if checkShown(t, f.Name, axis, b.From, b.To); b.Name == "" || b.From > b.To {
			t.Errorf("%s: band %+v", f.Name, b)
		}
	}
	for _, axis := range []document.Axis{f.X, f.Y} {
		last := math.Inf(-1)
		for _, tick := range axis.Ticks {
			if checkShown(t, f.Name, axis, tick.At); tick.At <= last || tick.Text == "" {
				t.Errorf("%s: tick %+v after %g", f.Name, tick, last)
			}
			last = tick.At
		}
	}
}

func checkSeries(t *testing.T, f document.Figure) {
	t.Helper()
	if len(f.Series) == 0 {
		t.Errorf("%s has no series", f.Name)
	}
	for _, s := range f.Series {
		if s.Name == "" || len(s.Points) == 0 || !s.Line && !s.Dots {
			t.Errorf("%s: series %q of %d points is not to be seen", f.Name, s.Name, len(s.Points))
		}
		for _, p := range s.Points {
			checkShown(t, f.Name, f.X, p.X)
			checkShown(t, f.Name, f.Y, p.Y)
			at, axis := p.Y, f.Y
			if s.Ranges == document.Horizontal {
				at, axis = p.X, f.X
			}
			if s.Ranges == document.NoRanges {
				continue
			}
			if checkShown(t, f.Name, axis, p.Low, p.High); p.Low > at || at > p.High {
				t.Errorf("%s: %s is not within its range: %+v", f.Name, s.Name, p)
			}
		}
	}
}

func checkShown(t *testing.T, name string, axis document.Axis, values ...float64) {
	t.Helper()
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) || axis.Scale == document.Log && v <= 0 {
			t.Errorf("%s: %g on a %s axis", name, v, axis.Scale)
		}
	}
}

func checkTexts(t *testing.T, f document.Figure) {
	t.Helper()
	texts := []string{f.Title, f.Caption, f.Alt, f.X.Title, f.Y.Title}
	for _, s := range f.Series {
		texts = append(texts, s.Name)
		for _, p := range s.Points {
			if p.Text == "" {
				t.Errorf("%s: %s has a point without a text: %+v", f.Name, s.Name, p)
			}
			texts = append(texts, p.Text)
		}
	}
	for _, text := range texts {
		if text != plain(text) || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "!") {
			t.Errorf("%s: %q", f.Name, text)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, path := range figureFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			figures := summarizeFile(t, path).Figures()
			checkFigures(t, figures)
			checkTrials(t, readFile(t, path), figures)
		})
	}
}

func TestFiguresOfAKind(t *testing.T) {
	s := summarize(t, "sweep-workers", "disturbed")
	figures := s.Figures()
	for _, kind := range document.Kinds {
		want := slices.DeleteFunc(slices.Clone(figures), func(f document.Figure) bool { return f.Kind != kind })
		if diff := cmp.Diff(want, s.Figures(kind), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s alone: %s", kind, diff)
		}
		if none := len(want) == 0; none != (kind == document.Forest) {
			t.Errorf("%d figures of %s", len(want), kind)
		}
	}
}

// checkTrials expects each trial that is ok once for each kind of op, in throughput
// and in order.
func checkTrials(t *testing.T, runs []results.Run, figures []document.Figure) {
	t.Helper()
	var speeds []float64
	trials := 0
	for _, run := range runs {
		for _, trial := range run.Trials {
			if trial.Status != results.OK {
				continue
			}
			for _, k := range trial.Kinds {
				window := trial.Window
				if k.Window > 0 {
					window = k.Window
				}
				speeds = append(speeds, float64(k.Ops)/window.Seconds())
				trials++
			}
		}
	}
	var drawn []float64
	places := 0
	for _, f := range figures {
		seen := map[float64]bool{}
		for _, p := range points(f.Series) {
			ok := p.Mark != document.Typical && p.Mark != document.Failed
			switch {
			case ok && f.Kind == document.Throughput:
				drawn = append(drawn, p.Y)
			case f.Kind == document.Order && seen[p.X]:
				t.Errorf("%s: two trials at %g", f.Name, p.X)
			case ok && f.Kind == document.Order:
				places++
				seen[p.X] = true
			}
		}
	}
	slices.Sort(speeds)
	slices.Sort(drawn)
	if diff := cmp.Diff(speeds, drawn); diff != "" {
		t.Errorf("throughput of the trials and of the dots: %s", diff)
	}
	if places != trials {
		t.Errorf("%d of %d trials in order", places, trials)
	}
}

func TestSlug(t *testing.T) {
	names := map[string]string{}
	for _, text := range []string{"sync", "queue-streams", "", "Sync", "a b", "a-b", "a\x00b", "hex-612062", "-sync", "hex-", "x\ny", "1"} {
		name := slug(text)
		if other, taken := names[name]; taken || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || name == "" {
			t.Errorf("%q is %q, as %q", text, name, other)
		}
		names[name] = text
	}
	if slug("queue-streams") != "queue-streams" {
		t.Error("a name that is safe is not itself")
	}
}

func TestPalette(t *testing.T) {
	p := newPalette([]string{"raw", "goredis", "raw"})
	var got []int
	for _, client := range []string{"goredis", "redigo", "raw", "rueidis", "redigo"} {
		got = append(got, p.of(client))
	}
	if diff := cmp.Diff([]int{1, 2, 0, 3, 2}, got); diff != "" {
		t.Error(diff)
	}
}
