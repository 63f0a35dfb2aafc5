package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"respbench.dev/respbench/clients"
)

// A ticket is the record that is mapped: to a hash of six fields. Its texts
// are valid until the next call of the session that loaded them.
type ticket struct {
	Team, State         int   // by their place in ticketTeams and ticketStates
	Due                 int64 // sorted by
	Title, Author, Body string
}

var (
	ticketTeams  = []string{"billing", "design", "docs", "mobile", "network", "payment", "search", "storage", "support", "web"}
	ticketStates = []string{"new", "open", "waiting", "solved", "closed"}
)

const ticketFields = 6

// ticketKeys are those of one collection. They share a hash tag, so that a
// transaction stays in one slot.
type ticketKeys struct {
	ids           []string // of the records, as members of indexes
	records       []string // hashes, by id
	teams, states []string // sets of ids, one for each value of the field
	due           string   // the ids, sorted
}

func newTicketKeys(prefix string, records int) *ticketKeys {
	k := &ticketKeys{due: prefix + "due"}
	for id := range records {
		k.ids = append(k.ids, strconv.Itoa(id))
		k.records = append(k.records, prefix+k.ids[id])
	}
	for _, team := range ticketTeams {
		k.teams = append(k.teams, prefix+"team:"+team)
	}
	for _, state := range ticketStates {
		k.states = append(k.states, prefix+"state:"+state)
	}
	return k
}

func (k *ticketKeys) all() []string {
	return slices.Concat(k.records, k.teams, k.states, []string{k.due})
}

// A mapper saves tickets as hashes, and keeps an index for each field that is
// asked for. Every write is one transaction, so record and indexes agree. Each
// reply is held to what the record's state before asks for.
type mapper struct {
	keys *ticketKeys
	do   clients.Commander
	tx   *exchange

	call    clients.Call
	answer  clients.Answer
	ids     []int // found last, with their records
	records []ticket

	// What find read beyond its one query: transactions, and records in them.
	// How many these are depends on what is there.
	reads, fetched Sent
}

func newMapper(s clients.Session, keys *ticketKeys) (*mapper, error) {
	do, ok := s.(clients.Commander)
	if !ok {
		return nil, fmt.Errorf("any command is not offered by %T", s)
	}
	tx, ok := s.(clients.Transactor)
	if !ok {
		return nil, fmt.Errorf("transactions are not offered by %T", s)
	}
	return &mapper{keys: keys, do: do, tx: &exchange{tx: tx}, call: clients.Call{Key: 1}}, nil
}

// save writes a record that is not there.
func (m *mapper) save(ctx context.Context, id int, t ticket) error {
	m.addSave(id, t)
	return m.tx.commit(ctx)
}

func (m *mapper) addSave(id int, t ticket) {
	m.addHash(ticketFields, id, t)
	m.tx.add(1, "SADD", m.keys.teams[t.Team], m.keys.ids[id])
	m.tx.add(1, "SADD", m.keys.states[t.State], m.keys.ids[id])
	m.addDue(1, id, t)
}

// addHash writes all fields, of which so many are new.
func (m *mapper) addHash(added int64, id int, t ticket) {
	m.tx.add(added, "HSET", m.keys.records[id],
		"team", ticketTeams[t.Team], "state", ticketStates[t.State], "due", strconv.FormatInt(t.Due, 10),
		"title", t.Title, "author", t.Author, "body", t.Body)
}

func (m *mapper) addDue(added int64, id int, t ticket) {
	m.tx.add(added, "ZADD", m.keys.due, strconv.FormatInt(t.Due, 10), m.keys.ids[id])
}

// update writes a record over what it was when it was loaded, and moves the
// index entries of the fields that have changed.
func (m *mapper) update(ctx context.Context, id int, was, is ticket) error {
	m.addHash(0, id, is)
	m.addMove(id, m.keys.teams[was.Team], m.keys.teams[is.Team])
	m.addMove(id, m.keys.states[was.State], m.keys.states[is.State])
	if was.Due != is.Due {
		m.addDue(0, id, is)
	}
	return m.tx.commit(ctx)
}

func (m *mapper) addMove(id int, from, to string) {
	if from != to {
		m.tx.add(1, "SREM", from, m.keys.ids[id])
		m.tx.add(1, "SADD", to, m.keys.ids[id])
	}
}

// remove deletes a record that is as t, with its index entries.
func (m *mapper) remove(ctx context.Context, id int, t ticket) error {
	m.tx.add(1, "DEL", m.keys.records[id])
	m.tx.add(1, "SREM", m.keys.teams[t.Team], m.keys.ids[id])
	m.tx.add(1, "SREM", m.keys.states[t.State], m.keys.ids[id])
	m.tx.add(1, "ZREM", m.keys.due, m.keys.ids[id])
	return m.tx.commit(ctx)
}

