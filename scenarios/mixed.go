package scenarios

import (
	"context"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

func init() {
	register(Scenario{
		Name:       "mixed",
		Doc:        "What do reads and writes of shared keys cost together, some keys hotter than others?",
		Version:    1,
		Place:      12,
		Kinds:      mixedKinds,
		KindsOf:    kindsOfMix,
		Load:       Load{Workers: 10, Mix: "get:95,set:5", Keys: "zipf:0.99"},
		Uses:       []Use{Workers, DataSize, Keyspace, Keys, Mix, HitRatio, Conns},
		SharesKeys: true,
		Owns:       true,
		OwnBytes:   insertRoom,
		Check:      checkMixed,
		Prepare:    prepareMixed,
	})
}

func prepareMixed(_ context.Context, s Setup) (*Bound, error) {
	if err := checkMixed(s.Load); err != nil {
		return nil, err
	}
	mix := checked(ParseMix(s.Load.Mix))
	if !mix.has(mixedInsert) {
		return &Bound{Bind: func(session clients.Session, d *Data) (engine.Step, error) {
			return newMixed(session, d).step(mix), nil
		}}, nil
	}
	in, sessions := newInserts(s.Material, s.Load.Workers), []clients.Session(nil)
	return &Bound{
		Bind: func(session clients.Session, d *Data) (engine.Step, error) {
			sessions = append(sessions, session)
			m := newMixed(session, d)
			m.inserts = in.worker(d.Worker.Index)
			m.follows = s.Load.picks().FollowsInserts()
			return m.step(mix), nil
		},
		Close: func(ctx context.Context) error { return in.remove(ctx, sessions, s.Cluster) },
	}, nil
}

// mixed is what one worker works with.
type mixed struct {
	session clients.Session
	data    *Data
	inserts *inserter // nil: the mix has none
	follows bool      // inserted keys are picked, too
	misses  gen.Share // of the gets
	reply   clients.Reply
}

func newMixed(s clients.Session, d *Data) *mixed {
	return &mixed{session: s, data: d, misses: gen.ShareOf(d.material.load.Misses)}
}

// step picks a kind by its weight each time.
func (m *mixed) step(mix Proportions) engine.Step {
	ops := [...]func(context.Context, int) error{
		mixedGet: m.get, mixedSet: m.set, mixedInsert: m.insert, mixedRMW: m.readModifyWrite,
	}
	var does []func(context.Context, int) error
	for _, p := range mix.parts {
		does = append(does, ops[p.kind])
	}
	weights := gen.NewWeights(mix.weights())
	return func(ctx context.Context) (kind, ops int, err error) {
		kind = m.data.picker.Choose(weights)
		return kind, 1, does[kind](ctx, kind)
	}
}

func (m *mixed) get(ctx context.Context, kind int) error {
	if m.data.picker.Happens(m.misses) {
		return m.getAbsent(ctx, kind)
	}
	_, err := m.read(ctx, kind, m.pick())
	return err
}

// getAbsent asks for a key that was never written.
func (m *mixed) getAbsent(ctx context.Context, kind int) error {
	name := m.data.Absent()
	m.reply.Reset()
	if err := m.session.Get(ctx, name, &m.reply); err != nil {
		return err
	}
	if !m.reply.IsMiss() {
		return m.reply.Check(name, "")
	}
	m.data.Worker.Read(kind, 0, 1, 0)
	return nil
}

// read reads a key that was written, and returns on which pass that was. One
// that is missing was evicted, say: this is counted and is no error.
func (m *mixed) read(ctx context.Context, kind int, k sharedKey) (pass int, err error) {
	m.reply.Reset()
	if err := m.session.Get(ctx, k.name, &m.reply); err != nil {
		return 0, err
	}
	if m.reply.IsMiss() {
		m.data.Worker.Read(kind, 0, 1, 1)
		return 0, nil
	}
	if err := m.data.CheckShared(&m.reply, k.id, k.name); err != nil {
		return 0, err
	}
	m.data.Worker.Read(kind, 1, 0, 0)
	return m.data.material.shared.Pass(k.id, m.reply.Text()), nil
}

func (m *mixed) set(ctx context.Context, _ int) error {
	k := m.pick()
	return m.session.Set(ctx, k.name, m.data.SharedValue(k.id))
}

func (m *mixed) insert(ctx context.Context, _ int) error {
	k, lap := m.inserts.next()
	err := m.session.Set(ctx, k.name, clients.Value(m.data.material.shared.Written(k.id, lap)))
	if err == nil {
		m.inserts.acknowledged(k.id)
	}
	return err
}

// readModifyWrite writes what comes after the value that it read.
func (m *mixed) readModifyWrite(ctx context.Context, kind int) error {
	k := m.pick()
	pass, err := m.read(ctx, kind, k)
	if err != nil {
		return err
	}
	return m.session.Set(ctx, k.name, clients.Value(m.data.material.shared.Written(k.id, pass+1)))
}

// A sharedKey is a loaded key or one that was inserted. Its values follow from
// its id.
type sharedKey struct {
	id   int
	name string
}

func (m *mixed) pick() sharedKey {
	if !m.follows {
		key, name := m.data.Pick()
		return sharedKey{key, name}
	}
	k, inserted := m.inserts.pick(m.data.picker.Next())
	if !inserted {
		k.name = m.data.material.keys.At(k.id)
	}
	return k
}
