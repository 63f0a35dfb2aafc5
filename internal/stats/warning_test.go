package stats

import "testing"

func TestWarnings(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   string
		text   string
	}{
		{"single", []float64{100}, "", ""},
		{"steady", []float64{100, 103, 98, 101, 99}, "", ""},
		// Sorted 50 52 98 100 101: the gap of 46 is above 0.25 x 98.
		{"two groups", []float64{100, 50, 98, 52, 101}, "bimodal", ""},
		// The gap of 25 is a quarter of the median of 100, not more.
		{"gap at the limit", []float64{100, 74, 102, 75, 101}, "", ""},
		{"gap above the limit", []float64{100, 73, 102, 74, 101}, "bimodal", ""},
		// A single value apart is no group. Mean 90, stdev 27.5: 30.5 %.
		{"one apart", []float64{100, 102, 41, 101, 106}, "noisy", "the rounds spread by 31% of their mean"},
		// Sorted 60 80 81 100 100 119 120 140: no gap above 20. Mean 100, stdev 25.4.
		{"wide without a gap", []float64{100, 81, 119, 120, 80, 100, 60, 140}, "noisy", ""},
		{"rising", []float64{100, 103, 107, 110, 115}, "drift", "over the 5 rounds the values rose by 14%"},
		{"falling", []float64{100, 97, 93, 90, 85}, "drift", "over the 5 rounds the values fell by 16%"},
		{"rising a little", []float64{100, 101, 104, 106, 109}, "", ""},
		{"rising, too few", []float64{100, 105, 110, 115}, "", ""},
		{"rising with a pause", []float64{100, 105, 105, 110, 115}, "", ""},
		{"rising with a dip", []float64{100, 105, 104, 110, 115}, "", ""},
		{"from zero", []float64{0, 1, 2, 3, 4}, "drift", "over the 5 rounds the values rose by 200%"},
		{"ten, rising by a little less than a tenth", []float64{100, 102, 101, 103, 104, 106, 105, 107, 108, 109}, "", ""},
		{"ten, falling by fits and starts", []float64{120, 117, 119, 112, 114, 110, 104, 106, 100, 98}, "drift", ""},
		{"two groups of three", []float64{100, 51, 101, 99, 50, 52}, "bimodal", ""},
		{"two groups of three, one after the other", []float64{100, 102, 101, 51, 52, 50}, "bimodal", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Summarize(test.values, Higher).Warnings()
			switch {
			case test.want == "":
				if len(got) != 0 {
					t.Fatalf("unexpected %+v", got)
				}
				return
			case len(got) != 1 || got[0].Code != test.want:
				t.Fatalf("got %+v, expected %s", got, test.want)
			case test.text != "" && got[0].Text != test.text:
				t.Errorf("text %q, expected %q", got[0].Text, test.text)
			case got[0].Text == "" || got[0].Advice == "":
				t.Errorf("without text or advice: %+v", got[0])
			}
		})
	}
}
