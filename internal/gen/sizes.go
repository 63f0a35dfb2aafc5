package gen

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// sizeChoices end the errors of ParseSizes.
const sizeChoices = `have bytes (16, 1k, 1m), a range (100-1000), sizes with weights (64:3,1k:1)`

// LargestValue is Redis's own limit, in bytes.
const LargestValue = 512 << 20

// Sizes are how long values are, in bytes: all the same, uniform between two
// sizes, or some sizes with weights.
type Sizes struct {
	least, most int
	weighted    []weightedSize // ascending, two at least; else nil
	draw        Weights        // of weighted
}

type weightedSize struct{ size, weight int }

// ParseSizes reads "16", "100-1000" (uniform, both ends included) or
// "64:3,1k:1" (weights, of any sum). k and m are 1024 and 1024 x 1024 bytes. Its
// error does not repeat the text.
func ParseSizes(text string) (Sizes, error) {
	s, err := parseSizes(text)
	if err != nil {
		return Sizes{}, fmt.Errorf("%w; %s", err, sizeChoices)
	}
	return s, nil
}

func parseSizes(text string) (Sizes, error) {
	if strings.Contains(text, ":") {
		return parseWeighted(strings.Split(text, ","))
	}
	low, high, isRange := strings.Cut(text, "-")
	least, err := parseSize(low)
	if err != nil || !isRange {
		return Sizes{least: least, most: least}, err
	}
	most, err := parseSize(high)
	if err == nil && most < least {
		err = fmt.Errorf("%s is below %s", high, low)
	}
	return Sizes{least: least, most: most}, err
}

func parseWeighted(parts []string) (Sizes, error) {
	var s Sizes
	for _, part := range parts {
		text, weight, _ := strings.Cut(part, ":")
		size, err := parseSize(text)
		if err != nil {
			return s, err
		}
		n, err := strconv.Atoi(weight)
		if err != nil || n < 1 || n > LargestWeight {
			return s, fmt.Errorf("weight %q of %s is not a whole number from 1 on", weight, text)
		}
		s.weighted = append(s.weighted, weightedSize{size: size, weight: n})
	}
	slices.SortFunc(s.weighted, func(a, b weightedSize) int { return a.size - b.size })
	return s, s.settle()
}

// settle takes the weights, in ascending order of size, for good.
func (s *Sizes) settle() error {
	var weights []int
	for i, w := range s.weighted {
		if i > 0 && w.size == s.weighted[i-1].size {
			return fmt.Errorf("%d bytes have two weights", w.size)
		}
		weights = append(weights, w.weight)
	}
	s.least, s.most = s.weighted[0].size, s.weighted[len(s.weighted)-1].size
	if s.Fixed() {
		s.weighted = nil
		return nil
	}
	s.draw = NewWeights(weights)
	return nil
}

func parseSize(text string) (int, error) {
	digits, unit := text, 1
	switch {
	case strings.HasSuffix(text, "k"):
		digits, unit = text[:len(text)-1], 1<<10
	case strings.HasSuffix(text, "m"):
		digits, unit = text[:len(text)-1], 1<<20
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no number of bytes", text)
	case n < 1:
		return 0, fmt.Errorf("%q: a value has at least 1 byte", text)
	case n*uint64(unit) > LargestValue:
		return 0, fmt.Errorf("%q: a value has at most %d bytes", text, LargestValue)
	}
	return int(n) * unit, nil
}

// Fixed reports whether all values have the same size.
func (s Sizes) Fixed() bool { return s.least == s.most }

// Max is the largest size, in bytes.
func (s Sizes) Max() int { return s.most }

// Mean is what a value has on average, in bytes.
func (s Sizes) Mean() float64 {
	if s.weighted == nil {
		return float64(s.least+s.most) / 2
	}
	var sum, weights float64
	for _, w := range s.weighted {
		sum += float64(w.size) * float64(w.weight)
		weights += float64(w.weight)
	}
	return sum / weights
}

// String is the canonical form, in bytes and ascending: sizes that are equal
// have equal strings.
func (s Sizes) String() string {
	switch {
	case s.Fixed():
		return strconv.Itoa(s.most)
	case s.weighted == nil:
		return fmt.Sprintf("%d-%d", s.least, s.most)
	}
	var parts []string
	for _, w := range s.weighted {
		parts = append(parts, fmt.Sprintf("%d:%d", w.size, w.weight))
	}
	return strings.Join(parts, ",")
}

// at is the size that a random number draws.
func (s *Sizes) at(random uint64) int {
	if s.weighted == nil {
		above, _ := bits.Mul64(random, uint64(s.most-s.least+1))
		return s.least + int(above)
	}
	return s.weighted[s.draw.at(random)].size
}
