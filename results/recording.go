package results

import (
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

// NewRecording encodes h together with the exact count, sum, min and max of
// what it holds; over is how many of these h holds at its end because they
// were longer than HighestNS.
func NewRecording(h *hdrhistogram.Histogram, count, sum, minNS, maxNS, over int64) Recording {
	if count == 0 {
		return Recording{}
	}
	encoded, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic("results: encode a histogram in memory: " + err.Error()) // no input can cause it
	}
	return Recording{
		Count: count, Sum: sum, Min: &minNS, Max: &maxNS, Over: over,
		HDR: string(encoded),
	}
}

// Histogram decodes the recording's histogram. Packed, it holds only what was
// recorded: the whole geometry takes a hundred times as much, to be filled with
// zeros for each trial of a file.
func (r Recording) Histogram() (*hdrhistogram.PackedHistogram, error) {
	if r.HDR == "" {
		return hdrhistogram.NewPacked(LowestNS, HighestNS, Digits), nil
	}
	h, err := hdrhistogram.DecodePacked([]byte(r.HDR)) // it undoes the base64 too
	if err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	if h.LowestTrackableValue() != LowestNS || h.HighestTrackableValue() != HighestNS || h.SignificantFigures() != Digits {
		return nil, fmt.Errorf("histogram: another geometry (%d to %d, %d digits), expected %d to %d, %d digits",
			h.LowestTrackableValue(), h.HighestTrackableValue(), h.SignificantFigures(), LowestNS, int64(HighestNS), Digits)
	}
	return h, nil
}

// Mean is the exact mean in nanoseconds; false if nothing was recorded.
func (r Recording) Mean() (float64, bool) {
	if r.Count == 0 {
		return 0, false
	}
	return float64(r.Sum) / float64(r.Count), true
}
