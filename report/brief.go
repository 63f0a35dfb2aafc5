package report

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"respbench.dev/respbench/report/document"
)

// Of a brief document's markdownLimit, these are for what is not folded, and at
// most for how it was measured; tables have the rest. Single texts are cut, but no
// commands.
const (
	openLimit   = 24_000
	originLimit = 12_000
	briefText   = 400 // characters
	endOfFold   = "\n</details>\n"
	leftOutRoom = 200 // for saying what is left out
)

// briefMarkdown begins with what it comes to, and what failed. Tables are folded. What
// does not fit is left out whole, and counted.
func briefMarkdown(d document.Document) string {
	b := newBriefing(openLimit / 2)
	fmt.Fprintf(&b.out, "# %s\n", b.text(d.Title))
	b.listed(append(slices.Clone(d.Headlines), failures(d)...))
	b.limit = openLimit
	b.warnings(d.Warnings)
	origin := b.origin(d)
	b.limit = markdownLimit - len(origin) - leftOutRoom
	for _, s := range d.Sections {
		b.sectionFolded(s)
	}
	b.out.WriteString(origin)
	if words := b.left.words(); words != "" {
		fmt.Fprintf(&b.out, "\n(%s left out: too long for this format; the others have all)\n", words)
	}
	return b.out.String()
}

// A briefing is a document, or a part of one, that may be so long and no longer.
type briefing struct {
	markdown
	limit int
	left  leftOut
}

func newBriefing(limit int) *briefing {
	return &briefing{markdown: markdown{most: briefText}, limit: limit}
}

// leftOut counts what did not fit.
type leftOut struct{ lines, paragraphs, commands, tables, rows int }

func (l *leftOut) add(more leftOut) {
	l.lines, l.paragraphs = l.lines+more.lines, l.paragraphs+more.paragraphs
	l.commands, l.tables, l.rows = l.commands+more.commands, l.tables+more.tables, l.rows+more.rows
}

func (l *leftOut) words() string {
	var words []string
	for _, left := range []struct {
		n    int
		noun string
	}{{l.lines, "line"}, {l.paragraphs, "paragraph"}, {l.commands, "command"}, {l.tables, "table"}, {l.rows, "row"}} {
		if left.n > 0 {
			words = append(words, counted(left.n, left.noun))
		}
	}
	return strings.Join(words, ", ")
}

func (b *briefing) fits(text string) bool { return b.out.Len()+len(text) <= b.limit }

// listed are as many as fit.
func (b *briefing) listed(texts []string) {
	if len(texts) > 0 {
		b.out.WriteByte('\n')
	}
	for _, text := range texts {
		if line := b.bullet(text); b.fits(line) {
			b.out.WriteString(line)
		} else {
			b.left.lines++
		}
	}
}

// failures are the rows that failed, with what tells them apart and why.
func failures(d document.Document) []string {
	var failures []string
	for _, s := range d.Sections {
		for _, t := range s.Tables {
			if !slices.ContainsFunc(t.Columns, func(c document.Column) bool { return c.Name == "status" }) {
				continue
			}
			for _, r := range t.Rows {
				if r.Tone == document.Bad {
					failures = append(failures, s.Title+": "+rowWords(t, r))
				}
			}
		}
	}
	return failures
}

func rowWords(t document.Table, r document.TableRow) string {
	var words []string
	for i, c := range t.Columns {
		if text := r.Cells[i].Text; !c.Numeric && text != nothing && text != "" && c.Name != "scenario" {
			words = append(words, text)
		}
	}
	return strings.Join(words, ", ")
}

// warnings are told whole, or not at all.
func (b *briefing) warnings(warnings []document.Warning) {
	before := "\nWarnings:\n\n"
	for _, w := range warnings {
		one := newBriefing(0)
		one.warning(w)
		if !b.fits(before + one.out.String()) {
			b.left.lines += strings.Count(one.out.String(), "\n")
			continue
		}
		b.out.WriteString(before + one.out.String())
		before = ""
	}
}

// origin is how all was measured, folded.
func (b *briefing) origin(d document.Document) string {
	o := newBriefing(originLimit / 2)
	o.out.WriteString(beginFold("how it was measured"))
	o.listed(slices.Concat(d.Asked, d.Notes))
	o.limit = originLimit - len(endOfFold)
	o.commands(d.Reproduce)
	o.tableUpTo(factTable(d.Facts))
	o.out.WriteString(endOfFold)
	b.left.add(o.left)
	return o.out.String()
}

// commands are as many as fit, each whole.
func (b *briefing) commands(all []string) {
	var fitting []string
	written := ""
	for _, c := range all {
		more := newBriefing(0)
		if more.reproduce(append(slices.Clone(fitting), c)); b.fits(more.out.String()) {
			fitting, written = append(fitting, c), more.out.String()
		} else {
			b.left.commands++
		}
	}
	b.out.WriteString(written)
}

// beginFold has its title in HTML.
func beginFold(title string) string {
	return fmt.Sprintf("\n<details><summary>%s</summary>\n", html.EscapeString(plain(title)))
}

// sectionFolded folds each table.
func (b *briefing) sectionFolded(s document.Section) {
	for i, t := range s.Tables {
		fold := newBriefing(b.limit - b.out.Len() - len(endOfFold))
		fold.out.WriteString(beginFold(b.cut(t.Caption) + ", " + counted(len(t.Rows), "row")))
		begin := fold.out.Len()
		if i == 0 {
			fold.texts(s.Text)
		}
		if fold.tableUpTo(t) {
			fold.texts(t.Footnotes)
		}
		if fold.out.Len() > begin {
			b.out.WriteString(fold.out.String() + endOfFold)
		}
		b.left.add(fold.left)
	}
}

func (b *briefing) texts(texts []string) {
	for _, text := range texts {
		if paragraph := "\n" + b.text(text) + "\n"; b.fits(paragraph) {
			b.out.WriteString(paragraph)
		} else {
			b.left.paragraphs++
		}
	}
}

// tableUpTo has as many rows as fit; without room for one there is no table.
func (b *briefing) tableUpTo(t document.Table) bool {
	if len(t.Rows) == 0 {
		return false
	}
	lines := b.lines(t)
	head := "\n" + lines[0] + lines[1]
	if !b.fits(head + lines[2]) {
		b.left.tables++
		return false
	}
	b.out.WriteString(head)
	for i, line := range lines[2:] {
		if !b.fits(line) {
			b.left.rows += len(t.Rows) - i
			break
		}
		b.out.WriteString(line)
	}
	return true
}
