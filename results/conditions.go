package results

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// SameConditions is nil if what is measured now, with points of the run whose
// header is was, may be pooled with what that run measured; else it names the
// first thing that changed, with both values.
func SameConditions(was, now Header) error {
	if len(was.Executors) == 0 || len(was.Executors) != len(now.Executors) {
		return errors.New("the run was not made by the same executors")
	}
	for i, e := range was.Executors {
		if err := sameLibraries(e.Libraries, now.Executors[i].Libraries); err != nil {
			return err
		}
	}
	for _, p := range was.Points {
		before, after := PointKey(was, p), PointKey(now, p)
		for _, f := range Differing([]Key{before, after}) {
			return changed(f.String(), before[f], after[f])
		}
	}
	return nil
}

func sameLibraries(was, now map[string]string) error {
	for _, module := range slices.Sorted(maps.Keys(was)) {
		if now[module] != was[module] {
			return changed(module, was[module], orNone(now[module]))
		}
	}
	for _, module := range slices.Sorted(maps.Keys(now)) {
		if was[module] == "" {
			return changed(module, none, now[module])
		}
	}
	return nil
}

func changed(what, was, now string) error {
	return fmt.Errorf("%s was %s, now %s", what, was, now)
}
