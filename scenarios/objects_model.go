package scenarios

import (
	"cmp"
	"slices"
)

// A shelf is what a collection of tickets should be. Ids are used again, the
// one that has been free longest first, so that all keys are known.
type shelf struct {
	keys    *ticketKeys
	records []ticket // by id
	present []bool
	byDue   []int // ids, those that are due last first, and of these the greatest id as text
	free    []int
	count   [][]int // of records, by team and state
	seen    []int   // by id, in which look it was last seen
	looks   int
}

func newShelf(keys *ticketKeys) *shelf {
	size := len(keys.ids)
	s := &shelf{keys: keys, records: make([]ticket, size), present: make([]bool, size), seen: make([]int, size)}
	for id := range size {
		s.free = append(s.free, id)
	}
	for range ticketTeams {
		s.count = append(s.count, make([]int, len(ticketStates)))
	}
	return s
}

// put makes the record of a free id.
func (s *shelf) put(id int, t ticket) {
	s.free = slices.DeleteFunc(s.free, func(free int) bool { return free == id })
	s.records[id], s.present[id] = t, true
	s.count[t.Team][t.State]++
	s.byDue = slices.Insert(s.byDue, s.rank(id), id)
}

// drop forgets a record.
func (s *shelf) drop(id int) {
	at, t := s.rank(id), s.records[id]
	s.byDue = slices.Delete(s.byDue, at, at+1)
	s.count[t.Team][t.State]--
	s.present[id] = false
	s.free = append(s.free, id)
}

// replace changes a record.
func (s *shelf) replace(id int, t ticket) {
	was, at := s.records[id], s.rank(id)
	s.byDue = slices.Delete(s.byDue, at, at+1)
	s.count[was.Team][was.State]--
	s.count[t.Team][t.State]++
	s.records[id] = t
	s.byDue = slices.Insert(s.byDue, s.rank(id), id)
}

// rank is where the id is, or belongs, in the order.
func (s *shelf) rank(id int) int {
	at, _ := slices.BinarySearchFunc(s.byDue, id, func(a, b int) int {
		return -cmp.Or(cmp.Compare(s.records[a].Due, s.records[b].Due), cmp.Compare(s.keys.ids[a], s.keys.ids[b]))
	})
	return at
}

// checkRecord compares one record.
func (s *shelf) checkRecord(id int, got ticket) error {
	if !s.present[id] {
		return wrong(s.keys.records[id], "is there, and should not be")
	}
	if want := s.records[id]; got != want {
		return wrong(s.keys.records[id], "has another %s than was saved", got.differs(want))
	}
	return nil
}

// differs names the first field that does.
func (t ticket) differs(from ticket) string {
	switch {
	case t.Team != from.Team:
		return "team"
	case t.State != from.State:
		return "state"
	case t.Due != from.Due:
		return "due"
	case t.Title != from.Title:
		return "title"
	case t.Author != from.Author:
		return "author"
	}
	return "body"
}

// checkFound compares all records of one team in one state.
func (s *shelf) checkFound(team, state int, ids []int, got []ticket) error {
	s.looks++
	for i, id := range ids {
		if err := s.checkRecord(id, got[i]); err != nil {
			return err
		}
		if got[i].Team != team || got[i].State != state || s.seen[id] == s.looks {
			return wrong(s.keys.teams[team], "has record %d, of %s and %s, twice or wrongly", id, ticketTeams[got[i].Team], ticketStates[got[i].State])
		}
		s.seen[id] = s.looks
	}
	if want := s.count[team][state]; len(ids) != want {
		return wrong(s.keys.teams[team], "and %s have %d records, want %d", s.keys.states[state], len(ids), want)
	}
	return nil
}

// checkPage compares a page, which is as long as there are records.
func (s *shelf) checkPage(offset, limit int, ids []int, got []ticket) error {
	from := min(offset, len(s.byDue))
	want := s.byDue[from:min(from+limit, len(s.byDue))]
	if !slices.Equal(ids, want) {
		return wrong(s.keys.due, "has %v from %d on, want %v", ids, offset, want)
	}
	for i, id := range ids {
		if err := s.checkRecord(id, got[i]); err != nil {
			return err
		}
	}
	return nil
}

// A ticketWrite is a change of one record whose outcome is not known yet.
type ticketWrite struct {
	kind int
	id   int
	is   ticket // afterwards, unless it is deleted
}

// apply makes the change, which has been done.
func (s *shelf) apply(w ticketWrite) {
	switch w.kind {
	case saveTicket:
		s.put(w.id, w.is)
	case updateTicket:
		s.replace(w.id, w.is)
	case deleteTicket:
		s.drop(w.id)
	}
}
