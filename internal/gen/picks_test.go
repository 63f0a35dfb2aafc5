package gen

import (
	"strings"
	"testing"
)

func TestParsePicks(t *testing.T) {
	for text, want := range map[string]string{
		"sequential":       "sequential",
		"uniform":          "uniform",
		"latest":           "latest",
		"zipf:0.99":        "zipf:0.99",
		"zipf:.50":         "zipf:0.5",
		"zipf:1":           "zipf:1",
		"zipf:1.0":         "zipf:1",
		"zipf:10":          "zipf:10",
		"hotspot:90/10":    "hotspot:90/10",
		"hotspot:99.90/.1": "hotspot:99.9/0.1",
		"hotspot:100/100":  "hotspot:100/100",
	} {
		p, err := ParsePicks(text)
		if err != nil || p.String() != want {
			t.Errorf("%s: %v, %v; want %s", text, p, err, want)
		}
		if p.FollowsInserts() != (text == "latest") {
			t.Errorf("%s follows inserts: %v", text, p.FollowsInserts())
		}
	}
}

func TestWrongPicks(t *testing.T) {
	for text, want := range map[string]string{
		"":               "no way to pick keys; have sequential, uniform, zipf:S (zipf:0.99), hotspot:A/B (hotspot:90/10), latest",
		"Uniform":        "no way to pick keys; have ",
		"uniform:1":      "no way to pick keys; have ",
		"zipf":           "needs a number above 0, as in zipf:0.99",
		"zipf:x":         "needs a number above 0, as in zipf:0.99",
		"zipf:NaN":       "needs a number above 0, as in zipf:0.99",
		"zipf:-1":        "must be above 0",
		"zipf:0":         "must be above 0",
		"zipf:11":        "must be at most 10: nearly all accesses would go to one key",
		"zipf:Inf":       "must be at most 10",
		"hotspot":        "needs two percentages, as in hotspot:90/10: 90 % of the accesses go to 10 % of the keys",
		"hotspot:90":     "needs two percentages",
		"hotspot:90/x":   "needs two percentages",
		"hotspot:0/10":   "both percentages must be above 0 and at most 100",
		"hotspot:90/101": "both percentages must be above 0 and at most 100",
		"hotspot:NaN/1":  "both percentages must be above 0",
	} {
		if _, err := ParsePicks(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
}

func FuzzParsePicks(f *testing.F) {
	for _, text := range append(everyPick, "zipf:-1", "hotspot:1e-300/1e-300", "zipf:1e-300", "zipf:5e-324") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePicks(text)
		if err != nil {
			return
		}
		if again, err := ParsePicks(p.String()); err != nil || again != p {
			t.Fatalf("%q is %s, which is %v, %v", text, p, again, err)
		}
		for _, keys := range []int{1, 2, 1000} {
			k := p.Over(keys).Picker(1, 2, 3)
			for range 20 {
				if key := k.Next(); key < 0 || key >= keys {
					t.Fatalf("%s picks key %d of %d", p, key, keys)
				}
			}
		}
	})
}
