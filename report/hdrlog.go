package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A logLine is one of a histogram log: the samples of one round.
type logLine struct {
	tag   string
	round round
}

// writeHDRLog writes the histograms of all rounds that are ok as they lie in
// the results, in order of time. Times are in seconds since the first run began.
func writeHDRLog(w io.Writer, s *Summary, _ Layout) error {
	all := s.logLines()
	var out strings.Builder
	out.WriteString("#[Histogram log format version 1.3]\n")
	for i, name := range opNames(s.Rows) {
		if r := s.Rows[i]; r.felt().Count > 0 {
			fmt.Fprintf(&out, "# %s\n", plain(r.samples(name)))
		}
	}
	start := startOf(all)
	fmt.Fprintf(&out, "#[StartTime: %s (seconds since epoch), %s]\n", epochSeconds(start), start.UTC().Format(time.RFC3339))
	fmt.Fprintf(&out, "#[BaseTime: %s (seconds since epoch)]\n", epochSeconds(start))
	out.WriteString("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n")
	for _, in := range all {
		// A clock that was set back gives no time before the log's own.
		at := max(in.round.Start.Sub(start), 0)
		latency := in.round.latency()
		fmt.Fprintf(&out, "Tag=%s,%.3f,%.3f,%.6f,%s\n", in.tag, at.Seconds(), in.round.Window.Seconds(),
			float64(*latency.Max)/float64(time.Millisecond), latency.HDR)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (s *Summary) logLines() []logLine {
	tags := opNames(s.Rows)
	for i, tag := range tags {
		tags[i] = logTag(tag)
	}
	tags = distinct(tags, "_")
	var all []logLine
	for i, r := range s.Rows {
		if r.felt().Count == 0 {
			continue
		}
		for _, g := range r.good {
			all = append(all, logLine{tags[i], g})
		}
	}
	slices.SortStableFunc(all, func(a, b logLine) int {
		return cmp.Or(a.round.Start.Compare(b.round.Start), strings.Compare(a.tag, b.tag))
	})
	return all
}

// startOf is when the first of their runs began.
func startOf(all []logLine) time.Time {
	start := time.Unix(0, 0)
	for i, in := range all {
		if i == 0 || in.round.started.Before(start) {
			start = in.round.started
		}
	}
	return start
}

func epochSeconds(t time.Time) string { return fmt.Sprintf("%.3f", float64(t.UnixMilli())/1000) }

// logTag has no comma and no space, which end a tag.
func logTag(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' || unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, plain(name))
}
