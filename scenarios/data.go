package scenarios

import (
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// Material is what the workers of a trial share: keys and values.
type Material struct {
	keys   *gen.Keys
	values gen.Writer
	depth  int
}

// NewMaterial makes the scenario's keys, and values of dataSize bytes that
// follow from the seeds of the run's data and of the trial. Depth is the pairs
// in one flush.
func (s Scenario) NewMaterial(run string, count, dataSize int, dataSeed, trial uint64, depth int) *Material {
	return &Material{
		keys:   gen.NewKeys(s.Prefix(run, dataSize), count),
		values: gen.NewValues(dataSeed, dataSize).Trial(trial),
		depth:  depth,
	}
}

// Worker returns the data of one worker of so many.
func (m *Material) Worker(index, of int) *Data {
	return &Data{values: m.values, depth: m.depth, cursor: m.keys.Cursor(index, of)}
}

// Data is what one worker works on: keys of its own, and values.
type Data struct {
	cursor gen.Cursor
	values gen.Writer
	depth  int
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
