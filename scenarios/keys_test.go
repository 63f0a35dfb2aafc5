package scenarios

import (
	"testing"

	"respbench.dev/respbench/internal/gen"
)

// Keys that were left behind are known by their form: those of a scenario that
// gen.RunOf does not know would never be removed.
func TestKeysOfEveryScenarioAreKnown(t *testing.T) {
	const run = "abcdefg2"
	for _, s := range All() {
		for _, dataSize := range []int{0, 1, 1 << 20} {
			keys := gen.NewKeys(s.Prefix(run, dataSize), count)
			for _, i := range []int{0, 9, 10, count - 1} {
				if of, ok := gen.RunOf(keys.At(i)); !ok || of != run {
					t.Errorf("%s: key %s is taken for one of run %q, %v", s.Name, keys.At(i), of, ok)
				}
			}
		}
	}
}
