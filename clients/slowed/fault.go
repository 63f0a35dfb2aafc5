package slowed

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Fault takes time in each step, or in some: a SET and GET, a flush, an INCR.
type Fault struct {
	Name  string        // the variant's: "spin=4us", "stall=1ms@2%"
	Busy  time.Duration // that the CPU is kept before what ends the step is sent
	Every int64         // which steps: 1 is each, 50 each fiftieth
}

// None does nothing.
var None = Fault{Name: "none", Every: 1}

// Parse reads one fault: spin=4us takes that long in each step, stall=1ms@2% in
// exactly so many of them, evenly apart.
func Parse(text string) (Fault, error) {
	kind, value, _ := strings.Cut(text, "=")
	var err error
	f := Fault{Name: text, Every: 1}
	switch kind {
	case "spin":
		f.Busy, err = busy(value)
	case "stall":
		took, share, _ := strings.Cut(value, "@")
		if f.Busy, err = busy(took); err == nil {
			f.Every, err = each(share)
		}
	default:
		err = errors.New("have spin=4us, stall=1ms@2%")
	}
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

func busy(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no time above 0", text)
	}
	return d, nil
}

// each turns "2%" into 50.
func each(text string) (int64, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	percent, err := strconv.ParseInt(number, 10, 64)
	if !isPercent || err != nil || percent < 1 || 100%percent != 0 {
		return 0, fmt.Errorf("%q is no share; have 1%%, 2%%, 4%%, 5%%, 10%%, 20%%, 25%%, 50%%, 100%%", text)
	}
	return 100 / percent, nil
}
