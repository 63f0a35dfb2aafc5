package redisbenchmark

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/results"
)

// A report is what redis-benchmark says of one run.
type report struct {
	window                time.Duration // in steps of a millisecond
	mean, lowest, highest time.Duration
	edges                 []edge // ascending; the last has all commands
}

// An edge says how many commands took up to so long.
type edge struct {
	upper time.Duration
	count int64
}

var (
	edgeLine       = regexp.MustCompile(`^\d+\.\d+% <= (\d+\.\d+) milliseconds \(cumulative count (\d+)\)$`)
	throughputLine = regexp.MustCompile(`^throughput summary: (\S+) requests per second$`)
	summaryLine    = regexp.MustCompile(`^(\d+\.\d+)\s+(\d+\.\d+)\s+\d+\.\d+\s+\d+\.\d+\s+\d+\.\d+\s+(\d+\.\d+)$`)
)

// parse reads the report of a run of n commands. Both edges are of the
// same commands: together they are finer.
func parse(text string, n int64) (r report, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := edgeLine.FindStringSubmatch(line); m != nil {
			upper, bad := milliseconds(m[1])
			count, worse := strconv.ParseInt(m[2], 10, 64)
			err = errors.Join(err, bad, worse)
			r.edges = append(r.edges, edge{upper, count})
		} else if m := throughputLine.FindStringSubmatch(line); m != nil {
			r.window, err = windowOf(m[1], n)
		} else if m := summaryLine.FindStringSubmatch(line); m != nil {
			err = errors.Join(err, r.summary(m[1:]))
		}
		if err != nil {
			return r, fmt.Errorf("line %.60q: %w", line, err)
		}
	}
	return r, r.check(n)
}

func (r *report) summary(values []string) (err error) {
	for i, into := range []*time.Duration{&r.mean, &r.lowest, &r.highest} {
		d, bad := milliseconds(values[i])
		*into, err = d, errors.Join(err, bad)
	}
	return err
}

// longest is more than it can record: 3 s.
const longest = time.Minute

func milliseconds(text string) (time.Duration, error) {
	ms, err := strconv.ParseFloat(text, 64)
	if err != nil || ms < 0 || ms > float64(longest/time.Millisecond) {
		return 0, fmt.Errorf("%.20s milliseconds, of 0 to %d", text, longest/time.Millisecond)
	}
	return time.Duration(math.Round(ms*1000)) * time.Microsecond, nil
}

// windowOf is its own clock's: its rate is n by whole milliseconds, and infinite
// for what took less than one, which counts as one. The clock is that of the
// day: where it was set back meanwhile, the rate is negative.
func windowOf(rate string, n int64) (time.Duration, error) {
	if rate == "inf" {
		return time.Millisecond, nil
	}
	perSecond, err := strconv.ParseFloat(rate, 64)
	ms := math.Round(1000 * float64(n) / perSecond)
	if err != nil || !(ms >= 1 && ms <= float64(24*time.Hour/time.Millisecond)) {
		return 0, fmt.Errorf("%.20s requests per second", rate)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

func (r *report) check(n int64) error {
	slices.SortFunc(r.edges, func(a, b edge) int {
		if a.upper != b.upper {
			return int(a.upper - b.upper)
		}
		return int(a.count - b.count)
	})
	var last edge
	for _, e := range r.edges {
		if e.count < last.count {
			return fmt.Errorf("%d commands within %v, but %d within %v", last.count, last.upper, e.count, e.upper)
		}
		last = e
	}
	switch {
	case last.count != n:
		return fmt.Errorf("latencies of %d commands, expected %d", last.count, n)
	case r.window == 0:
		return errors.New("no throughput")
	case r.highest == 0 || r.lowest > r.mean || r.mean > r.highest:
		return fmt.Errorf("latencies of %v to %v, mean %v", r.lowest, r.highest, r.mean)
	}
	return nil
}

// recording is one sample for each batch of depth commands, at the upper edge
// of its step.
func (r *report) recording(depth int64) results.Recording {
	h := results.NewHistogram()
	var before int64
	for _, e := range r.edges {
		batches := e.count / depth
		_ = h.RecordValues(max(int64(min(e.upper, r.highest)), results.LowestNS), batches-before) // it has room for a minute
		before = batches
	}
	return results.NewRecording(h, before, int64(r.mean)*before, int64(r.lowest), int64(r.highest), 0)
}
