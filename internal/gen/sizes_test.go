package gen

import (
	"math"
	"strings"
	"testing"
)

func TestParseSizes(t *testing.T) {
	for _, test := range []struct {
		text, want string
		max        int
		mean       float64
	}{
		{"1", "1", 1, 1},
		{"16", "16", 16, 16},
		{"1k", "1024", 1024, 1024},
		{"512m", "536870912", 512 << 20, 512 << 20},
		{"100-1000", "100-1000", 1000, 550},
		{"1k-2k", "1024-2048", 2048, 1536},
		{"7-7", "7", 7, 7},
		{"64:3,1k:1", "64:3,1024:1", 1024, 304},
		{"1k:1,64:3", "64:3,1024:1", 1024, 304},
		{"64:3", "64", 64, 64},
	} {
		s, err := ParseSizes(test.text)
		if err != nil || s.String() != test.want || s.Max() != test.max || s.Mean() != test.mean {
			t.Errorf("%s: %v, at most %d, mean %v, %v; want %s, %d, %v", test.text, s, s.Max(), s.Mean(), err, test.want, test.max, test.mean)
		}
	}
}

func TestWrongSizes(t *testing.T) {
	for text, want := range map[string]string{
		"":            `"" is no number of bytes`,
		"k":           `"k" is no number of bytes`,
		"-1":          `"" is no number of bytes`,
		"16b":         `"16b" is no number of bytes`,
		"1K":          `"1K" is no number of bytes`,
		"0":           `"0": a value has at least 1 byte`,
		"513m":        `"513m": a value has at most 536870912 bytes`,
		"99999999m":   `"99999999m": a value has at most 536870912 bytes`,
		"10-":         `"" is no number of bytes`,
		"10-5":        "5 is below 10",
		"1-2-3":       `"2-3" is no number of bytes`,
		"64:":         `weight "" of 64 is not a whole number from 1 on`,
		"64:0":        `weight "0" of 64 is not a whole number from 1 on`,
		"64:1.5":      `weight "1.5" of 64 is not a whole number from 1 on`,
		"64:3,1k":     `weight "" of 1k is not a whole number from 1 on`,
		"64:3,,":      `"" is no number of bytes`,
		"1-2:3":       `"1-2" is no number of bytes`,
		"1k:1,1024:2": "1024 bytes have two weights",
	} {
		_, err := ParseSizes(text)
		if full := want + "; have bytes"; err == nil || !strings.HasPrefix(err.Error(), full) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
}

func sized(t testing.TB, text string) Sizes {
	t.Helper()
	s, err := ParseSizes(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Sizes of keys follow the distribution, and nothing but key and seed.
func TestSizesOfKeys(t *testing.T) {
	for text, law := range map[string]func(size int) float64{
		"3":           func(int) float64 { return 1 },
		"1-50":        func(int) float64 { return 1.0 / 50 },
		"3:3,17:1":    func(size int) float64 { return map[int]float64{3: 0.75, 17: 0.25}[size] },
		"1:1,2:2,3:4": func(size int) float64 { return []float64{0, 1. / 7, 2. / 7, 4. / 7}[size] },
	} {
		s := sized(t, text)
		values, counts, want := NewSizedValues(11, s), make([]int, s.Max()+1), make([]float64, s.Max()+1)
		for key := range draws {
			size := values.Size(key)
			counts[size]++
			if key < 1000 && (len(values.Loaded(key)) != size || len(values.Trial(1).Written(key, 3)) != size) {
				t.Fatalf("%s: key %d has other sizes than %d", text, key, size)
			}
		}
		for size := s.least; size <= s.most; size++ {
			want[size] = law(size)
		}
		fits(t, counts, want)
	}
}

// Values of one size are what they always were.
func TestFixedSizesAreValuesOfThatSize(t *testing.T) {
	a, b := NewValues(7, 16), NewSizedValues(7, sized(t, "16"))
	for key := range 100 {
		if a.Loaded(key) != b.Loaded(key) || a.Trial(2).Written(key, 1) != b.Trial(2).Written(key, 1) {
			t.Fatalf("key %d differs", key)
		}
	}
}

func TestCandidates(t *testing.T) {
	for _, text := range []string{"1", "16", "5000", "1-100", "64:3,1k:1"} {
		values := NewSizedValues(7, sized(t, text))
		w := values.Trial(7)
		others := 0
		for key := range 500 {
			if v := values.Loaded(key); w.Candidate(key, v) != v || !values.Held(key, v, nil) {
				t.Fatalf("%s, key %d: what was loaded is no candidate", text, key)
			}
			for pass := range Passes {
				v := w.Written(key, pass)
				if w.Candidate(key, v) != v || w.Pass(key, v) != pass || !values.Held(key, v, []uint64{1, 7}) {
					t.Fatalf("%s, key %d: pass %d is no candidate, or taken for %d", text, key, pass, w.Pass(key, v))
				}
				if w.Candidate(key+1, v) == v {
					others++
				}
			}
			if w.Candidate(key, "") == "" || values.Held(key, "", []uint64{7}) {
				t.Fatalf("%s, key %d: nothing is a candidate", text, key)
			}
		}
		if most := 80; others > most && values.sizes.Max() > 1 { // of 8,000, eight by chance; of one byte, an eighth
			t.Errorf("%s: %d values of other keys are candidates", text, others)
		}
	}
}

func FuzzParseSizes(f *testing.F) {
	for _, text := range []string{"16", "100-1000", "64:3,1k:1", "1k:1,1024:2", "-", ":", ",", "1:4294967296,2:4294967296"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSizes(text)
		if err != nil {
			return
		}
		if again, err := ParseSizes(s.String()); err != nil || again.String() != s.String() {
			t.Fatalf("%q is %s, which is %s, %v", text, s, again, err)
		}
		if m := s.Mean(); math.IsNaN(m) || m < 1 || m > float64(s.Max()) {
			t.Fatalf("%s: mean %v, at most %d", s, m, s.Max())
		}
		for _, random := range []uint64{0, 1 << 63, math.MaxUint64} {
			if size := s.at(random); size < s.least || size > s.Max() {
				t.Fatalf("%s: size %d", s, size)
			}
		}
	})
}

func BenchmarkHeld(b *testing.B) {
	values, trials := NewValues(7, 16), []uint64{1}
	value := values.Trial(1).Written(5, 3)
	b.ReportAllocs()
	for b.Loop() {
		if !values.Held(5, value, trials) {
			b.Fatal("not held")
		}
	}
}

func BenchmarkSizedNext(b *testing.B) {
	for _, text := range []string{"16", "100-1000", "64:3,1k:1"} {
		b.Run(text, func(b *testing.B) {
			cursor, values := NewKeys("respbench:ab:", 100_000).Cursor(0, 1), NewSizedValues(1, sized(b, text)).Trial(9)
			sum := 0
			for b.Loop() {
				key, name, pass := cursor.Next()
				sum += len(name) + len(values.Written(key, pass))
			}
		})
	}
}
