package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMix(t *testing.T) {
	for text, want := range map[string]string{
		"get:95,set:5":                "get:95,set:5",
		"set:5,get:95":                "get:95,set:5",
		"get:100":                     "get:100",
		"rmw:1,insert:2,set:3,get:94": "get:94,set:3,insert:2,rmw:1",
		"insert:100":                  "insert:100",
	} {
		m, err := ParseMix(text)
		if err != nil || m.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, m, err, want)
		}
		var kinds []string
		for _, k := range kindsOfMix(Load{Mix: text}) {
			kinds = append(kinds, k.Name)
		}
		for i, part := range strings.Split(want, ",") {
			if !strings.HasPrefix(part, kinds[i]+":") || len(kinds) != strings.Count(want, ":") {
				t.Errorf("%s has the kinds %v", text, kinds)
			}
		}
	}
}

func TestWrongMixes(t *testing.T) {
	for text, want := range map[string]string{
		"":                `"" is no kind`,
		"get":             "get needs a percentage, a whole number from 1 to 100",
		"get:95":          "the percentages add up to 95, not to 100",
		"get:95,set:6":    "the percentages add up to 101, not to 100",
		"get:0,set:100":   "get needs a percentage",
		"get:-5,set:105":  "get needs a percentage",
		"get:99.5,set:.5": "get needs a percentage",
		"get:50,get:50":   "get is there twice",
		"read:95,set:5":   `"read" is no kind`,
		"get:95,set:5,":   `"" is no kind`,
		"ycsb-e":          `"ycsb-e" is no kind`,
	} {
		if _, err := ParseMix(text); err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "; "+mixChoices) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
}

// The presets by YCSB's definitions of its core workloads.
func TestPresets(t *testing.T) {
	s, err := Named("mixed")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Load{
		"ycsb-a": {Mix: "get:50,set:50", Keys: "zipf:0.99", DataSize: 1000},
		"ycsb-b": {Mix: "get:95,set:5", Keys: "zipf:0.99", DataSize: 1000},
		"ycsb-c": {Mix: "get:100", Keys: "zipf:0.99", DataSize: 1000},
		"ycsb-d": {Mix: "get:95,insert:5", Keys: "latest", DataSize: 1000},
		"ycsb-f": {Mix: "get:50,rmw:50", Keys: "zipf:0.99", DataSize: 1000},
	} {
		got, ok := Preset(name)
		if diff := cmp.Diff(want, got); diff != "" || !ok || !strings.Contains(mixChoices, name) {
			t.Errorf("%s: %s", name, diff)
		}
		if err := s.Check(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, ok := Preset("ycsb-e"); ok {
		t.Errorf("there is a preset that needs scans")
	}
}

func TestLoadsThatMixedRefuses(t *testing.T) {
	for _, test := range []struct {
		load Load
		want string
	}{
		{Load{Mix: "get:1"}, `mix "get:1": the percentages add up to 1, not to 100`},
		{Load{Mix: "set:100", Misses: 0.1}, "a share of misses needs a mix with get"},
		{Load{Mix: "get:100", Misses: 1.1}, "the share of misses must be from 0 to 1"},
		{Load{Mix: "get:100", Keys: "zipf:-1"}, `keys "zipf:-1": must be above 0`},
		{Load{Mix: "get:100", Sizes: "0-1"}, `sizes "0-1": "0": a value has at least 1 byte`},
	} {
		if err := checkMixed(test.load); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: %v; want %s", test.load, err, test.want)
		}
	}
}

func FuzzParseMix(f *testing.F) {
	for _, text := range []string{"get:95,set:5", "set:100", ",", "get:9223372036854775807", "ycsb-a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMix(text)
		if err != nil {
			return
		}
		if again, err := ParseMix(m.String()); err != nil || again.String() != m.String() {
			t.Fatalf("%q is %s, which is %s, %v", text, m, again, err)
		}
	})
}
