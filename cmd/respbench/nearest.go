package main

import "strings"

// nearest is the word that takes the fewest changes of a letter to be text.
func nearest(text string, words []string) (best string) {
	least := -1
	for _, word := range words {
		if d := distance(text, word); least < 0 || d < least {
			best, least = word, d
		}
	}
	return best
}

// distance is Levenshtein's: letters inserted, removed or replaced.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, replaced)
		}
	}
	return row[len(b)]
}

// oneLine is the first line of an error that draws a picture below it.
func oneLine(err error) error { return firstLine(strings.TrimSpace(err.Error())) }

type firstLine string

func (f firstLine) Error() string {
	line, _, _ := strings.Cut(string(f), "\n")
	return line
}
