package scenarios

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

// The kinds of objects, by their place.
const (
	saveTicket = iota
	loadTicket
	filterTickets
	pageTickets
	updateTicket
	deleteTicket
)

const (
	ticketsEach = 500 // of a worker; one more or less while it works
	ticketPage  = 10
)

// objectsCycle is what a worker does over and over: 8 loads, 3 filters and 3
// pages to 2 of each write. Each delete follows a save.
var objectsCycle = [...]int{
	loadTicket, filterTickets, loadTicket, pageTickets, saveTicket, loadTicket, updateTicket, loadTicket, filterTickets, loadTicket,
	deleteTicket, pageTickets, loadTicket, saveTicket, updateTicket, loadTicket, filterTickets, pageTickets, loadTicket, deleteTicket,
}

func init() {
	register(Scenario{
		Name:    "objects",
		Doc:     "What does an object mapper cost: records as hashes, with indexes to find and sort them by?",
		Version: 1,
		Place:   32,
		Kinds: []Kind{
			saveTicket:    {Name: "save", Unit: "save", Commands: []string{"MULTI", "HSET", "SADD", "SADD", "ZADD", "EXEC"}},
			loadTicket:    {Name: "load", Unit: "load", Reads: true, Commands: []string{"HGETALL"}},
			filterTickets: {Name: "filter", Unit: "filter", Commands: []string{"SINTER"}},
			pageTickets:   {Name: "page", Unit: "page", Commands: append(slices.Repeat([]string{"HGETALL"}, ticketPage), "ZRANGE", "MULTI", "EXEC")},
			updateTicket:  {Name: "update", Unit: "update", Commands: []string{"MULTI", "HSET", "SREM", "SADD", "ZADD", "EXEC"}},
			deleteTicket:  {Name: "delete", Unit: "delete", Commands: []string{"MULTI", "DEL", "SREM", "SREM", "ZREM", "EXEC"}},
		},
		Load:       Load{Workers: 1},
		Uses:       []Use{Workers, DataSize, Conns},
		Needs:      clients.Capabilities{Command: true, Transaction: true},
		NeedsRedis: true,
		Unloaded:   true,
		Owns:       true,
		OwnBytes:   objectsRoom,
		Sessions:   func(Load) int { return 1 },
		Prepare:    prepareObjects,
	})
}

// objects is one trial: a collection for each worker.
type objects struct {
	owner   clients.Session // fills the collections and removes them
	workers []*objectsWorker
	filled  sentCounts
}

func prepareObjects(ctx context.Context, s Setup) (*Bound, error) {
	owner, err := s.Session(ctx)
	if err != nil {
		return nil, err
	}
	o := &objects{owner: owner, filled: sentCounts{}}
	bound := &Bound{Bind: o.bind, Close: o.close, Sent: o.sent}
	prefix := s.Material.ofTrial("")
	texts := newTicketTexts(s)
	for i := range s.Load.Workers {
		keys := newTicketKeys(fmt.Sprintf("%s{%d}:", prefix, i), ticketsEach+2)
		w := &objectsWorker{keys: keys, shelf: newShelf(keys), texts: texts, first: i * len(keys.ids), versions: make([]int, len(keys.ids))}
		o.workers = append(o.workers, w)
		if err := o.fill(ctx, w); err != nil {
			return bound, err
		}
	}
	return bound, nil
}

// fill saves the records of a new collection, many in one transaction.
func (o *objects) fill(ctx context.Context, w *objectsWorker) error {
	const together = 50
	m, err := newMapper(o.owner, w.keys)
	if err != nil {
		return err
	}
	m.tx.extra = o.filled
	w.random = rand.New(rand.NewPCG(w.texts.seed, uint64(w.first)))
	for id := range ticketsEach {
		w.shelf.put(id, w.newTicket(id))
		m.addSave(id, w.shelf.records[id])
		if (id+1)%together == 0 {
			if err := m.tx.commit(ctx); err != nil {
				return fmt.Errorf("save the first records: %w", err)
			}
		}
	}
	return nil
}

func (o *objects) bind(s clients.Session, d *Data) (engine.Step, error) {
	w := o.workers[d.Worker.Index]
	m, err := newMapper(s, w.keys)
	if err != nil {
		return nil, err
	}
	w.mapper, w.repairer = m, &mapper{keys: m.keys, tx: &exchange{tx: m.tx.tx, extra: sentCounts{}}}
	w.next = 7 * d.Worker.Index // workers do not all do the same at a time
	return w.step, nil
}

func (o *objects) sent() map[string]Sent {
	sum := maps.Clone(o.filled)
	for _, w := range o.workers {
		if w.mapper != nil {
			sum.merge(sentCounts{"MULTI": w.mapper.reads, "EXEC": w.mapper.reads, "HGETALL": w.mapper.fetched})
			sum.merge(w.repairer.tx.extra)
		}
	}
	return sum
}

func (o *objects) close(ctx context.Context) error {
	do := o.owner.(clients.Commander) // as fill has found
	for _, w := range o.workers {
		if _, err := unlink(ctx, do, w.keys.all()); err != nil {
			return err
		}
	}
	return nil
}

// ticketTexts are what the texts of records are taken from.
type ticketTexts struct {
	seed                uint64
	title, author, body gen.Writer
}

func newTicketTexts(s Setup) *ticketTexts {
	const title, author = 40, 12 // bytes
	m := s.Material
	return &ticketTexts{
		seed:   m.Seed(),
		title:  gen.NewValues(m.dataSeed, title).Trial(m.Seed()),
		author: gen.NewValues(m.dataSeed, author).Trial(m.Seed()),
		body:   m.values,
	}
}
