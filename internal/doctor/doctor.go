// Package doctor says before a run what about the machine and the server would
// spoil it, and how to mend that. Each check gives one finding, whatever it
// comes to; what cannot be looked at is unknown and never taken for well.
package doctor

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"respbench.dev/respbench/results"
)

func fine(code, format string, args ...any) results.Finding {
	return results.Finding{Code: code, Level: results.LevelOK, Text: fmt.Sprintf(format, args...)}
}

func unknown(code, advice, format string, args ...any) results.Finding {
	return results.Finding{Code: code, Level: results.LevelUnknown, Text: fmt.Sprintf(format, args...), Advice: advice}
}

func note(code, advice, format string, args ...any) results.Finding {
	return results.Finding{Code: code, Level: results.LevelNote, Text: fmt.Sprintf(format, args...), Advice: advice}
}

func problem(code, advice, format string, args ...any) results.Finding {
	return results.Finding{Code: code, Level: results.LevelProblem, Text: fmt.Sprintf(format, args...), Advice: advice}
}

// about completes findings by whom they are about, and makes texts safe: parts
// of them are others'.
func about(subject string, findings ...results.Finding) []results.Finding {
	for i := range findings {
		findings[i].About, findings[i].Text = oneLine(subject), oneLine(findings[i].Text)
	}
	return findings
}

// longestText is in characters: a server may say anything.
const longestText = 300

// oneLine has no character that a terminal obeys, or that hides or reverses
// what is beside it.
func oneLine(text string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if runes := []rune(visible); len(runes) > longestText {
		return string(runes[:longestText]) + "..."
	}
	return visible
}

// percent writes a share: "<1%", "3%".
func percent(share float64) string {
	if share > 0 && share < 0.01 {
		return "<1%"
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

// short writes a duration in ASCII, of more than some microseconds without
// nanoseconds.
func short(d time.Duration) string {
	if d > 10*time.Microsecond {
		d = d.Round(time.Microsecond)
	}
	return strings.ReplaceAll(d.String(), "\u00b5s", "us")
}

func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// count writes "1 key", "2 keys".
func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
