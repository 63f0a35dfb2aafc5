package scenarios

import (
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

// Material is what the workers of a trial share: keys and values.
type Material struct {
	// Earlier are the seeds of the run's trials before this one: keys may still
	// hold what these wrote.
	Earlier []uint64

	keys     *gen.Keys
	absent   *gen.Keys // that nobody writes; nil: no reads ask for them
	values   gen.Writer
	shared   gen.Writer        // what steps write to keys that workers share
	picks    *gen.Distribution // nil: each worker takes keys of its own, in order
	load     Load
	own      string // how keys of the scenario's own begin
	dataSeed uint64
	trial    uint64
}

// NewMaterial makes the scenario's keys, and values that follow from the seeds
// of the run's data and of the trial. The load is one that Load.Check takes.
//
// What steps write to shared keys follows from the run's data alone: a trial
// reads what any trial before it has written.
func (s Scenario) NewMaterial(run string, load Load, dataSeed, trial uint64) *Material {
	values := load.values(dataSeed)
	m := &Material{
		keys:     gen.NewKeys(s.Prefix(run, load), s.keysOf(load)),
		values:   values.Trial(trial),
		shared:   values.Trial(dataSeed),
		load:     load,
		own:      gen.RunPrefix(run) + s.Name + ":",
		dataSeed: dataSeed,
		trial:    trial,
	}
	if (load.Keys != "" || s.SharesKeys) && m.keys.Len() > 0 {
		m.picks = load.picks().Over(m.keys.Len())
	}
	if load.Misses > 0 {
		m.absent = gen.NewKeys(m.Own("absent:"), absentKeys)
	}
	return m
}

// keysOf is how many keys are loaded: one for each worker that counts.
func (s Scenario) keysOf(load Load) int {
	switch {
	case s.Unloaded:
		return 0
	case s.Counts:
		return load.Workers
	}
	return load.Keyspace
}

// Own names a key of the scenario's own.
func (m *Material) Own(name string) string { return m.own + name }

// Seed is the trial's.
func (m *Material) Seed() uint64 { return m.trial }

// Worker returns the data of one worker.
func (m *Material) Worker(w *engine.Worker) *Data {
	d := &Data{Worker: w, material: m, values: m.values, depth: max(m.load.Depth, 1)}
	if m.picks != nil {
		d.picker, d.writes = m.picks.Picker(m.trial, w.Index, w.Of), w.Index
	} else if m.keys.Len() > 0 {
		d.cursor = m.keys.Cursor(w.Index, w.Of)
	}
	return d
}

// Data is what one worker works on: keys of its own, and values.
type Data struct {
	Worker *engine.Worker // whom to give samples of metrics to

	cursor gen.Cursor  // where keys are the worker's own
	picker *gen.Picker // where they are shared; else nil
	writes int         // to shared keys
	values gen.Writer
	depth  int
	count  counter

	material *Material
}

// NextWrite returns the worker's next key and the value to write to it, which
// differs from the one that it holds, unless the key is shared.
func (d *Data) NextWrite() (string, clients.Value) {
	if d.picker != nil {
		key, name := d.Pick()
		return name, d.SharedValue(key)
	}
	key, name, pass := d.cursor.Next()
	return name, clients.Value(d.values.Written(key, pass))
}

// NextRead returns the worker's next key and what the loader wrote to it.
func (d *Data) NextRead() (string, clients.Value) {
	if d.picker != nil {
		key, name := d.Pick()
		return name, clients.Value(d.values.Loaded(key))
	}
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
	if len(value) != values.Size(key) {
		values = gen.NewValues(m.dataSeed, len(value))
	}
	return values.Held(key, value, append([]uint64{m.trial, m.dataSeed}, m.Earlier...))
}
