package report

import "slices"

// gap is between two columns.
const gap = "  "

// A squeeze is how columns are made narrower.
type squeeze int

const (
	squeezeHeads   squeeze = iota // and prose, down to a legible width
	squeezeWords                  // every cell, down to its longest word
	squeezeLetters                // text, within words
)

// narrowest are the widths to which a squeeze makes prose narrower.
var narrowest = [...]int{squeezeHeads: 24, squeezeWords: 16, squeezeLetters: 12}

// fitted are the sheets for a terminal of so many columns, with the footnotes
// about what is left; 0: as they are.
func fitted(sheets []sheet, width int) []sheet {
	if width == 0 {
		return sheets
	}
	return settle(list(sheets, func(s sheet) sheet { return s.fit(width) })...)
}

// fit leaves out columns until the others fit, and makes these narrower. What is
// essential may be too wide even so.
func (s sheet) fit(width int) sheet {
	all := s.columns
	s.columns = slices.Clone(all)
	for !s.fits(width) && s.leaveOut() {
	}
	for _, c := range all {
		if !s.has(c.name) {
			s.leftOut = append(s.leftOut, c.name)
		}
	}
	return s
}

// fits squeezes the harder the more it would cost to leave out a column.
func (s *sheet) fits(width int) bool {
	rank := s.leastRank()
	return s.squeeze(squeezeHeads, width) ||
		rank <= important && s.squeeze(squeezeWords, width) ||
		rank == essential && s.squeeze(squeezeLetters, width)
}

func (s *sheet) leastRank() rank {
	return slices.Max(list(s.columns, func(c column) rank { return c.rank }))
}

// leaveOut takes away the least important column, unless all are essential.
func (s *sheet) leaveOut() bool {
	rank := s.leastRank()
	if rank == essential {
		return false
	}
	for i, c := range slices.Backward(s.columns) {
		if c.rank == rank {
			s.columns = slices.Delete(s.columns, i, i+1)
			break
		}
	}
	return true
}

func (s *sheet) has(name string) bool {
	return slices.ContainsFunc(s.columns, func(c column) bool { return c.name == name })
}

// squeeze takes from the widest columns until all fit, and reports whether they do.
func (s *sheet) squeeze(by squeeze, width int) bool {
	over := len(gap)*(len(s.columns)-1) - width
	for i := range s.columns {
		s.columns[i].width = s.columns[i].natural()
		over += s.columns[i].width
	}
	floors := list(s.columns, func(c column) int { return c.floor(by) })
	for ; over > 0; over-- {
		widest := -1
		for i, c := range s.columns {
			if c.width > floors[i] && (widest < 0 || c.width > s.columns[widest].width) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		s.columns[widest].width--
	}
	return true
}

// natural is how wide a column is in a table with room enough.
func (c column) natural() int { return max(columnsOf(c.head(0)), c.cellWidth()) }

func (c column) cellWidth() int {
	widest := 0
	for _, cell := range c.cells {
		widest = max(widest, columnsOf(cell))
	}
	if c.prose {
		return min(widest, proseWidth)
	}
	return widest
}

// floor is how narrow a column may become.
func (c column) floor(by squeeze) int {
	cells := c.cellWidth()
	switch {
	case c.prose, c.left && by == squeezeLetters:
		cells = min(cells, narrowest[by])
	case by != squeezeHeads:
		cells = longestWord(c.cells...)
	}
	return max(cells, longestWord(c.head(0)))
}
