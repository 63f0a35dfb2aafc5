package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// disturbHeadline says what was done, how often, to which server.
func disturbHeadline(rows []Row, columns []results.Field) string {
	r := typical(rows)
	f := facts{columns: columns}
	f.say(disturbWords(r.Point.Disturb) + tookWords(rows))
	f.say(limitWords(r), results.FieldLimit)
	f.say(roundWords(rows))
	f.load(r)
	f.pace(rows)
	f.server(r)
	return r.Point.Cell() + ": " + f.String()
}

// disturbWords are in the order of time.
func disturbWords(disturb string) string {
	planned, err := results.ParseDisturb(disturb)
	if err != nil {
		return "disturbed by " + disturb
	}
	var words []string
	for _, p := range planned {
		what := p.Name
		switch p.Name {
		case results.KillClients:
			what = "the server closed the client's connections"
		case results.Pause:
			what = fmt.Sprintf("the server paused for %v", p.For)
		case results.Restart:
			what = "the server was killed and started again"
		case results.Failover:
			what = "a replica took over"
		}
		words = append(words, fmt.Sprintf("%s after %v", what, p.At))
	}
	return strings.Join(words, ", ")
}

// tookWords tell how long a server was away: no client can do better.
func tookWords(rows []Row) string {
	if !disturbedBy(rows[0].Point.Disturb, results.Restart) && !disturbedBy(rows[0].Point.Disturb, results.Failover) {
		return ""
	}
	var took []time.Duration
	for _, r := range rows {
		if r.Disturbance != nil {
			took = append(took, r.Disturbance.Took...)
		}
	}
	if len(took) == 0 {
		return ""
	}
	low, high := slices.Min(took).Round(time.Millisecond), slices.Max(took).Round(time.Millisecond)
	if low == high {
		return fmt.Sprintf(", which took %v", low)
	}
	return fmt.Sprintf(", which took %v to %v", low, high)
}

func disturbedBy(disturb, name string) bool {
	planned, _ := results.ParseDisturb(disturb)
	return slices.ContainsFunc(planned, func(p results.Planned) bool { return p.Name == name })
}

// percentWords have so many decimals that neither a little lost nor a little
// served is rounded away.
func percentWords(v float64) string {
	if v == 0 || v == 100 {
		return number(v, 0)
	}
	const least = 2
	digits := least
	for part, size := min(v, 100-v), 0.01; part < size; size /= 10 {
		digits++
	}
	return number(v, digits)
}

// delayWords are in ms; within is what is told of a delay of zero.
func delayWords(d stats.Delay, within time.Duration) string {
	switch {
	case d.Unknown == stats.NotInTrial:
		return never
	case d.Unknown != "":
		return unknown
	case d.Time < within:
		return "<" + integer(within.Milliseconds())
	}
	return integer(d.Time.Round(time.Millisecond).Milliseconds())
}

// classWords are "refused 40, reset 12".
func classWords(errors map[string]int64) string {
	var words []string
	for _, class := range slices.Sorted(maps.Keys(errors)) {
		if n := errors[class]; n > 0 {
			words = append(words, class+" "+integer(n))
		}
	}
	if len(words) == 0 {
		return "0"
	}
	return strings.Join(words, ", ")
}
