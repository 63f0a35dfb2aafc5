package report

import (
	"cmp"
	"slices"

	"respbench.dev/respbench/results"
)

// RawLibrary is the client that the others are compared with, and that is never gated.
const RawLibrary = "raw"

// comparableKey is what two rows share if only their client differs.
func comparableKey(k results.Key) results.Key {
	return k.Without(results.FieldLibrary, results.FieldVariant,
		results.FieldLibraryVersion, results.FieldOtherVersions)
}

// arrange groups rows by scenario, then by what disturbs it, undisturbed ones
// first, then by load and everything else that is known of a point without
// running it, and puts raw first in each group.
func arrange(rows []Row) []Row {
	var scenarios []string
	disturbs := []string{""}
	var points []results.Key
	pointOf := func(r Row) results.Key {
		return comparableKey(r.Key).Without(results.FieldLimit, results.FieldWarmup,
			results.FieldTool, results.FieldRuntime, results.FieldSide)
	}
	for _, r := range rows {
		scenarios = addNew(scenarios, r.Point.Scenario)
		disturbs = addNew(disturbs, r.Point.Disturb)
		points = addNew(points, pointOf(r))
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(scenarios, a.Point.Scenario), slices.Index(scenarios, b.Point.Scenario)),
			cmp.Compare(slices.Index(disturbs, a.Point.Disturb), slices.Index(disturbs, b.Point.Disturb)),
			cmp.Compare(slices.Index(points, pointOf(a)), slices.Index(points, pointOf(b))),
			cmp.Compare(notRaw(a), notRaw(b)),
		)
	})
	return rows
}

func addNew[T comparable](seen []T, v T) []T {
	if slices.Contains(seen, v) {
		return seen
	}
	return append(seen, v)
}

func notRaw(r Row) int {
	if r.Point.Library == RawLibrary {
		return 0
	}
	return 1
}

// byScenario cuts arranged rows into groups.
func byScenario(rows []Row) [][]Row {
	return cut(rows, func(r Row) string { return r.Point.Scenario })
}

// cut begins a group wherever the value changes.
func cut(rows []Row, value func(Row) string) [][]Row {
	var groups [][]Row
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && value(rows[end]) == value(rows[start]) {
			end++
		}
		groups = append(groups, rows[start:end])
		start = end
	}
	return groups
}

// compareWithRaw sets the ratio of medians where raw was measured too, with
// nothing else different. At a given rate, and of a client that looks at no reply,
// there is none to speak of.
func compareWithRaw(rows []Row) {
	type basis struct {
		key results.Key
		op  string
	}
	raw := map[basis]float64{}
	for _, r := range rows {
		if r.Point.Library == RawLibrary && r.Throughput != nil {
			raw[basis{comparableKey(r.Key), r.Op}] = r.Throughput.Median
		}
	}
	for i := range rows {
		r := &rows[i]
		base := raw[basis{comparableKey(r.Key), r.Op}]
		if r.Point.Library != RawLibrary && !r.open() && !r.unchecked() && r.Throughput != nil && base > 0 {
			ratio := r.Throughput.Median / base
			r.VsRaw = &ratio
		}
	}
}

// within names fields that differ as a matter of course between rows that
// differ in another: only where that one is equal does a reader need them.
var within = map[results.Field]results.Field{
	results.FieldLibraryVersion: results.FieldLibrary,
	results.FieldOtherVersions:  results.FieldLibrary,
	results.FieldCPU:            results.FieldClientHost,
	results.FieldCores:          results.FieldClientHost,
	results.FieldArch:           results.FieldClientHost,
	results.FieldKernel:         results.FieldClientHost,
	results.FieldServerVersion:  results.FieldServerLabel,
	results.FieldServerName:     results.FieldServerLabel,
	results.FieldServerKind:     results.FieldServerLabel,
	results.FieldServerMode:     results.FieldServerLabel,

	results.FieldServerTransport: results.FieldServerLabel,
}

// shown are in columns of their own in every table, or above it.
var shown = []results.Field{results.FieldScenario, results.FieldDisturb, results.FieldLibrary, results.FieldVariant}

// differing returns the fields that a reader needs to tell rows apart.
func differing(rows []Row) []results.Field {
	keys := make([]results.Key, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	return slices.DeleteFunc(results.Differing(keys), func(f results.Field) bool {
		outer, inner := within[f]
		return slices.Contains(shown, f) || inner && !differsWithin(keys, f, outer)
	})
}

func differsWithin(keys []results.Key, f, outer results.Field) bool {
	groups := map[string][]results.Key{}
	for _, k := range keys {
		groups[k[outer]] = append(groups[k[outer]], k)
	}
	for _, group := range groups {
		if slices.Contains(results.Differing(group), f) {
			return true
		}
	}
	return false
}
