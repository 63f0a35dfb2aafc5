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
	Name  string // the variant's: "spin=4us", "wait=1ms+stall=1ms@2%"
	Parts []Part
}

// A Part is one of the things that take time.
type Part struct {
	Delay time.Duration // before what ends the step is sent
	Waits bool          // for something, as a lock or a network; else it computes and keeps the CPU
	Every int64         // which steps: 1 is each, 50 each fiftieth
}

// None does nothing.
var None = Fault{Name: "none"}

// Parse reads a fault. spin=4us computes for so long in each step, wait=1ms waits,
// stall=1ms@2% waits in exactly so many of them, evenly apart; a plus joins them.
func Parse(text string) (Fault, error) {
	f := Fault{Name: text}
	for one := range strings.SplitSeq(text, "+") {
		p, err := parsePart(one)
		if err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
		f.Parts = append(f.Parts, p)
	}
	return f, nil
}

func parsePart(text string) (Part, error) {
	kind, value, _ := strings.Cut(text, "=")
	p := Part{Every: 1, Waits: kind != "spin"}
	var err error
	switch kind {
	case "spin", "wait":
		p.Delay, err = delay(value)
	case "stall":
		took, share, _ := strings.Cut(value, "@")
		if p.Delay, err = delay(took); err == nil {
			p.Every, err = each(share)
		}
	default:
		err = errors.New("have spin=4us, wait=1ms, stall=1ms@2%, joined by +")
	}
	return p, err
}

func delay(text string) (time.Duration, error) {
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
