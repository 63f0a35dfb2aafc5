package report

import (
	"slices"
	"strings"
)

// A footnote is said while it is about a column that is shown.
type footnote struct {
	columns []string // those that it is about, by name; none: the whole table
	text    string
	lack    bool // it is why cells of the columns are unknown

	fewest, most int64 // samples of a round; 0: they are not why
}

// words name the columns only where the text does not.
func (f footnote) words() string {
	if !f.lack {
		return f.text
	}
	words := strings.Join(f.columns, ", ") + " " + unknown + ": " + f.text
	switch {
	case f.most == 0:
		return words
	case f.fewest == f.most:
		return words + " (" + counted(f.most, "sample") + ")"
	}
	return words + " (" + integer(f.fewest) + " to " + counted(f.most, "sample") + ")"
}

// say adds a footnote about the column whose cells are being filled, or else
// about the whole table.
func (s *sheet) say(text string) { s.notes = append(s.notes, footnote{text: text}) }

// A lack is why a cell is unknown.
type lack struct {
	why     string // may be empty: another cell of the row says it
	samples int64  // of the round with the fewest, where there are too few
}

// explain says of the unknown cells of the last column why they are.
func explain[T any](s *sheet, rows []T, why func(T) lack) {
	last := s.columns[len(s.columns)-1]
	for i, cell := range last.cells {
		if cell != unknown {
			continue
		}
		if l := why(rows[i]); l.why != "" {
			s.notes = append(s.notes, footnote{[]string{last.name}, plain(l.why), true, l.samples, l.samples})
		}
	}
}

// settle writes the footnotes of each sheet below it, or below the next one.
func settle(sheets ...sheet) []sheet {
	var notes []footnote
	for i := range sheets {
		s := &sheets[i]
		for _, note := range s.notes {
			if note, shown := s.shown(note); shown {
				notes = merge(notes, note)
			}
		}
		s.footnotes = nil
		if s.continued && i < len(sheets)-1 {
			continue
		}
		for _, note := range notes {
			s.footnotes = append(s.footnotes, note.words())
		}
		notes = nil
	}
	return sheets
}

// shown leaves the columns that the sheet has; false: the footnote is about others.
func (s *sheet) shown(note footnote) (footnote, bool) {
	if len(note.columns) == 0 {
		return note, true
	}
	note.columns = slices.DeleteFunc(slices.Clone(note.columns), func(name string) bool { return !s.has(name) })
	return note, len(note.columns) > 0
}

// merge says once what is the same of several columns or cells.
func merge(notes []footnote, note footnote) []footnote {
	i := slices.IndexFunc(notes, func(n footnote) bool { return n.text == note.text && n.lack == note.lack })
	if i < 0 {
		return append(notes, note)
	}
	for _, name := range note.columns {
		notes[i].columns = addNew(notes[i].columns, name)
	}
	notes[i].fewest, notes[i].most = min(notes[i].fewest, note.fewest), max(notes[i].most, note.most)
	return notes
}
