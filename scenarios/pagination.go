package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

const (
	pageSize   = 10
	pagesThere = 10_000
	members    = pageSize * pagesThere
)

// A pageQuery is one way to ask for one page of a sorted set, the greatest
// score first.
type pageQuery struct {
	by   string
	page int // from 1
}

// pageQueries are the kinds: what people write, then the same by rank, where
// the number of a page is all that is known of it.
var pageQueries = []pageQuery{
	{"offset", 1}, {"offset", 100}, {"offset", pagesThere},
	{"keyset", 1}, {"keyset", 100}, {"keyset", pagesThere},
	{"rank", pagesThere},
}

func init() {
	s := Scenario{
		Name:       "pagination",
		Doc:        "What does page 10,000 of a sorted set cost, by offset and by the last element seen?",
		Version:    1,
		Place:      34,
		Load:       Load{Workers: 1},
		Uses:       []Use{Workers, Conns},
		Needs:      clients.Capabilities{Command: true},
		NeedsRedis: true,
		Unloaded:   true,
		Owns:       true,
		OwnBytes:   paginationRoom,
		Sessions:   func(Load) int { return 1 },
		Prepare:    preparePagination,
	}
	for _, q := range pageQueries {
		s.Kinds = append(s.Kinds, Kind{Name: fmt.Sprintf("%s-%d", q.by, q.page), Unit: "page", Commands: []string{"ZRANGE"}})
	}
	register(s)
}

// first is the rank of the page's first member.
func (q pageQuery) first() int { return (q.page - 1) * pageSize }

// words are its command. The scores are the numbers from 0 on, without gaps and
// each once, so that the score of the last element seen follows from the page.
func (q pageQuery) words(key string) []string {
	first, count := strconv.Itoa(q.first()), strconv.Itoa(pageSize)
	switch q.by {
	case "offset":
		return []string{"ZRANGE", key, "+inf", "-inf", "BYSCORE", "REV", "LIMIT", first, count}
	case "keyset":
		below := "+inf"
		if q.page > 1 {
			below = "(" + strconv.Itoa(members-q.first())
		}
		return []string{"ZRANGE", key, below, "-inf", "BYSCORE", "REV", "LIMIT", "0", count}
	default:
		return []string{"ZRANGE", key, first, strconv.Itoa(q.first() + pageSize - 1), "REV"}
	}
}

// pagination is one trial: a set that all workers read.
type pagination struct {
	owner clients.Commander // makes the set and removes it
	key   string
	names *gen.Keys // of members, by score
	made  sentCounts
}

func preparePagination(ctx context.Context, s Setup) (*Bound, error) {
	owner, err := s.Session(ctx)
	if err != nil {
		return nil, err
	}
	do, ok := owner.(clients.Commander)
	if !ok {
		return nil, fmt.Errorf("any command is not offered by %T", owner)
	}
	p := &pagination{
		owner: do, key: s.Material.ofTrial("members"),
		names: gen.NewKeys("member:", members), made: sentCounts{},
	}
	bound := &Bound{Bind: p.bind, Close: p.close, Sent: func() map[string]Sent { return p.made }}
	if err := p.fill(ctx); err != nil {
		return bound, fmt.Errorf("make the sorted set: %w", err)
	}
	return bound, nil
}

// fill adds all members, many with one command, and counts them.
func (p *pagination) fill(ctx context.Context) error {
	const together = 1000
	for from := 0; from < members; from += together {
		words := []string{"ZADD", p.key}
		for score := from; score < from+together; score++ {
			words = append(words, strconv.Itoa(score), p.names.At(score))
		}
		if err := p.made.number(ctx, p.owner, together, words...); err != nil {
			return err
		}
	}
	return p.made.number(ctx, p.owner, members, "ZCARD", p.key)
}

func (p *pagination) close(ctx context.Context) error {
	_, err := unlink(ctx, p.owner, []string{p.key})
	return err
}

// bind makes a step that asks for all kinds once, in random order, and again: the
// server is slower after a deep offset, and none should always be the one after.
func (p *pagination) bind(s clients.Session, d *Data) (engine.Step, error) {
	do, ok := s.(clients.Commander)
	if !ok {
		return nil, fmt.Errorf("any command is not offered by %T", s)
	}
	calls, order := make([]clients.Call, len(pageQueries)), make([]int, len(pageQueries))
	for i, q := range pageQueries {
		calls[i], order[i] = clients.Call{Words: q.words(p.key), Key: 1}, i
	}
	random := rand.New(rand.NewPCG(d.Worker.Seed, members))
	next, answer := 0, new(clients.Answer)
	return func(ctx context.Context) (kind, ops int, err error) {
		if next == 0 {
			random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		kind = order[next]
		next = (next + 1) % len(order)
		answer.Reset()
		if err := do.Do(ctx, calls[kind], answer); err != nil {
			return kind, 1, err
		}
		return kind, 1, p.check(pageQueries[kind].first(), answer)
	}, nil
}

// check compares every member of a page.
func (p *pagination) check(first int, got *clients.Answer) error {
	if got.Shape != clients.List || len(got.Items) != pageSize {
		return wrong(p.key, "answered %s, want %d members", described(got), pageSize)
	}
	for i := range got.Items {
		if want := p.names.At(members - 1 - first - i); got.Items[i].Text != want {
			return wrong(p.key, "has %q at rank %d, want %s", got.Items[i].Text, first+i, want)
		}
	}
	return nil
}
