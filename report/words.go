package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

const (
	unknown = "n/a" // measured, but not this
	nothing = "-"   // not measured
)

// number writes v with that many decimals and thousands separated.
func number(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction
}

func integer[T int | int64](n T) string { return number(float64(n), 0) }

// counted writes "1 round", "5 rounds".
func counted[T int | int64](n T, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return integer(n) + " " + noun
}

// decimals are so many, up to two, that a number of this size has at least
// that many significant digits.
func decimals(size float64, digits int) int {
	if size == 0 {
		return 0
	}
	return min(max(digits-1-int(math.Floor(math.Log10(math.Abs(size)))), 0), 2)
}

// spreadDecimals are what the rounds' values deserve: their standard deviation
// to two digits. A single round has no spread, and gets three digits.
func spreadDecimals(s *stats.Summary) int {
	if s.Stdev == nil || *s.Stdev == 0 {
		return decimals(s.Median, 3)
	}
	return decimals(*s.Stdev, 2)
}

// columnDecimals are those of a column of medians: what the spread of a typical
// cell deserves, but so many that the smallest median has two significant
// digits at least and three at most. Without a spread it has three.
func columnDecimals(by float64, column []*stats.Summary) int {
	var medians []float64
	for _, s := range column {
		if v := s.Median / by; v >= leastShown {
			medians = append(medians, v)
		}
	}
	fewest, most := decimals(smallest(medians), 2), decimals(smallest(medians), 3)
	var deserved []int
	for _, s := range column {
		if s.Stdev == nil || *s.Stdev == 0 {
			deserved = append(deserved, most)
		} else {
			deserved = append(deserved, decimals(*s.Stdev/by, 2))
		}
	}
	if len(deserved) == 0 {
		return 0
	}
	slices.Sort(deserved)
	return min(max(deserved[(len(deserved)-1)/2], fewest), most)
}

// leastShown is the smallest value that two decimals show.
const leastShown = 0.005

// fieldWords separate the thousands of what is counted of the load.
func fieldWords(f results.Field, value string) string {
	rest := strings.TrimLeft(value, "0123456789")
	n, err := strconv.ParseInt(strings.TrimSuffix(value, rest), 10, 64)
	counts := f >= results.FieldWorkers && f <= results.FieldRate
	if err != nil || !counts || !slices.Contains([]string{"", "/s", " B"}, rest) {
		return value
	}
	return integer(n) + rest
}

// amount writes a value of zero or more: "0" only if it is zero, else "<0.01".
func amount(v float64, decimals int) string {
	text := number(v, decimals)
	switch {
	case v == 0:
		return "0"
	case strings.Trim(text, "0.") == "":
		return "<" + number(math.Pow10(-decimals), decimals)
	}
	return text
}

// inColumn has fewer decimals than its column where the value is so much larger
// than others that these would mean nothing.
func inColumn(v float64, column int) string { return amount(v, min(column, decimals(v, 4))) }

// spread writes "32 (3%)", as precisely as the values that spread.
func spread(s *stats.Summary) string {
	if s.Stdev == nil {
		return unknown
	}
	stdev := amount(*s.Stdev, spreadDecimals(s))
	switch {
	case s.CVPercent == nil:
		return stdev
	case *s.CVPercent < 1:
		return stdev + " (<1%)"
	}
	return stdev + " (" + number(*s.CVPercent, 0) + "%)"
}

// medianEnds writes those of the 95 % interval of the median: "18,105..18,400".
func medianEnds(s *stats.Summary) string {
	digits := spreadDecimals(s)
	return number(*s.Low, digits) + ".." + number(*s.High, digits)
}

// ratio writes "0.87x", "1.04x", "4.1x", "12x".
func ratio(v float64) string {
	switch {
	case v < 2:
		return amount(v, 2) + "x"
	case v < 10:
		return number(v, 1) + "x"
	}
	return number(v, 0) + "x"
}

// A scale is a unit and what a value in the base unit is divided by.
type scale struct {
	unit string
	by   float64
}

var nanoseconds = []scale{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}

// timeScale is the largest unit in which the smallest value is at least half; or
// that above it, for values so far apart that the largest has hundreds of it, and
// the smallest still shows.
func timeScale(ns []float64) scale {
	low := smallest(ns)
	for _, s := range nanoseconds {
		if low >= s.by/2 || low >= s.by/20 && slices.Max(ns) >= 100*s.by {
			return s
		}
	}
	return nanoseconds[len(nanoseconds)-1]
}

// smallest returns the smallest value above zero, or zero.
func smallest(values []float64) float64 {
	low := 0.0
	for _, v := range values {
		if v > 0 && (low == 0 || v < low) {
			low = v
		}
	}
	return low
}

// plain makes text of others safe to show: one line, and no character that a
// terminal obeys or that hides or reverses what is beside it.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, string(unicode.ReplacementChar)) {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case unseen(r):
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// escapeUnseen is plain for a document that has lines of its own.
func escapeUnseen(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != '\n' && unseen(r) {
			b.WriteString(escaped(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unseen are control characters, those that order and join others, and the
// line ends beyond ASCII.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// escaped is as JSON writes it: in two halves beyond the first 65,536.
func escaped(r rune) string {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
