package report

import (
	"fmt"
	"math"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// CheckLimits looks at every cell but those of raw. Unknown says of which limits
// and cells it cannot be told whether they hold, and why. Cells that were
// disturbed are exempt, for their numbers are not those of a steady server, and
// so are cells that failed, which is bad enough, from all but what they have;
// those are said apart.
func CheckLimits(rows []Row, limits []Limit) (breaches []Breach, unknown, exempt []string) {
	if len(limits) == 0 {
		return nil, nil, nil
	}
	var open, spared reasons
	held := 0
	for i, name := range opNames(rows) {
		switch r := rows[i]; {
		case r.Point.Library == RawLibrary || r.Status == skipped:
		case r.Point.Disturb != "":
			spared.add("limits are not for disturbed cells", name)
		case r.Status == failed:
			held++
			breaches = append(breaches, r.beyond(limits, name, &spared)...)
		default:
			held++
			breaches = append(breaches, r.beyond(limits, name, &open)...)
		}
	}
	if held == 0 {
		open.add("no cell was held to a limit: they are for measured cells that are neither raw nor disturbed", "")
	}
	return breaches, open.sentences(), spared.sentences()
}

// reasons collect cells by what is said of them.
type reasons struct {
	texts []string
	names map[string][]string
}

func (r *reasons) add(text, name string) {
	if r.names == nil {
		r.names = map[string][]string{}
	}
	r.texts = addNew(r.texts, text)
	if name != "" {
		r.names[text] = append(r.names[text], name)
	}
}

func (r *reasons) sentences() []string {
	var said []string
	for _, text := range r.texts {
		if names := r.names[text]; len(names) > 0 {
			text += ": " + strings.Join(names, ", ")
		}
		said = append(said, text)
	}
	return said
}

func (r Row) beyond(limits []Limit, name string, open *reasons) []Breach {
	var breaches []Breach
	for _, l := range limits {
		b, known := r.against(l)
		switch {
		case !known:
			open.add(fmt.Sprintf("%s was not checked (%s)", l.Text, r.lacks(l.Metric)), name)
		case l.broken(b.Value):
			b.Cell, b.Text = name, fmt.Sprintf("%s: %s %s", name, l.Metric.named(r.Schedule != nil), b.Text)
			breaches = append(breaches, b)
		}
	}
	return breaches
}

// against returns what of the row is held to the limit; false where that is not
// known.
func (r Row) against(l Limit) (Breach, bool) {
	if l.Metric.Counts {
		return r.total(l)
	}
	s := l.Metric.of(r)
	if s == nil {
		return Breach{}, false
	}
	value, of := unfavourable(s, l.Above)
	return Breach{Limit: l, Value: value, Text: l.words(value, of)}, true
}

// total is of the errors, which count where no round is ok, too.
func (r Row) total(l Limit) (Breach, bool) {
	if r.Attempts == 0 {
		return Breach{}, false
	}
	if l.Share {
		share := float64(r.Undone) / float64(r.Attempts)
		of := fmt.Sprintf("%s of %s in all rounds", integer(r.Undone), counted(r.Attempts, "op"))
		return Breach{Limit: l, Value: share, Text: l.words(share, of)}, true
	}
	n, _ := l.Metric.total(r)
	return Breach{Limit: l, Value: float64(n), Text: l.words(float64(n), "failed steps in all rounds")}, true
}

// unfavourable is the end of the interval of the median that is closer to the
// limit, or beyond it, and what it is. Few rounds have no interval: then the
// worst of them stands for it.
func unfavourable(s *stats.Summary, above bool) (value float64, of string) {
	switch {
	case s.N == 1:
		return s.Worst, "the only round"
	case s.Low == nil || s.High == nil:
		return s.Worst, fmt.Sprintf("the worst of %d rounds", s.N)
	}
	value, end := *s.Low, "lower"
	if above {
		value, end = *s.High, "upper"
	}
	return value, fmt.Sprintf("%s end of the 95%% interval of the median of %d rounds", end, s.N)
}

func (l Limit) broken(value float64) bool {
	switch {
	case l.Equal && value == l.Value:
		return true
	case l.Above:
		return value > l.Value
	}
	return value < l.Value
}

// words writes "2.31 ms is above 2ms (the worst of 5 rounds)".
func (l Limit) words(value float64, of string) string {
	relation := "below"
	switch {
	case l.Above && l.Equal:
		relation = "not below"
	case l.Above:
		relation = "above"
	case l.Equal:
		relation = "not above"
	}
	bound := strings.TrimLeft(l.Text[strings.IndexAny(l.Text, "<>"):], "<>=")
	return fmt.Sprintf("%s is %s %s (%s)", l.written(value), relation, bound, of)
}

// written has as many decimals as it takes to be seen on its side of the bound.
func (l Limit) written(value float64) string {
	in := l.Metric.scale(value)
	if l.Share {
		in = scale{"%", 0.01}
	}
	digits := decimals(value/in.by, 3)
	if l.Metric.Counts && !l.Share {
		digits = 0
	}
	for digits < 9 && value != l.Value && !l.broken(in.by*roundTo(value/in.by, digits)) {
		digits++
	}
	space := " "
	if in.unit == "" || strings.ContainsRune("/%", rune(in.unit[0])) {
		space = ""
	}
	return number(value/in.by, digits) + space + in.unit
}

func roundTo(v float64, digits int) float64 {
	power := math.Pow10(digits)
	return math.Round(v*power) / power
}

// scale is the unit that suits the values.
func (m Metric) scale(values ...float64) scale {
	switch m.Unit {
	case opsPerSecond:
		return scale{"ops/s", 1}
	case nanosecondsASample:
		return timeScale(values)
	case microsecondsAnOp:
		return scale{"us/op", 1}
	case countAnOp:
		return scale{"/op", 1}
	case bytesAnOp:
		return scale{"B/op", 1}
	}
	return scale{"", 1}
}

// lacks says why a metric of the row is not known.
func (r Row) lacks(m Metric) string {
	switch {
	case r.Rounds.OK == 0 && !m.Counts || r.Attempts == 0:
		return "no round is ok"
	case m.latency() && r.overloaded():
		return r.overloadWords()
	case m.Unit == nanosecondsASample:
		return "a round has fewer than ten samples beyond it"
	}
	return "not every round has it"
}
