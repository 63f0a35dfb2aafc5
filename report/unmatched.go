package report

import (
	"fmt"
	"strings"

	"respbench.dev/respbench/results"
)

// bad finds the rows of new without a good round: they say why.
func (m *matcher) bad(differ ...results.Field) {
	for i, b := range m.base {
		if m.paired[i] {
			continue
		}
		for j, n := range m.new {
			if m.free(j) && unmeasured(n) && m.alike(b, n, differ...) {
				m.taken[j] = true
				m.set(i, twin{new: &m.new[j]})
				break
			}
		}
	}
}

// free is whether a row of new may become a twin. Without an op, it may be that
// of all ops of its point.
func (m *matcher) free(j int) bool { return !m.taken[j] || m.new[j].Op == "" }

// alike is whether two rows are of the same cell, as far as is known.
func (m *matcher) alike(a, b Row, differ ...results.Field) bool {
	_, fits := m.key(a.Key, differ...).Join(m.key(b.Key, differ...))
	return fits && (a.Op == "" || b.Op == "" || a.Op == b.Op)
}

// others finds cells that were measured otherwise.
func (m *matcher) others() {
	for i, b := range m.base {
		if m.paired[i] {
			continue
		}
		for j, n := range m.new {
			if !m.taken[j] && !unmeasured(n) && n.Op == b.Op && m.identity(n.Key) == m.identity(b.Key) {
				m.taken[j] = true
				t := twin{new: &m.new[j]}
				t.other, t.apart = m.unlike(b.Key, n.Key)
				m.set(i, t)
				break
			}
		}
	}
}

// unlike is the first field in which two keys differ that must not, and how.
func (m *matcher) unlike(base, new results.Key) (results.Field, string) {
	was, now := m.key(base, m.differ...), m.key(new, m.differ...)
	if fields := results.Differing([]results.Key{was, now}); len(fields) > 0 {
		f := fields[0]
		return f, fmt.Sprintf("%s was %s, now %s", f, base[f], new[f])
	}
	f := results.Field(0)
	for f < results.Fields-1 && was[f] == now[f] {
		f++
	}
	return f, f.String() + " is not known on one side"
}

func (m *matcher) missing() {
	for i := range m.base {
		if !m.paired[i] {
			m.set(i, twin{})
		}
	}
}

// unknown finds the rows of new of which base has no good round, and says why
// it has none. A cell that it skipped and new has not measured is worth no word.
func (m *matcher) unknown(base []Row) (reasons []string) {
	names := rowNames(base)
	for i, b := range base {
		if !unmeasured(b) {
			continue
		}
		told := b.Status != skipped
		for j, n := range m.new {
			if !m.taken[j] && m.alike(b, n, m.differ...) {
				m.known[j] = true
				told = told || !unmeasured(n)
			}
		}
		if told {
			reasons = addNew(reasons, names[i]+": "+strings.TrimPrefix(b.lapses(), "not measured: "))
		}
	}
	return reasons
}

// otherVersions finds cells of which another version has failed in new: one
// that is good beside it does not make up for that.
func (m *matcher) otherVersions() {
	for i, t := range m.twins {
		if t.new == nil || t.apart != "" || unmeasured(*t.new) {
			continue
		}
		for j, n := range m.new {
			if m.taken[j] || m.known[j] || n.Rounds.Failed == 0 || !m.alike(t.base, n, m.differ...) {
				continue
			}
			if fields := results.Differing([]results.Key{t.new.Key, n.Key}); len(fields) > 0 {
				n.Reason = fmt.Sprintf("%s %s: %s", fields[0], n.Key[fields[0]], n.Reason)
			}
			m.twins[i].new = &n
		}
	}
}
