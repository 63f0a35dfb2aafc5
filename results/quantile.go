package results

import "github.com/HdrHistogram/hdrhistogram-go"

// SamplesBeyond is how many samples must lie beyond a quantile for it to be
// given: with fewer, it says more about chance than about the client.
const SamplesBeyond = 10

// A Distribution reads quantiles from a decoded recording.
type Distribution struct {
	histogram *hdrhistogram.PackedHistogram
	recording Recording
}

// Distribution decodes r once for any number of quantiles.
func (r Recording) Distribution() (Distribution, error) {
	h, err := r.Histogram()
	if err != nil {
		return Distribution{}, err
	}
	return Distribution{histogram: h, recording: r}, nil
}

// Quantile returns the duration in nanoseconds below which the share q, from 0
// to 1, of the samples lies, to three digits. It is false where fewer than
// SamplesBeyond samples lie beyond q. Quantiles never decrease with q, and
// stay within the exact minimum and maximum.
func (d Distribution) Quantile(q float64) (int64, bool) {
	r := d.recording
	if r.Min == nil || r.Max == nil || !enoughBeyond(r.Count, q) {
		return 0, false
	}
	return min(max(d.histogram.ValueAtPercentile(100*q), *r.Min), *r.Max), true
}

// Quantile is Distribution.Quantile for one q; it is false too where the
// histogram cannot be decoded, which a reader has ruled out.
func (r Recording) Quantile(q float64) (int64, bool) {
	d, err := r.Distribution()
	if err != nil {
		return 0, false
	}
	return d.Quantile(q)
}

// enoughBeyond allows for 100 x (1-0.9) being a little less than 10.
func enoughBeyond(count int64, q float64) bool {
	const rounding = 1e-6
	return float64(count)*(1-q) >= SamplesBeyond-rounding
}