// restore makes the record t, or absent, whatever it was before.
func (m *mapper) restore(ctx context.Context, id int, t ticket, present bool) error {
	m.tx.add(anything, "DEL", m.keys.records[id])
	for _, index := range slices.Concat(m.keys.teams, m.keys.states) {
		m.tx.add(anything, "SREM", index, m.keys.ids[id])
	}
	m.tx.add(anything, "ZREM", m.keys.due, m.keys.ids[id])
	if present {
		m.addSave(id, t)
	}
	return m.tx.commit(ctx)
}

func (m *mapper) load(ctx context.Context, id int) (ticket, error) {
	if err := m.query(ctx, "HGETALL", m.keys.records[id]); err != nil {
		return ticket{}, err
	}
	return decodeTicket(m.keys.records[id], &m.answer)
}

// find returns the records of one team in one state, in no order, all of one
// moment but later than the query for them. Both slices are valid until the
// next call.
func (m *mapper) find(ctx context.Context, team, state int) ([]int, []ticket, error) {
	err := m.query(ctx, "SINTER", m.keys.teams[team], m.keys.states[state])
	if err == nil {
		err = m.takeIDs(m.keys.teams[team])
	}
	if err != nil || len(m.ids) == 0 {
		return nil, nil, err
	}
	m.reads.Tried++
	m.fetched.Tried += int64(len(m.ids))
	if err := m.fetch(ctx); err != nil {
		return nil, nil, err
	}
	m.reads.Done++
	m.fetched.Done += int64(len(m.ids))
	return m.ids, m.records, nil
}

// page returns at most limit records from the one at offset, those that are due
// last first, otherwise as find does.
func (m *mapper) page(ctx context.Context, offset, limit int) ([]int, []ticket, error) {
	err := m.query(ctx, "ZRANGE", m.keys.due, "+inf", "-inf", "BYSCORE", "REV",
		"LIMIT", strconv.Itoa(offset), strconv.Itoa(limit))
	if err == nil {
		err = m.takeIDs(m.keys.due)
	}
	if err != nil || len(m.ids) == 0 {
		return nil, nil, err
	}
	return m.ids, m.records, m.fetch(ctx)
}

func (m *mapper) query(ctx context.Context, words ...string) error {
	m.call.Words = append(m.call.Words[:0], words...)
	m.answer.Reset()
	return m.do.Do(ctx, m.call, &m.answer)
}

// takeIDs reads the ids before the session is used again, and makes room for
// their records.
func (m *mapper) takeIDs(key string) error {
	if m.answer.Shape != clients.List {
		return wrong(key, "answered no list")
	}
	m.ids = m.ids[:0]
	for i := range m.answer.Items {
		text := m.answer.Items[i].Text
		id, err := strconv.Atoi(text)
		if err != nil || id < 0 || id >= len(m.keys.ids) || m.keys.ids[id] != text {
			return wrong(key, "has %q, which is no id", text)
		}
		m.ids = append(m.ids, id)
	}
	m.records = slices.Grow(m.records[:0], len(m.ids))[:len(m.ids)]
	return nil
}

// fetch loads the records of all ids in one transaction.
func (m *mapper) fetch(ctx context.Context) error {
	for _, id := range m.ids {
		m.tx.add(anything, "HGETALL", m.keys.records[id])
	}
	if err := m.tx.commit(ctx); err != nil {
		return err
	}
	for i, id := range m.ids {
		var err error
		if m.records[i], err = decodeTicket(m.keys.records[id], &m.tx.answers[i]); err != nil {
			return err
		}
	}
	return nil
}

// decodeTicket wants each field once.
func decodeTicket(key string, a *clients.Answer) (t ticket, err error) {
	switch {
	case a.Shape != clients.List:
		return t, wrong(key, "answered no fields")
	case len(a.Items) == 0:
		return t, &clients.Mismatch{Key: key, Got: -1, Miss: true}
	case len(a.Items) != 2*ticketFields:
		return t, wrong(key, "has %d names and values, want %d fields", len(a.Items), ticketFields)
	}
	var seen [ticketFields]bool
	for i := 0; i < len(a.Items); i += 2 {
		field, ok := t.set(a.Items[i].Text, a.Items[i+1].Text)
		if !ok || seen[field] {
			return t, wrong(key, "has a field %q that it should not have", a.Items[i].Text)
		}
		seen[field] = true
	}
	return t, nil
}

// set returns which field that was, and whether the value can be one of it.
func (t *ticket) set(name, value string) (field int, ok bool) {
	var err error
	switch name {
	case "team":
		t.Team = slices.Index(ticketTeams, value)
		return 0, t.Team >= 0
	case "state":
		t.State = slices.Index(ticketStates, value)
		return 1, t.State >= 0
	case "due":
		t.Due, err = strconv.ParseInt(value, 10, 64)
		return 2, err == nil
	case "title":
		t.Title = value
		return 3, true
	case "author":
		t.Author = value
		return 4, true
	case "body":
		t.Body = value
		return 5, true
	}
	return 0, false
}
