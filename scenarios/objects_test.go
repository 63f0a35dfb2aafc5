package scenarios

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func TestObjectsCommandsAreConfirmed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "objects", Load{Workers: 2, DataSize: 100}, asItIs)
	r.run(t, 20*len(objectsCycle))
	r.confirm(t)
	for kind, want := range []int{saveTicket: 80, loadTicket: 320, filterTickets: 120, pageTickets: 120, updateTicket: 80, deleteTicket: 80} {
		if r.done[kind] != want {
			t.Errorf("%d ops of %s, want %d", r.done[kind], r.kinds[kind].Name, want)
		}
	}
	r.finish(t)
}

// The size of a collection stays, so that the last numbers mean what the first do.
func TestObjectsAreStationary(t *testing.T) {
	t.Parallel()
	r := newRig(t, "objects", Load{Workers: 3, DataSize: 20}, asItIs)
	for range 100 {
		r.run(t, 1)
		for worker := range 3 {
			due := fmt.Sprintf("respbench:ab:objects:9:{%d}:due", worker)
			if n := r.server.Do(t, "ZCARD", due); n != "499" && n != "500" && n != "501" {
				t.Fatalf("worker %d has %s records", worker, n)
			}
		}
	}
	r.finish(t)
}

func TestWrongRepliesToObjectsAreSeen(t *testing.T) {
	t.Parallel()
	testLies(t, "objects")
}

var errFlaky = errors.New("the connection broke")

// Writes that fail may have been done or not. Either way the worker goes on
// with a collection that it knows, and the counts stay within what was done and
// tried.
func TestObjectsSurviveFailures(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	sometimes := func() error {
		if random.IntN(40) == 0 {
			return errFlaky
		}
		return nil
	}
	r := newRig(t, "objects", Load{Workers: 2, DataSize: 20}, func(s clients.Session) clients.Session {
		return &wiretap{
			Session: s, before: func(clients.Call) error { return sometimes() },
			after: func(clients.Call, *clients.Answer) error { return sometimes() },
		}
	})
	failures := 0
	for i := range 2000 {
		if kind, err := r.step(t.Context(), i%2); err != nil {
			if failures++; !errors.Is(err, errFlaky) {
				t.Fatalf("%s: %v", r.kinds[kind].Name, err)
			}
		}
	}
	if failures < 100 {
		t.Errorf("only %d failures", failures)
	}
	if sent := r.Sent(); sent["DEL"].Done == 0 {
		t.Errorf("nothing was repaired: %v", sent)
	}
	r.confirm(t)
	r.finish(t)
}

// The mapper does what a map of records does, whatever the order of operations.
func TestMapperIsLikeAMap(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t, servertest.Options{})
	session, err := openRaw(t, server).Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	m, err := newMapper(session, newTicketKeys("objects:{a}:", 12))
	if err != nil {
		t.Fatal(err)
	}
	p := &property{t: t, m: m, random: rand.New(rand.NewPCG(3, 4)), want: map[int]ticket{}, shelf: newShelf(m.keys)}
	for range 250 {
		p.change()
		p.compare()
	}
	for id, is := range p.want {
		if err := m.remove(t.Context(), id, is); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Do(t, "DBSIZE"); n != "0" {
		t.Errorf("%s keys are left when all records are deleted", n)
	}
}

// A property test's state: the mapper, a map that is certainly right, and the
// model that the scenario compares with.
type property struct {
	t      *testing.T
	m      *mapper
	random *rand.Rand
	want   map[int]ticket
	shelf  *shelf
}

// ticket is any; few values, so that many records share them.
func (p *property) ticket() ticket {
	text := func() string { return fmt.Sprint("text ", p.random.IntN(1000)) }
	return ticket{
		Team: p.random.IntN(2), State: p.random.IntN(3), Due: p.random.Int64N(4),
		Title: text(), Author: text(), Body: text(),
	}
}

// change does a random operation that the state of a random record allows.
func (p *property) change() {
	p.t.Helper()
	id, is := p.random.IntN(len(p.m.keys.ids)), p.ticket()
	was, present := p.want[id]
	write := ticketWrite{saveTicket, id, is}
	var err error
	switch choice := p.random.IntN(5); {
	case choice == 0 && present:
		err = p.m.restore(p.t.Context(), id, is, true)
		write.kind = updateTicket
	case choice == 0:
		err = p.m.restore(p.t.Context(), id, is, false)
		write.kind = loadTicket // no change
	case !present:
		err = p.m.save(p.t.Context(), id, is)
	case choice < 3:
		err = p.m.update(p.t.Context(), id, was, is)
		write.kind = updateTicket
	default:
		err = p.m.remove(p.t.Context(), id, was)
		write.kind = deleteTicket
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.shelf.apply(write)
	switch write.kind {
	case saveTicket, updateTicket:
		p.want[id] = is
	case deleteTicket:
		delete(p.want, id)
	}
}

func (p *property) compare() {
	p.t.Helper()
	p.compareRecords()
	for team := range 3 {
		for state := range 4 {
			p.compareFound(team, state)
		}
	}
	for _, offset := range []int{0, 1, 5, 12, 20} {
		p.comparePage(offset, 4)
	}
}

func (p *property) compareRecords() {
	p.t.Helper()
	for id := range p.m.keys.ids {
		got, err := p.m.load(p.t.Context(), id)
		want, present := p.want[id]
		if mismatch, ok := errors.AsType[*clients.Mismatch](err); !present {
			if !ok || !mismatch.Miss {
				p.t.Fatalf("record %d, which is not there: %v, %v", id, got, err)
			}
			continue
		}
		if err != nil || got != want {
			p.t.Fatalf("record %d is %v, want %v, %v", id, got, want, err)
		}
	}
}

func (p *property) compareFound(team, state int) {
	p.t.Helper()
	ids, records, err := p.m.find(p.t.Context(), team, state)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.shelf.checkFound(team, state, ids, records); err != nil {
		p.t.Fatalf("the model differs: %v", err)
	}
	got := map[int]ticket{}
	for i, id := range ids {
		got[id] = records[i]
	}
	want := map[int]ticket{}
	for id, is := range p.want {
		if is.Team == team && is.State == state {
			want[id] = is
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(ids) != len(want) {
		p.t.Fatalf("team %d, state %d: %v\n%s", team, state, ids, diff)
	}
}

func (p *property) comparePage(offset, limit int) {
	p.t.Helper()
	ids, records, err := p.m.page(p.t.Context(), offset, limit)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.shelf.checkPage(offset, limit, ids, records); err != nil {
		p.t.Fatalf("the model differs: %v", err)
	}
	var want []string // by due, then by id as text, the greatest first
	for id, is := range p.want {
		want = append(want, fmt.Sprintf("%d %s %v", is.Due, p.m.keys.ids[id], is))
	}
	slices.Sort(want)
	slices.Reverse(want)
	want = want[min(offset, len(want)):min(offset+limit, len(want))]
	var got []string
	for i, id := range ids {
		got = append(got, fmt.Sprintf("%d %s %v", records[i].Due, p.m.keys.ids[id], records[i]))
	}
	if !slices.Equal(want, got) {
		p.t.Fatalf("page from %d on is %q, want %q", offset, got, want)
	}
}

func TestObjectsAreNotEmulated(t *testing.T) {
	t.Parallel()
	if _, err := newMapper(forgetfulSession{}, nil); err == nil {
		t.Error("a session without any command is a mapper's")
	}
}
