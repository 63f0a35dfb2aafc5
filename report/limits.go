package report

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// A Limit is a bound on the values of a metric: beyond it, a cell fails.
type Limit struct {
	Text   string // as it was typed, without spaces: "p99>2ms"
	SLO    bool   // it was typed as what must hold: "p99<2ms"
	Metric Metric
	Above  bool    // values above it fail; else those below
	Equal  bool    // the bound itself fails, too
	Value  float64 // in the metric's base unit: ops/s, ns, us, a count
	Share  bool    // of errors: Value is a share of the attempts
}

// A Breach is a cell beyond a limit.
type Breach struct {
	Cell  string
	Limit Limit
	Value float64 // the unfavourable end of the interval, or the worst round
	Text  string  // the whole, in one line
}

// errorsMetric is the name of the only metric that is also limited as a share.
const errorsMetric = "errors"

// throughputMetric is ops a second.
const throughputMetric = "throughput"

var (
	limitForm = regexp.MustCompile(`^([^<>=!]+)([<>=!]=?)([^<>=!]+)$`)
	valueForm = regexp.MustCompile(`^([0-9]*\.?[0-9]+)(.*)$`)
)

// ParseLimit reads "p99>2ms", "errors>0", "throughput<50k": what must not be.
// Its error names the thing, the reason and the choices.
func ParseLimit(text string) (Limit, error) { return parseBound(text, false) }

// ParseSLO reads "p99<2ms", "errors<=0", "throughput>50k": what must hold. The
// Limit is its opposite, which must not be.
func ParseSLO(text string) (Limit, error) { return parseBound(text, true) }

func parseBound(text string, slo bool) (Limit, error) {
	noun, example := "limit", "p99>2ms"
	if slo {
		noun, example = "SLO", "p99<2ms"
	}
	typed := strings.Join(strings.Fields(text), "")
	parts := limitForm.FindStringSubmatch(typed)
	if parts == nil {
		return Limit{}, fmt.Errorf(`%s %q is not METRIC OP VALUE, like %q; OP is >, >=, < or <=`, noun, text, example)
	}
	metric, err := MetricNamed(parts[1])
	if err != nil {
		return Limit{}, fmt.Errorf("%s %q: %w", noun, text, err)
	}
	op := parts[2]
	if slo {
		op = cmp.Or(opposites[op], op)
	}
	l := Limit{Text: typed, Metric: metric, SLO: slo, Above: op[0] == '>', Equal: len(op) == 2}
	if err := l.parseValue(parts[3]); err != nil {
		return Limit{}, fmt.Errorf("%s %q: %w", noun, text, err)
	}
	if err := l.sensible(op, parts[3]); err != nil {
		return Limit{}, fmt.Errorf("%s %q %w", noun, text, err)
	}
	return l, nil
}

// opposites say what must not be of what must hold.
var opposites = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<"}

func (l *Limit) parseValue(text string) error {
	parts := valueForm.FindStringSubmatch(text)
	if parts == nil {
		return fmt.Errorf("%q is no number of zero or more", text)
	}
	value, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return fmt.Errorf("%q is too large", parts[1])
	}
	unit := parts[2]
	if l.Metric.Name == errorsMetric && unit == "%" {
		l.Share, l.Value = true, value/100
		return nil
	}
	by, err := l.Metric.unitNamed(unit)
	if err != nil {
		return err
	}
	if l.Value = value * by; math.IsInf(l.Value, 0) {
		return fmt.Errorf("%q is too large", text)
	}
	return nil
}

// sensible refuses what fails the good cells, all or none; op is what must not
// be. Its error goes on from the limit.
func (l Limit) sensible(op, value string) error {
	bad, whole := ">", l.Metric.Counts && !l.Share
	switch {
	case l.Metric.Better == stats.Higher:
		bad = "<"
	case whole && op == "<":
		bad = ">="
	}
	says, fails, never := "what fails", "fails", "can fail no cell"
	meant := l.Metric.Name + bad + value
	if l.SLO {
		says, fails, never = "what must hold", "is missed by", "is missed by no cell"
		meant = l.Metric.Name + opposites[bad] + value
	}
	did := fmt.Sprintf("did you mean %q?", meant)
	switch {
	case op[0] == '=' || op[0] == '!':
		return fmt.Errorf("has no operator of a limit: it says %s, by >, >=, < or <=; %s", says, did)
	case op[0] != bad[0]:
		return fmt.Errorf("%s cells whose %s good; %s", fails, l.Metric.withVerb(), did)
	case l.Value == 0 && op == ">=":
		return fmt.Errorf("%s every cell; %s", fails, did)
	case l.Value == 0 && op == "<", l.Share && (l.Value > 1 || l.Value == 1 && !l.Equal):
		return errors.New(never)
	case whole && l.Value != math.Trunc(l.Value):
		return fmt.Errorf("counts: name a whole number, or a share like %s%s0.1%%", l.Metric.Name, l.Text[len(l.Metric.Name):][:1])
	}
	return nil
}

// unitNamed returns what a value in that unit is multiplied by. The error names
// the choices.
func (m Metric) unitNamed(unit string) (by float64, err error) {
	var names []string
	for _, u := range m.typedUnits() {
		if u.unit == unit || m.anOp() && u.unit+"/op" == unit {
			return u.by, nil
		}
		if u.unit != "" {
			names = append(names, u.unit)
		}
	}
	if m.Name == errorsMetric {
		names = append(names, "%")
	}
	choices := strings.Join(names, ", ")
	if unit == "" {
		return 0, fmt.Errorf("the value has no unit; have %s", choices)
	}
	return 0, fmt.Errorf("unknown unit %q; have %s", unit, choices)
}

func (m Metric) anOp() bool {
	return m.Unit == microsecondsAnOp || m.Unit == countAnOp || m.Unit == bytesAnOp
}

// withVerb is "p99 is", "errors are".
func (m Metric) withVerb() string {
	if strings.HasSuffix(m.Name, "s") {
		return m.Name + " are"
	}
	return m.Name + " is"
}

// typedUnits are those that a value may have, in the base unit; an empty one
// may be left out.
func (m Metric) typedUnits() []scale {
	switch m.Unit {
	case nanosecondsASample:
		return nanoseconds
	case microsecondsAnOp:
		return []scale{{"s", 1e6}, {"ms", 1e3}, {"us", 1}, {"ns", 1e-3}}
	case bytesAnOp:
		return []scale{{"", 1}, {"B", 1}, {"KB", 1e3}, {"KiB", 1 << 10}, {"MB", 1e6}, {"MiB", 1 << 20}}
	}
	return []scale{{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}}
}
