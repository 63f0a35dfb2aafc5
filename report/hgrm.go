package report

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"respbench.dev/respbench/results"
)

// A Histogram is of one cell: all samples of the rounds that are ok.
type Histogram struct {
	Name  string // of a file, unique in the summary: "sync-rueidis.hgrm"
	Write func(io.Writer) error
}

// Histograms has one for each cell that has latencies.
func (s *Summary) Histograms() []Histogram {
	names := opNames(s.Rows)
	files := make([]string, len(names))
	for i, name := range names {
		files[i] = fileName(name)
	}
	files = distinct(files, "-")
	var all []Histogram
	for i, r := range s.Rows {
		if r.felt().Count > 0 {
			all = append(all, Histogram{files[i] + ".hgrm", func(w io.Writer) error { return r.writeHistogram(w, names[i]) }})
		}
	}
	return all
}

// fileName keeps what is safe on every system, in lower case, for two names that
// differ in case alone are one file on some.
func fileName(name string) string {
	const longest = 120
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.':
			return r
		}
		return '-'
	}, strings.ToLower(name))
	words := strings.FieldsFunc(safe, func(r rune) bool { return r == '-' })
	safe = strings.Trim(strings.Join(words, "-"), ".-")
	if len(safe) > longest {
		safe = safe[:longest]
	}
	return safe
}

// writeHGRM writes the only histogram of a summary.
func writeHGRM(w io.Writer, s *Summary, _ Layout) error {
	all := s.Histograms()
	switch len(all) {
	case 0:
		return errors.New("hgrm: no cell has latencies")
	case 1:
		return all[0].Write(w)
	}
	return fmt.Errorf("hgrm: a file holds one cell, and these are %d; -o DIR/ writes a file for each", len(all))
}

// ticks are the lines for each halving of the distance to 100 %, as those of the
// Java tool.
const ticks = 5

// writeHistogram writes the percentiles in us with three decimals, which is what
// there is. Mean, maximum and count are exact.
func (r Row) writeHistogram(w io.Writer, name string) error {
	h, err := r.merged()
	if err != nil {
		return fmt.Errorf("hgrm: %s: %w", plain(name), err)
	}
	l := r.felt()
	var out strings.Builder
	fmt.Fprintf(&out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")
	for _, b := range h.CumulativeDistributionWithTicks(ticks) {
		value, share := micro(min(max(b.ValueAt, l.Min), l.Max)), b.Quantile/100
		fmt.Fprintf(&out, "%12.3f %2.12f %10d", value, share, b.Count)
		if share < 1 {
			fmt.Fprintf(&out, " %14.2f", 1/(1-share))
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(&out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", l.Mean/1000, h.StdDev()/1000)
	fmt.Fprintf(&out, "#[Max     = %12.3f, Total count    = %12d]\n", micro(l.Max), l.Count)
	fmt.Fprintf(&out, "#[Buckets = %12d, SubBuckets     = %12d]\n", buckets, subBuckets)
	fmt.Fprintf(&out, "# Values in us: %s\n", plain(r.samples(name)))
	_, err = io.WriteString(w, out.String())
	return err
}

// samples says what the histogram is of.
func (r Row) samples(name string) string {
	of := "service time"
	if r.Schedule != nil {
		of = "response time"
	}
	return fmt.Sprintf("%s of %s, a sample is %s; %s; server %s", of, name, articled(r.Sample),
		r.libraryWords(), serverCell(r.Server))
}

func (r Row) libraryWords() string { return strings.TrimSpace(r.Point.Library + " " + r.Version) }

func micro(ns int64) float64 { return float64(ns) / 1000 }

// The layout of the histograms of results, as the Java tool counts it: enough
// sub-buckets for the digits, and a bucket for each doubling.
const subBuckets = 2048

var buckets = 1 + bits.Len64(uint64(results.HighestNS/subBuckets))

// merged holds the samples of all rounds.
func (r Row) merged() (*hdrhistogram.Histogram, error) {
	all := results.NewHistogram()
	for _, g := range r.good {
		h, err := hdrhistogram.Decode([]byte(g.latency().HDR))
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", g.Round, err)
		}
		if dropped := all.Merge(h); dropped > 0 {
			return nil, fmt.Errorf("round %d: %d samples are out of range", g.Round, dropped)
		}
	}
	return all, nil
}
