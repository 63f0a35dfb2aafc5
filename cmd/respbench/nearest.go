package main

import (
	"fmt"
	"slices"
	"strings"
)

// unknownKey says of a key that is not one where it stands where it belongs,
// or which it was meant to be.
func unknownKey(key string, here level) string {
	var belongs []string
	for _, l := range []level{topLevel, entryLevel, serverLevel, commandLevel} {
		if slices.Contains(l.keys(), key) {
			belongs = append(belongs, l.name)
		}
	}
	switch keys := here.keys(); {
	case len(belongs) > 0:
		return fmt.Sprintf("key %q belongs %s, not %s", key, strings.Join(belongs, " or "), here.name)
	case runFlags().Lookup(key) != nil:
		return fmt.Sprintf("%q is no key of a plan; give it on the command line: --%s", key, key)
	default:
		return fmt.Sprintf("unknown key %q; %s", key, instead(key, keys))
	}
}

// instead is the key that was meant, if one is near; otherwise all there are.
func instead(key string, keys []string) string {
	if len(key) == 1 {
		if f := runFlags().ShorthandLookup(key); f != nil && slices.Contains(keys, f.Name) {
			return fmt.Sprintf("write %q", f.Name)
		}
	}
	if word := nearest(key, keys); word != "" {
		return fmt.Sprintf("nearest is %q", word)
	}
	return "have " + strings.Join(slices.Sorted(slices.Values(keys)), ", ")
}

// farthest is how many letters a word may differ and still be meant.
const farthest = 3

// nearest is the word that takes the fewest changes of a letter to be text, of
// which at least half must stay; empty if none is near.
func nearest(text string, words []string) (best string) {
	least := min(farthest, len(text)/2) + 1
	for _, word := range words {
		if d := distance(strings.ToLower(text), word); d < least {
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
