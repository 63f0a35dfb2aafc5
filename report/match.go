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

	base, new []Row  // of base, those with a good round
	paired    []bool // by index: has its twin already
	taken     []bool // base has it
	known     []bool // base knows it, and has no good round of it
	twins     []twin // by index of base
	found     []bool
}

// A matching is what came of it.
type matching struct {
	twins   []twin   // in the order of base's report
	new     []Row    // those of new that base has, too
	added   []string // cells that only new knows, and has measured
	unknown []string // what base has not measured well, and why
}

func match(base, new []Row, differ []results.Field, allow bool) matching {
	good := slices.DeleteFunc(slices.Clone(base), unmeasured)
	m := matcher{
		differ: differ, allow: allow, base: good, new: new,
		paired: make([]bool, len(good)), taken: make([]bool, len(new)), known: make([]bool, len(new)),
		twins: make([]twin, len(good)), found: make([]bool, len(good)),
	}
	m.equals()
	if len(differ) > 0 {
		m.equals(differ...)
	}
	m.bad()
	if len(differ) > 0 {
		m.bad(differ...)
	}
	m.others()
	m.missing()
	unknown := m.unknown(base)
	m.otherVersions()
	return m.matching(unknown)
}

func (m *matcher) matching(unknown []string) matching {
	all := matching{unknown: unknown}
	for i, t := range m.twins {
		if m.found[i] {
			all.twins = append(all.twins, t)
		}
	}
	nameTwins(all.twins, m)
	names := rowNames(m.new)
	for j, r := range m.new {
		switch {
		case m.taken[j]:
			all.new = append(all.new, r)
		case !m.known[j] && !unmeasured(r):
			all.added = addNew(all.added, names[j])
		}
	}
	return all
}

func unmeasured(r Row) bool { return r.Rounds.OK == 0 }

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
		if !m.taken[j] && !unmeasured(r) {
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

// nameTwins names them by what tells the cells of one side apart: in what the
// sides differ is said elsewhere.
func nameTwins(twins []twin, m *matcher) {
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
