package gen

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// pickChoices are the forms that ParsePicks reads.
const pickChoices = "sequential, uniform, zipf:S (zipf:0.99), hotspot:A/B (hotspot:90/10), latest"

// Picks are how keys are picked from a key space.
type Picks struct {
	form      form
	exponent  float64 // of zipf and latest
	hits, hot float64 // of hotspot: percent of the accesses, percent of the keys
}

type form uint8

const (
	sequential form = iota
	uniform
	zipfian
	hotspot
	latest
)

var formNames = [...]string{"sequential", "uniform", "zipf", "hotspot", "latest"}

// latestExponent is YCSB's.
const latestExponent = 0.99

// largestExponent still gives the second key one access in a thousand.
const largestExponent = 10

// ParsePicks reads how keys are picked. Its error does not repeat the text.
//
//	sequential    in order, each worker every W-th, over and over
//	uniform       all alike
//	zipf:S        the key of rank r is picked in proportion to 1/r^S; the hot
//	              keys are scattered over the key space
//	hotspot:A/B   A % of the accesses go to B % of the keys, scattered likewise,
//	              and the others to the rest
//	latest        zipf:0.99 counted back from the newest key, not scattered
func ParsePicks(text string) (Picks, error) {
	name, value, _ := strings.Cut(text, ":")
	var p Picks
	var err error
	switch {
	case text == formNames[sequential]:
		p.form = sequential
	case text == formNames[uniform]:
		p.form = uniform
	case text == formNames[latest]:
		p = Picks{form: latest, exponent: latestExponent}
	case name == formNames[zipfian]:
		p, err = parseZipf(value)
	case name == formNames[hotspot]:
		p, err = parseHotspot(value)
	default:
		err = errors.New("no way to pick keys; have " + pickChoices)
	}
	return p, err
}

func parseZipf(text string) (Picks, error) {
	s, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(s):
		return Picks{}, errors.New("needs a number above 0, as in zipf:0.99")
	case s <= 0:
		return Picks{}, errors.New("must be above 0")
	case s > largestExponent:
		return Picks{}, fmt.Errorf("must be at most %d: nearly all accesses would go to one key", largestExponent)
	}
	return Picks{form: zipfian, exponent: s}, nil
}

func parseHotspot(text string) (Picks, error) {
	hits, hot, ok := strings.Cut(text, "/")
	a, errA := strconv.ParseFloat(hits, 64)
	b, errB := strconv.ParseFloat(hot, 64)
	switch {
	case !ok || errA != nil || errB != nil:
		return Picks{}, errors.New("needs two percentages, as in hotspot:90/10: 90 % of the accesses go to 10 % of the keys")
	case !(a > 0 && a <= 100 && b > 0 && b <= 100): // NaN is neither
		return Picks{}, errors.New("both percentages must be above 0 and at most 100")
	}
	return Picks{form: hotspot, hits: a, hot: b}, nil
}

// String is the canonical form.
func (p Picks) String() string {
	switch p.form {
	case zipfian:
		return "zipf:" + plain(p.exponent)
	case hotspot:
		return "hotspot:" + plain(p.hits) + "/" + plain(p.hot)
	default:
		return formNames[p.form]
	}
}

// FollowsInserts reports whether keys that are inserted later are picked, too.
func (p Picks) FollowsInserts() bool { return p.form == latest }

func plain(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
