package svg

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// linearTicks are round numbers in steps of 1, 2 or 5, not below the least step.
func linearTicks(low, high, least float64) []plot.Tick {
	step := roundStep(least)
	first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
	var ticks []plot.Tick
	for i := range int(last-first) + 1 {
		at := (first + float64(i)) * step
		ticks = append(ticks, plot.Tick{Value: at, Label: tickText(at, step)})
	}
	return ticks
}

// roundStep is the smallest of 1, 2 and 5 times a power of ten that is not below v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logTicks are powers of ten with lesser ticks between, or more where these are few.
func logTicks(low, high float64, most int) []plot.Tick {
	decades := math.Log10(high) - math.Log10(low)
	if decades < 0.7 {
		return linearTicks(low, high, (high-low)/float64(most))
	}
	named := map[int]bool{1: true}
	if decades*3 <= float64(most) {
		named[2], named[5] = true, true
	}
	every := max(1, int(math.Ceil(decades/float64(most))))
	var ticks []plot.Tick
	for power := int(math.Floor(math.Log10(low))); power <= int(math.Ceil(math.Log10(high))); power++ {
		for m := 1; m < 10; m++ {
			at := float64(m) * math.Pow10(power)
			if at < low || at > high || m > 1 && decades > 8 {
				continue
			}
			tick := plot.Tick{Value: at}
			if named[m] && power%every == 0 {
				tick.Label = tickText(at, at)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// tickText writes v with as many decimals as the step needs and thousands separated.
func tickText(v, step float64) string {
	if size := math.Abs(v); size >= 1e12 || step < 1e-6 {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if v < 0 && strings.ContainsAny(whole, "123456789") {
		return "-" + whole
	}
	return whole
}
