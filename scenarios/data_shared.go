package scenarios

import (
	"errors"
	"fmt"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// Check refuses sizes, picks and shares that no scenario can be run with.
func (l Load) Check() error {
	if _, err := gen.ParseSizes(l.Sizes); l.Sizes != "" && err != nil {
		return fmt.Errorf("sizes %q: %w", l.Sizes, err)
	}
	if _, err := gen.ParsePicks(l.Keys); l.Keys != "" && err != nil {
		return fmt.Errorf("keys %q: %w", l.Keys, err)
	}
	if !(l.Misses >= 0 && l.Misses <= 1) {
		return errors.New("the share of misses must be from 0 to 1")
	}
	return nil
}

func (l Load) values(seed uint64) *gen.Values {
	if l.Sizes == "" {
		return gen.NewValues(seed, l.DataSize)
	}
	return gen.NewSizedValues(seed, checked(gen.ParseSizes(l.Sizes)))
}

func (l Load) picks() gen.Picks {
	if l.Keys == "" {
		return gen.Picks{} // in order
	}
	return checked(gen.ParsePicks(l.Keys))
}

// checked is what was read before, when the load was checked.
func checked[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// absentKeys are so many that they lie in all slots of a cluster.
const absentKeys = 1 << 15

// Pick picks one of the keys that all workers share.
func (d *Data) Pick() (key int, name string) {
	key = d.picker.Next()
	return key, d.material.keys.At(key)
}

// SharedValue is what to write to a shared key: one of its values, which it
// may hold already.
func (d *Data) SharedValue(key int) clients.Value {
	d.writes++
	return clients.Value(d.material.shared.Written(key, d.writes))
}

// CheckShared returns nil if the reply is a value that was written to a shared
// key, by the loader or by any worker of any trial, else a *Mismatch.
func (d *Data) CheckShared(r *clients.Reply, key int, name string) error {
	return r.Check(name, clients.Value(d.material.shared.Candidate(key, r.Text())))
}

// Absent names a key that nobody writes; only where the load has misses.
func (d *Data) Absent() string {
	return d.material.absent.At(int(d.picker.Below(absentKeys)))
}
