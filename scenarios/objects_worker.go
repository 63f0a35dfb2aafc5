package scenarios

import (
	"context"
	"math/rand/v2"
)

// dueWithin is what records are due within, in seconds.
const dueWithin = 365 * 24 * 3600

// An objectsWorker goes through the cycle on a collection of its own.
type objectsWorker struct {
	keys     *ticketKeys
	shelf    *shelf
	texts    *ticketTexts
	first    int   // number of its first record among those of all workers
	versions []int // by id, how many records it has been
	random   *rand.Rand
	next     int // in the cycle

	mapper   *mapper
	repairer *mapper // its calls belong to no op
	failed   *ticketWrite
}

// step does what comes next in the cycle. After a write that failed, and may
// have been done all the same, it does that write once more, which is no
// sample.
func (w *objectsWorker) step(ctx context.Context) (kind, ops int, err error) {
	if w.failed != nil {
		write := *w.failed
		return write.kind, 0, w.repair(ctx, write)
	}
	kind = objectsCycle[w.next%len(objectsCycle)]
	w.next++
	switch kind {
	case loadTicket:
		err = w.load(ctx)
	case filterTickets:
		err = w.filter(ctx)
	case pageTickets:
		err = w.page(ctx)
	case saveTicket:
		err = w.save(ctx)
	case updateTicket:
		err = w.update(ctx)
	case deleteTicket:
		id := w.anyRecord()
		err = w.written(ticketWrite{kind: deleteTicket, id: id}, w.mapper.remove(ctx, id, w.shelf.records[id]))
	}
	return kind, 1, err
}

func (w *objectsWorker) repair(ctx context.Context, write ticketWrite) error {
	err := w.repairer.restore(ctx, write.id, write.is, write.kind != deleteTicket)
	if err == nil {
		w.failed = nil
		w.shelf.apply(write)
	}
	return err
}

func (w *objectsWorker) written(write ticketWrite, err error) error {
	if err != nil {
		w.failed = new(write)
		return err
	}
	w.shelf.apply(write)
	return nil
}

func (w *objectsWorker) load(ctx context.Context) error {
	id := w.anyRecord()
	t, err := w.mapper.load(ctx, id)
	if err != nil {
		return err
	}
	return w.shelf.checkRecord(id, t)
}

func (w *objectsWorker) filter(ctx context.Context) error {
	team, state := w.random.IntN(len(ticketTeams)), w.random.IntN(len(ticketStates))
	ids, found, err := w.mapper.find(ctx, team, state)
	if err != nil {
		return err
	}
	return w.shelf.checkFound(team, state, ids, found)
}

// page asks for one that is full: the declared commands depend on it.
func (w *objectsWorker) page(ctx context.Context) error {
	offset := ticketPage * w.random.IntN(len(w.shelf.byDue)/ticketPage)
	ids, found, err := w.mapper.page(ctx, offset, ticketPage)
	if err != nil {
		return err
	}
	return w.shelf.checkPage(offset, ticketPage, ids, found)
}

func (w *objectsWorker) save(ctx context.Context) error {
	id := w.shelf.free[0]
	t := w.newTicket(id)
	return w.written(ticketWrite{saveTicket, id, t}, w.mapper.save(ctx, id, t))
}

// update changes the state, so that the record moves to another set, and all
// else but the team.
func (w *objectsWorker) update(ctx context.Context) error {
	id := w.anyRecord()
	was, is := w.shelf.records[id], w.newTicket(id)
	is.Team = was.Team
	is.State = (was.State + 1 + w.random.IntN(len(ticketStates)-1)) % len(ticketStates)
	if is.Due == was.Due {
		is.Due++
	}
	return w.written(ticketWrite{updateTicket, id, is}, w.mapper.update(ctx, id, was, is))
}

func (w *objectsWorker) anyRecord() int { return w.shelf.byDue[w.random.IntN(len(w.shelf.byDue))] }

// newTicket has other texts than the id's records before.
func (w *objectsWorker) newTicket(id int) ticket {
	w.versions[id]++
	n, version := w.first+id, w.versions[id]
	return ticket{
		Team: w.random.IntN(len(ticketTeams)), State: w.random.IntN(len(ticketStates)), Due: w.random.Int64N(dueWithin),
		Title: w.texts.title.Written(n, version), Author: w.texts.author.Written(n, version), Body: w.texts.body.Written(n, version),
	}
}
