package results

import (
	"encoding/base64"
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The geometry of every histogram: it is part of the schema, for histograms of
// another cannot be merged with these.
const (
	LowestNS  = 1
	HighestNS = 60_000_000_000
	Digits    = 3
)

// A Recording is a set of durations in nanoseconds: their histogram, and what
// a histogram does not keep exactly.
type Recording struct {
	Count int64  `json:"count"`
	Sum   int64  `json:"sum"`
	Min   *int64 `json:"min"` // nil: nothing was recorded
	Max   *int64 `json:"max"`
	Over  int64  `json:"over,omitempty"` // beyond HighestNS; in Count, Sum and Max, and in the histogram at its end
	HDR   string `json:"hdr,omitempty"`  // HDR V2 compressed, base64; empty when Count is 0
}

// NewHistogram returns an empty histogram of the schema's geometry.
func NewHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(LowestNS, HighestNS, Digits)
}

// Histogram decodes the recording's histogram.
func (r Recording) Histogram() (*hdrhistogram.Histogram, error) {
	if r.HDR == "" {
		return NewHistogram(), nil
	}
	raw, err := base64.StdEncoding.DecodeString(r.HDR)
	if err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	return decodeHistogram(raw)
}

func decodeHistogram(raw []byte) (*hdrhistogram.Histogram, error) {
	h, err := hdrhistogram.Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	if h.LowestTrackableValue() != LowestNS || h.HighestTrackableValue() < HighestNS || h.SignificantFigures() != Digits {
		return nil, fmt.Errorf("histogram: another geometry (%d to %d, %d digits)",
			h.LowestTrackableValue(), h.HighestTrackableValue(), h.SignificantFigures())
	}
	return h, nil
}
