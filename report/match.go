package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

// A twin is a cell of the base, and what the new side has of it.
type twin struct {
	name    string
	key     results.Key // tells it apart, on the base side
	base    Row
	new     *Row          // nil: there is none
	apart   string        // why the two are not comparable; empty if they are
	several bool          // for a side has several of it
	other   results.Field // else in which they differ first
	pairs   [][2]int      // of the rounds that belong together, as indexes into either's
}

// rowsOf are those of a report of the runs.
func rowsOf(runs []results.Run) []Row {
	var rows []Row
	for _, c := range pool(runs) {
		rows = append(rows, c.rows()...)
	}
	return arrange(rows)
}

// A matcher finds the twins of base among the rows of new.
type matcher struct {
	differ []results.Field // in which sides that were measured together differ on purpose
	allow  bool            // environments may differ

	base, new []Row
	paired    []bool // by index: has its twin already
	taken     []bool
	twins     []twin // by index of base
	found     []bool
}

// match returns the twins in the order of base's report, and the cells that
// only new has measured.
func match(base, new []Row, differ []results.Field, allow bool) (twins []twin, added []string) {
	base = slices.DeleteFunc(base, func(r Row) bool { return r.Rounds.OK == 0 })
	m := matcher{
		differ: differ, allow: allow, base: base, new: new,
		paired: make([]bool, len(base)), taken: make([]bool, len(new)),
		twins: make([]twin, len(base)), found: make([]bool, len(base)),
	}
	m.equals()
	m.equals(differ...)
	m.unmeasured()
	m.unmeasured(differ...)
	m.others()
	m.missing()
	for i, t := range m.twins {
		if m.found[i] {
			twins = append(twins, t)
		}
	}
	nameTwins(twins, m)
	return twins, m.added()
}

// embedded is the kind of server that is compared with no other.
const embedded = "embedded"

// key is what must be equal of a key. Where the kind of server need not be, it
// still matters whether it is the embedded one.
func (m *matcher) key(k results.Key, differ ...results.Field) results.Key {
	kind := k[results.FieldServerKind]
	for f := range results.Fields {
		if c := f.Class(); c == results.Subject || c == results.Environment && m.allow {
			k[f] = ""
		}
	}
	k = k.Without(differ...)
	if kind != "" && kind != embedded {
		kind = "not " + embedded
	}
	k[results.FieldServerKind] = cmp.Or(k[results.FieldServerKind], kind)
	return k
}

// identity says which cell it is, however it was measured.
func (m *matcher) identity(k results.Key) results.Key {
	for f := range results.Fields {
		if f.Class() != results.Identity {
			k[f] = ""
		}
	}
	return k.Without(m.differ...)
}

func (m *matcher) set(i int, t twin) {
	m.paired[i], m.found[i] = true, true
	t.base, t.key = m.base[i], m.key(m.base[i].Key).Without(results.FieldIsolation)
	m.twins[i] = t
}

// A group is of rows that only what may differ tells apart.
type group struct{ base, new []int }

type groupKey struct {
	key results.Key
	op  string
}

// equals makes twins of rows that are equal but for what may differ. Where a
// side has several of them it cannot be told which is meant.
func (m *matcher) equals(differ ...results.Field) {
	groups := map[groupKey]*group{}
	at := func(r Row) *group {
		k := groupKey{m.key(r.Key, differ...), r.Op}
		if groups[k] == nil {
			groups[k] = &group{}
		}
		return groups[k]
	}
	for i, r := range m.base {
		if !m.paired[i] {
			g := at(r)
			g.base = append(g.base, i)
		}
	}
	for j, r := range m.new {
		if !m.taken[j] && r.Rounds.OK > 0 {
			g := at(r)
			g.new = append(g.new, j)
		}
	}
	for i, r := range m.base {
		if !m.paired[i] {
			m.group(*at(r), len(differ) > 0)
		}
	}
}

func (m *matcher) group(g group, differ bool) {
	if len(g.new) == 0 && (differ || len(g.base) == 1) {
		return
	}
	var t twin
	if len(g.new) > 0 {
		t.new = &m.new[g.new[0]]
	}
	switch {
	case len(g.base) > 1:
		t.several, t.apart = true, several("base", m.base, g.base)
	case len(g.new) > 1:
		t.several, t.apart = true, several("new", m.new, g.new)
	}
	m.set(g.base[0], t)
	for _, i := range g.base {
		m.paired[i] = true
	}
	for _, j := range g.new {
		m.taken[j] = true
	}
}

// several says in what the rows of one side differ.
func several(side string, rows []Row, at []int) string {
	var keys []results.Key
	for _, i := range at {
		keys = append(keys, rows[i].Key)
	}
	fields := results.Differing(keys)
	if len(fields) == 0 {
		return side + " holds several of it that cannot be told apart"
	}
	var values []string
	for _, k := range keys {
		values = addNew(values, k[fields[0]])
	}
	return fmt.Sprintf("%s holds several of it: %s %s", side, fields[0], strings.Join(values, " and "))
}

// unmeasured finds the rows of new without a good round: they say why.
func (m *matcher) unmeasured(differ ...results.Field) {
	for i, b := range m.base {
		if m.paired[i] {
			continue
		}
		own := m.key(b.Key, differ...)
		for j, n := range m.new {
			_, fits := own.Join(m.key(n.Key, differ...))
			if !m.taken[j] && n.Rounds.OK == 0 && fits && (n.Op == "" || n.Op == b.Op) {
				// Without an op it stands for all ops of the point.
				m.taken[j] = n.Op != ""
				m.set(i, twin{new: &m.new[j]})
				break
			}
		}
	}
}

// others finds cells that were measured otherwise.
func (m *matcher) others() {
	for i, b := range m.base {
		if m.paired[i] {
			continue
		}
		for j, n := range m.new {
			if !m.taken[j] && n.Rounds.OK > 0 && n.Op == b.Op && m.identity(n.Key) == m.identity(b.Key) {
				m.taken[j] = true
				f := results.Differing([]results.Key{m.key(b.Key, m.differ...), m.key(n.Key, m.differ...)})[0]
				m.set(i, twin{new: &m.new[j], other: f, apart: fmt.Sprintf("%s was %s, now %s", f, b.Key[f], n.Key[f])})
				break
			}
		}
	}
}

func (m *matcher) missing() {
	for i := range m.base {
		if !m.paired[i] {
			m.set(i, twin{})
		}
	}
}

func (m *matcher) added() []string {
	var names []string
	all := rowNames(m.new)
	for j, r := range m.new {
		if !m.taken[j] && r.Rounds.OK > 0 {
			names = addNew(names, all[j])
		}
	}
	return names
}

// nameTwins names them by what tells the cells of one side apart: in what the
// sides differ is said elsewhere.
func nameTwins(twins []twin, m matcher) {
	rows := make([]Row, len(twins))
	for i, t := range twins {
		rows[i] = t.base
		rows[i].Key = m.key(t.base.Key, m.differ...)
		if t.new != nil && t.apart == "" && t.new.Point.Client() != t.base.Point.Client() {
			rows[i].Point.Library, rows[i].Point.Variant = "", ""
		}
	}
	ops := map[string]int{}
	names := rowNames(rows)
	for i, name := range names {
		names[i] = strings.Join(strings.Fields(name), " ") // there may be no client in it
		ops[names[i]]++
	}
	for i, name := range names {
		if ops[name] > 1 {
			name += " " + twins[i].base.Op
		}
		twins[i].name = name
	}
}
