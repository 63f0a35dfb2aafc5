package progress

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A part of a line is left out where it does not fit, the one with the highest
// rank first.
type part struct {
	text string
	rank int
	bad  bool
}

// A line stays on the screen. A whole one is not shortened: a terminal wraps
// it as it does other text.
type line struct {
	parts []part
	whole bool
}

func whole(text string) line { return line{parts: []part{{text: text}}, whole: true} }

func (l line) fit(paint painter, most int) string {
	if l.whole {
		most = -1
	}
	return fit(paint, most, l.parts...)
}

const between = "  "

// fit joins parts to a line of at most so many columns; fewer than none: of any
// length.
func fit(paint painter, most int, parts ...part) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.text == "" })
	for most >= 0 && len(parts) > 1 && total(parts) > most {
		parts = slices.Delete(parts, leastOf(parts), leastOf(parts)+1)
	}
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = p.text
		if most >= 0 && len(parts) == 1 {
			words[i] = cut(p.text, most)
		}
		if p.bad {
			words[i] = paint(words[i])
		}
	}
	return strings.Join(words, between)
}

func total(parts []part) int {
	sum := len(between) * (len(parts) - 1)
	for _, p := range parts {
		sum += width(p.text)
	}
	return sum
}

// leastOf is the part that is missed least, of several the last.
func leastOf(parts []part) int {
	least := 0
	for i, p := range parts {
		if p.rank >= parts[least].rank {
			least = i
		}
	}
	return least
}

// width is in columns of a terminal.
func width(s string) int { return text.StringWidthWithoutEscSequences(s) }

// cut is as much of a text without escape sequences as fits.
func cut(s string, most int) string {
	for i, r := range s {
		if most -= text.RuneWidth(r); most < 0 {
			return s[:i]
		}
	}
	return s
}
