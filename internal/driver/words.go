package driver

import (
	"strconv"
	"strings"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// longestQuote is how much of what a driver wrote is repeated, in characters.
const longestQuote = 80

// quoted is the beginning of what a driver wrote of itself, in ASCII on one line.
func quoted(text string) string { return quote(storable(results.Access{}, text)) }

// quoted is that of one that has been told how the server is reached.
func (t *Talk) quoted(text string) string { return quote(storable(t.access, text)) }

func quote(text string) string {
	if runes := []rune(text); len(runes) > longestQuote {
		text = string(runes[:longestQuote])
	}
	return strconv.QuoteToASCII(text)
}

// storable is what may be stored of a text that a driver wrote: one short line
// without addresses, credentials and folders.
func storable(access results.Access, text string) string {
	return proc.LastLine(strings.Join(strings.Fields(access.Redact(text)), " "))
}
