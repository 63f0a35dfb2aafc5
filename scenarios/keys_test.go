package scenarios

import (
	"testing"

	"respbench.dev/respbench/internal/gen"
)

// Keys that were left behind are known by their form: those of a scenario that
// gen.RunOf does not know would never be removed.
func TestKeysOfEveryScenarioAreKnown(t *testing.T) {
	const run = "abcdefg2"
	loads := []Load{{DataSize: 0}, {DataSize: 1}, {DataSize: 1 << 20}, {DataSize: 100, Sizes: "1-100"}, {DataSize: 1024, Sizes: "64:3,1024:1"}}
	for _, s := range All() {
		for _, l := range loads {
			keys := gen.NewKeys(s.Prefix(run, l), count)
			for _, i := range []int{0, 9, 10, count - 1} {
				if of, ok := gen.RunOf(keys.At(i)); !ok || of != run {
					t.Errorf("%s: key %s is taken for one of run %q, %v", s.Name, keys.At(i), of, ok)
				}
			}
			own := s.NewMaterial(run, Load{Workers: 1, DataSize: 1, Keyspace: 1}, 1, 1).Own("{a}:1")
			if of, ok := gen.RunOf(own); s.Owns && (!ok || of != run) {
				t.Errorf("%s: key %s is taken for one of run %q, %v", s.Name, own, of, ok)
			}
		}
	}
}
