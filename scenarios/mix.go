package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Proportions are how often each kind of op of mixed is done.
type Proportions struct{ parts []mixPart } // in the order of mixedKinds

type mixPart struct {
	kind    int // in mixedKinds
	percent int
}

// The kinds of mixed.
const (
	mixedGet = iota
	mixedSet
	mixedInsert
	mixedRMW
)

var mixedKinds = []Kind{
	mixedGet:    {Name: "get", Unit: "get", Reads: true, Commands: []string{"GET"}},
	mixedSet:    {Name: "set", Unit: "set", Commands: []string{"SET"}},
	mixedInsert: {Name: "insert", Unit: "insert", Commands: []string{"SET"}},
	mixedRMW:    {Name: "rmw", Unit: "rmw", Reads: true, Commands: []string{"GET", "SET"}},
}

// mixPresets are the core workloads of YCSB by their mix and their keys, with
// its record of ten fields of 100 bytes as one value.
var mixPresets = map[string]Load{
	"ycsb-a": {Mix: "get:50,set:50", Keys: ycsbKeys, DataSize: ycsbRecord},
	"ycsb-b": {Mix: "get:95,set:5", Keys: ycsbKeys, DataSize: ycsbRecord},
	"ycsb-c": {Mix: "get:100", Keys: ycsbKeys, DataSize: ycsbRecord},
	"ycsb-d": {Mix: "get:95,insert:5", Keys: "latest", DataSize: ycsbRecord},
	"ycsb-f": {Mix: "get:50,rmw:50", Keys: ycsbKeys, DataSize: ycsbRecord},
}

const (
	ycsbKeys   = "zipf:0.99"
	ycsbRecord = 1000 // bytes
)

// Preset returns the mix, the keys and the size of values of a named mix.
func Preset(name string) (Load, bool) {
	load, ok := mixPresets[name]
	return load, ok
}

// mixChoices end the errors of ParseMix.
const mixChoices = "have get:95,set:5 with the kinds get, set, insert, rmw, or a preset: ycsb-a, ycsb-b, ycsb-c, ycsb-d, ycsb-f"

// ParseMix reads "get:95,set:5": kinds with their percentages, whole numbers
// that add up to 100. Its error does not repeat the text.
func ParseMix(text string) (Proportions, error) {
	m, err := parseMix(text)
	if err != nil {
		return Proportions{}, fmt.Errorf("%w; %s", err, mixChoices)
	}
	return m, nil
}

func parseMix(text string) (m Proportions, err error) {
	sum := 0
	for part := range strings.SplitSeq(text, ",") {
		name, weight, _ := strings.Cut(part, ":")
		kind := slices.IndexFunc(mixedKinds, func(k Kind) bool { return k.Name == name })
		percent, err := strconv.Atoi(weight)
		switch {
		case kind < 0:
			return m, fmt.Errorf("%q is no kind", name)
		case err != nil || percent < 1 || percent > 100:
			return m, fmt.Errorf("%s needs a percentage, a whole number from 1 to 100", name)
		case slices.ContainsFunc(m.parts, func(p mixPart) bool { return p.kind == kind }):
			return m, fmt.Errorf("%s is there twice", name)
		}
		m.parts = append(m.parts, mixPart{kind, percent})
		sum += percent
	}
	slices.SortFunc(m.parts, func(a, b mixPart) int { return a.kind - b.kind })
	if sum != 100 {
		return m, fmt.Errorf("the percentages add up to %d, not to 100", sum)
	}
	return m, nil
}

// String is the canonical form.
func (m Proportions) String() string {
	var parts []string
	for _, p := range m.parts {
		parts = append(parts, fmt.Sprintf("%s:%d", mixedKinds[p.kind].Name, p.percent))
	}
	return strings.Join(parts, ",")
}

// kindsOfMix are those that the load's mix has.
func kindsOfMix(l Load) (kinds []Kind) {
	mix, _ := ParseMix(l.Mix) // what is wrong is refused elsewhere
	for _, p := range mix.parts {
		kinds = append(kinds, mixedKinds[p.kind])
	}
	return kinds
}

func (m Proportions) weights() (weights []int) {
	for _, p := range m.parts {
		weights = append(weights, p.percent)
	}
	return weights
}

func (m Proportions) has(kind int) bool {
	return slices.ContainsFunc(m.parts, func(p mixPart) bool { return p.kind == kind })
}

// checkMixed refuses a load that mixed cannot be run with.
func checkMixed(l Load) error {
	mix, err := ParseMix(l.Mix)
	switch {
	case err != nil:
		return fmt.Errorf("mix %q: %w", l.Mix, err)
	case l.Misses > 0 && !mix.has(mixedGet):
		return errors.New("a share of misses needs a mix with get")
	}
	return l.Check()
}
