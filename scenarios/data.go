package scenarios

import (
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// Material is what the workers of a trial share: keys and values.
type Material struct {
	keys   *gen.Keys
	values *gen.Values
	trial  uint64
	depth  int
}

// NewMaterial makes the scenario's keys, and values of dataSize bytes that
// follow from the seeds of the run's data and of the trial. Depth is the pairs
// in one flush.
func (s Scenario) NewMaterial(run string, count, dataSize int, dataSeed, trial uint64, depth int) *Material {
	return &Material{
		keys: gen.NewKeys(s.Prefix(run, dataSize), count), values: gen.NewValues(dataSeed, dataSize),
		trial: trial, depth: depth,
	}
}

// Worker returns the data of one worker of so many.
func (m *Material) Worker(index, of int) *Data {
	return &Data{Material: m, walk: gen.NewWalk(index, of, m.keys.Len())}
}

// Data is what one worker works on: keys of its own, and values.
type Data struct {
	*Material
	walk gen.Walk
}

// NextWrite returns the worker's next key and the value to write to it, which
// differs from the one that it holds.
func (d *Data) NextWrite() (string, clients.Value) {
	key, pass := d.walk.Next()
	return d.keys.At(key), clients.Value(d.values.Written(key, d.trial, pass))
}

// NextRead returns the worker's next key and what the loader wrote to it.
func (d *Data) NextRead() (string, clients.Value) {
	key, _ := d.walk.Next()
	return d.keys.At(key), clients.Value(d.values.Loaded(key))
}
