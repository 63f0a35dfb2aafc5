package progress

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"respbench.dev/respbench/results"
)

// Describe is a point in a few words.
func Describe(p results.Point) string { return joined(p.Cell(), p.Client(), usual(p.Load)) }

func usual(l results.Load) string {
	var words []string
	if l.Workers > 1 {
		words = append(words, fmt.Sprintf("%d workers", l.Workers))
	}
	if l.Depth > 1 {
		words = append(words, fmt.Sprintf("depth %d", l.Depth))
	}
	return strings.Join(words, " ")
}

// names tell the points of a run apart: what else differs between those of a
// scenario.
type names map[string][]results.Field

func newNames(points []results.Point) names {
	keys := map[string][]results.Key{}
	for _, p := range points {
		keys[p.Scenario] = append(keys[p.Scenario], results.PointKey(results.Header{}, p))
	}
	n := names{}
	for scenario, keys := range keys {
		n[scenario] = slices.DeleteFunc(results.Differing(keys), func(f results.Field) bool {
			return f < results.FieldDataSize || f > results.FieldArrivals // of the load, what usual leaves out
		})
	}
	return n
}

func (n names) load(p results.Point) string {
	key := results.PointKey(results.Header{}, p)
	words := []string{usual(p.Load)}
	for _, f := range n[p.Scenario] {
		words = append(words, f.String()+" "+OneLine(key[f]))
	}
	return joined(words...)
}

// joined leaves out what is empty.
func joined(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// Count is a number of things as people say it.
func Count(n int, thing string) string {
	return fmt.Sprintf("%d %s", n, plural(int64(n), thing))
}

func plural(n int64, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}

// Rounded is a time as people say it.
func Rounded(t time.Duration) string {
	t = t.Round(time.Second)
	if t < time.Minute {
		return fmt.Sprintf("%ds", int(t.Seconds()))
	}
	return fmt.Sprintf("%dm%02ds", int(t.Minutes()), int(t.Seconds())%60)
}

// grouped writes a number with its thousands separated, and one below ten with
// a decimal unless it is whole.
func grouped(v float64) string {
	decimals := 0
	if v < 10 && v != float64(int64(v)) {
		decimals = 1
	}
	digits := strconv.FormatFloat(v, 'f', decimals, 64)
	for at := len(digits) - 3; decimals == 0 && at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// firstLine is that of a text of others.
func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return OneLine(first)
}

// OneLine makes text of others safe to show: what a terminal obeys, and what
// hides or reverses its neighbours, is escaped.
func OneLine(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, string(unicode.ReplacementChar)) {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// escaped is as JSON writes it: in two halves beyond the first 65,536.
func escaped(r rune) string {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
