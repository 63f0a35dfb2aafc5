package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"respbench.dev/respbench/report"
	"respbench.dev/respbench/report/document"
)

// documentFlags say which document is made and where it goes: those of report
// and of compare.
type documentFlags struct {
	format, out, title string
	force, brief, open bool
}

func (d *documentFlags) add(f *pflag.FlagSet) {
	f.StringVarP(&d.out, "out", "o", "-", "file to write, or a folder for the whole set, as DIR/; - is stdout")
	f.BoolVar(&d.force, "force", false, "replace existing files")
	f.StringVar(&d.title, "title", "", "of markdown or html; markdown becomes a whole document")
	f.BoolVar(&d.brief, "summary", false, "markdown under 60 KB, for a step summary or a comment; details are folded")
	f.BoolVar(&d.open, "open", false, "open the page in a browser; with --format html, or a folder")
}

// check refuses what the format does not use.
func (d *documentFlags) check(flags *pflag.FlagSet) error {
	switch {
	case d.wholeSet() && flags.Changed("format"):
		return fmt.Errorf("--format together with -o %s, a folder, which gets every format; name a file", d.out)
	case d.wholeSet():
		return nil
	case d.title != "" && d.format != "markdown" && d.format != "html":
		return fmt.Errorf("--title is not used by --format %s; it is used by markdown, html", d.format)
	case d.brief && d.format != "markdown":
		return fmt.Errorf("--summary is not used by --format %s; it is used by markdown", d.format)
	case d.open && d.format != "html":
		return errors.New("--open without --format html")
	}
	return nil
}

// wholeSet reports whether -o names a folder.
func (d *documentFlags) wholeSet() bool {
	return isFolder(d.out) || strings.HasSuffix(d.out, "/") || strings.HasSuffix(d.out, string(filepath.Separator))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// A made is a report that is ready to be written.
type made struct {
	name       string // of its files: "report"
	title      string // where the user gives none and there has to be one
	formats    []format
	figures    func() []document.Figure
	histograms []report.Histogram
}

type format struct {
	name  string
	write func(io.Writer, report.Layout) error
}

// formatsOf binds formats to what they are to write.
func formatsOf[T any](formats []report.FormatOf[T], v T) []format {
	var bound []format
	for _, f := range formats {
		bound = append(bound, format{f.Name, func(w io.Writer, l report.Layout) error { return f.Write(w, v, l) }})
	}
	return bound
}

// formatNames are as they are typed.
func formatNames[T any](formats []report.FormatOf[T]) []string {
	var all []string
	for _, f := range formats {
		all = append(all, f.Name)
	}
	return all
}

// put writes m to where it is to go: the format, or all of them.
func (a *app) put(m made, d *documentFlags) error {
	if d.wholeSet() {
		return a.putSet(m, d)
	}
	i := slices.IndexFunc(m.formats, func(f format) bool { return f.name == d.format })
	return a.putOne(m, m.formats[i].write, d)
}

// putOne writes one document, to a file only when it is whole; plots that it
// links to stand in a folder beside it.
func (a *app) putOne(m made, write func(io.Writer, report.Layout) error, d *documentFlags) error {
	layout := report.Layout{Title: d.title, Brief: d.brief}
	switch {
	case d.out == "-" && d.open:
		return a.showTemporary(write, layout)
	case d.out == "-":
		layout.Width = columns(a.stdout)
		return write(a.stdout, layout)
	}
	var files fileSet
	plots := strings.TrimSuffix(filepath.Base(d.out), filepath.Ext(d.out)) + "-plots"
	var linked []string
	layout.Plots = func(name string) string {
		linked = append(linked, name)
		return path.Join(plots, name+".svg")
	}
	files.add(d.out, func(w io.Writer) error { return write(w, layout) })
	if len(linked) > 0 {
		files.plots(filepath.Join(filepath.Dir(d.out), plots), m.figures(), linked)
	}
	if err := files.save(d.force); err != nil || !d.open {
		return err
	}
	return a.show(d.out)
}

// suffixes are those of a set's files where the format's name is not enough.
var suffixes = map[string]string{
	"table": "txt", "markdown": "md", "gobench": "bench.txt", "junit": "junit.xml",
	"bigger-is-better": "bigger-is-better.json", "smaller-is-better": "smaller-is-better.json",
}

// putSet writes every format, and a file for each plot and each cell's histogram.
func (a *app) putSet(m made, d *documentFlags) error {
	var files fileSet
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(d.out)), 0o755); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	files.folder(d.out)
	layout := report.Layout{Title: cmp.Or(d.title, m.title), Brief: d.brief, Plots: func(name string) string { return path.Join("plots", name+".svg") }}
	for _, f := range m.formats {
		if f.name == report.OfOneCell {
			continue
		}
		name := m.name + "." + cmp.Or(suffixes[f.name], f.name)
		files.add(filepath.Join(d.out, name), func(w io.Writer) error { return f.write(w, layout) })
	}
	files.plots(filepath.Join(d.out, "plots"), m.figures(), nil)
	if len(m.histograms) > 0 {
		files.folder(filepath.Join(d.out, report.OfOneCell))
	}
	for _, h := range m.histograms {
		files.add(filepath.Join(d.out, report.OfOneCell, h.Name), h.Write)
	}
	if err := files.save(d.force); err != nil || !d.open {
		return err
	}
	return a.show(filepath.Join(d.out, m.name+".html"))
}

// columns are those of a terminal, or of one that COLUMNS speaks of; 0 elsewhere.
func columns(w io.Writer) int {
	if file, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(file.Fd())); err == nil && n > 0 {
			return n
		}
	}
	n, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return max(n, 0)
}
