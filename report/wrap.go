package report

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// hang is put before the further lines of a sentence that is wrapped.
const hang = "  "

// wrapped puts first before the first line and rest before the others. If width
// is 0 there is one line.
func wrapped(s string, width int, first, rest string) string {
	if width == 0 || columnsOf(first+s) <= width {
		return first + s
	}
	lines := wrap(s, max(width-max(columnsOf(first), columnsOf(rest)), 1))
	return first + strings.Join(lines, "\n"+rest)
}

// wrap cuts s between words into lines of so many columns of a terminal, and
// words only where they are longer than a line.
func wrap(s string, width int) []string {
	if columnsOf(s) <= width {
		return []string{s}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case columnsOf(line)+1+columnsOf(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
		for columnsOf(line) > width {
			head, tail := cutWord(line, width)
			if tail == "" {
				break
			}
			lines, line = append(lines, head), tail
		}
	}
	return append(lines, line)
}

// cutWord cuts after the last punctuation mark that leaves both parts whole, or
// anywhere. The head has one letter at least.
func cutWord(word string, width int) (head, tail string) {
	used, letters, mark := 0, 0, 0
	for i, r := range word {
		if used += text.RuneWidth(r); used > width && i > 0 {
			break
		}
		letters = i + len(string(r))
		if strings.ContainsRune("+,;:/=-_.", r) {
			mark = letters
		}
	}
	if mark > 0 {
		letters = mark
	}
	return word[:letters], word[letters:]
}

// longestWord is that of any of the lines.
func longestWord(lines ...string) int {
	longest := 0
	for _, line := range lines {
		for word := range strings.FieldsSeq(line) {
			longest = max(longest, columnsOf(word))
		}
	}
	return longest
}

// columnsOf is how many columns of a terminal the widest line takes.
func columnsOf(s string) int {
	widest := 0
	for line := range strings.SplitSeq(s, "\n") {
		widest = max(widest, text.StringWidthWithoutEscSequences(line))
	}
	return widest
}
