package report

import (
	"time"

	"respbench.dev/respbench/internal/stats"
)

type (
	// jsonDisturbance is of the rounds that are ok.
	jsonDisturbance struct {
		Availability   *jsonMeasure     `json:"availability_percent"`
		WithoutSuccess jsonDelays       `json:"without_success_ns"`
		FirstSuccess   jsonDelays       `json:"first_success_ns"`
		Normal         jsonDelays       `json:"normal_ns"`
		Resolution     time.Duration    `json:"resolution_ns"` // of the first two: 0 is less than this
		Slice          time.Duration    `json:"slice_ns"`      // of the third: 0 is less than this
		Took           []time.Duration  `json:"took_ns"`       // of each round, until what was done was made
		Acked          *int64           `json:"acked"`         // the client was told that they were done
		Lost           *int64           `json:"lost"`          // of the acknowledged, the server does not have them any more
		Unsure         *int64           `json:"unsure"`        // the client was told that they failed, and they were done
		Twice          *int64           `json:"twice"`         // done beyond what was tried
		Redirects      map[string]int64 `json:"redirects"`     // of all rounds, "moved" and "ask"
		Dials          *jsonMeasure     `json:"dials"`         // in a trial
		Errors         map[string]int64 `json:"errors"`        // of all rounds, as the row's
	}
	// jsonDelays holds null for what is not known, and the reason of the worst.
	jsonDelays struct {
		Median  *time.Duration   `json:"median"`
		Worst   *time.Duration   `json:"worst"`
		Values  []*time.Duration `json:"values"`  // of each round; null where it is not known
		Unknown *string          `json:"unknown"` // why the worst is not known
	}
)

func (d *Disturbance) json(errors map[string]int64) *jsonDisturbance {
	if d == nil {
		return nil
	}
	j := &jsonDisturbance{
		Availability:   measure(d.Availability),
		WithoutSuccess: d.WithoutSuccess.json(), FirstSuccess: d.FirstSuccess.json(), Normal: d.Normal.json(),
		Resolution: d.Resolution, Slice: d.Slice, Took: d.Took,
		Redirects: d.Redirects, Dials: measure(d.Dials), Errors: errors,
	}
	if t := d.Tally; t != nil {
		j.Acked, j.Lost, j.Unsure, j.Twice = &t.Acked, &t.Lost, &t.Unsure, &t.Twice
	}
	return j
}

func (d Delays) json() jsonDelays {
	j := jsonDelays{Median: delay(d.Median), Worst: delay(d.Worst), Unknown: known(d.Worst.Unknown)}
	for _, round := range d.Rounds {
		j.Values = append(j.Values, delay(round))
	}
	return j
}

func delay(d stats.Delay) *time.Duration {
	if d.Unknown != "" {
		return nil
	}
	return &d.Time
}
