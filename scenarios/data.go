package scenarios

import (
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// Material is what the workers of a trial share: keys and values.
type Material struct {
	// Earlier are the seeds of the run's trials before this one: keys may still
	// hold what these wrote.
	Earlier []uint64

	keys     *gen.Keys
	values   gen.Writer
	depth    int
	dataSeed uint64
	trial    uint64
}

// NewMaterial makes the scenario's keys, and values of dataSize bytes that
// follow from the seeds of the run's data and of the trial. Depth is the pairs
// in one flush.
func (s Scenario) NewMaterial(run string, count, dataSize int, dataSeed, trial uint64, depth int) *Material {
	return &Material{
		keys:     gen.NewKeys(s.Prefix(run, dataSize), count),
		values:   gen.NewValues(dataSeed, dataSize).Trial(trial),
		depth:    depth,
		dataSeed: dataSeed,
		trial:    trial,
	}
}

// Worker returns the data of one worker of so many.
func (m *Material) Worker(index, of int) *Data {
	return &Data{material: m, worker: index, values: m.values, depth: m.depth, cursor: m.keys.Cursor(index, of)}
}

// Data is what one worker works on: keys of its own, and values.
type Data struct {
	cursor gen.Cursor
	values gen.Writer
	depth  int
	count  counter

	material *Material
	worker   int
}

// NextWrite returns the worker's next key and the value to write to it, which
// differs from the one that it holds.
func (d *Data) NextWrite() (string, clients.Value) {
	key, name, pass := d.cursor.Next()
	return name, clients.Value(d.values.Written(key, pass))
}

// NextRead returns the worker's next key and what the loader wrote to it.
func (d *Data) NextRead() (string, clients.Value) {
	key, name, _ := d.cursor.Next()
	return name, clients.Value(d.values.Loaded(key))
}

// check is Reply.Check of a key that steps write. It tells an older value of
// the key from one that was never written to it.
func (d *Data) check(r *clients.Reply, key string, want clients.Value) error {
	if r.Is(want) {
		return nil
	}
	return d.mismatch(r, key, want)
}

//go:noinline
func (d *Data) mismatch(r *clients.Reply, key string, want clients.Value) error {
	return &clients.Mismatch{
		Key: key, Want: len(want), Got: r.Len(), Miss: r.IsMiss(),
		Stale: r.Len() > 0 && d.material.held(key, r.Text()),
	}
}

// held reports whether the key held a value before: of the loader, of this
// trial, or of an earlier one, whose values may have been of another size.
func (m *Material) held(name, value string) bool {
	key, ok := m.keys.Index(name)
	if !ok {
		return false
	}
	values := m.values.Values
	if len(value) != values.Size() {
		values = gen.NewValues(m.dataSeed, len(value))
	}
	return values.Held(key, value, append([]uint64{m.trial}, m.Earlier...))
}
