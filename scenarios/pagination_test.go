package scenarios

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPaginationCommandsAreConfirmed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "pagination", Load{Workers: 2}, asItIs)
	r.run(t, 3*len(pageQueries))
	r.confirm(t)
	if n := r.server.Do(t, "ZCARD", "respbench:ab:pagination:9:members"); n != "100000" {
		t.Errorf("%s members", n)
	}
	for kind, n := range r.done {
		if n != 6 {
			t.Errorf("%d ops of %s, want 6", n, r.kinds[kind].Name)
		}
	}
	r.finish(t)
}

func TestWrongPagesAreSeen(t *testing.T) {
	t.Parallel()
	testLies(t, "pagination")
}

// Whatever way a page is asked for, it is the same page, by a command of its own.
func TestPageQueries(t *testing.T) {
	t.Parallel()
	r := newRig(t, "pagination", Load{Workers: 1}, asItIs)
	pages, commands := map[int]string{}, map[string]bool{}
	for _, q := range pageQueries {
		words := q.words("respbench:ab:pagination:9:members")
		page := r.server.Do(t, words...)
		if known, ok := pages[q.page]; ok && known != page {
			t.Errorf("%v: %s, want %s", words, page, known)
		}
		pages[q.page] = page
		commands[q.by] = true
	}
	if len(pages) != 3 || len(commands) != 3 {
		t.Errorf("pages %v in ways %v", pages, commands)
	}
	r.finish(t)
}

// What each kind sends is what the documentation explains.
func TestPageWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query pageQuery
		want  []string
	}{
		{pageQuery{"offset", 1}, []string{"ZRANGE", "k", "+inf", "-inf", "BYSCORE", "REV", "LIMIT", "0", "10"}},
		{pageQuery{"offset", 10_000}, []string{"ZRANGE", "k", "+inf", "-inf", "BYSCORE", "REV", "LIMIT", "99990", "10"}},
		{pageQuery{"keyset", 1}, []string{"ZRANGE", "k", "+inf", "-inf", "BYSCORE", "REV", "LIMIT", "0", "10"}},
		{pageQuery{"keyset", 100}, []string{"ZRANGE", "k", "(99010", "-inf", "BYSCORE", "REV", "LIMIT", "0", "10"}},
		{pageQuery{"rank", 10_000}, []string{"ZRANGE", "k", "99990", "99999", "REV"}},
	} {
		if diff := cmp.Diff(test.want, test.query.words("k")); diff != "" {
			t.Errorf("%v: %s", test.query, diff)
		}
		if !slices.Contains(pageQueries, test.query) {
			t.Errorf("%v is no kind", test.query)
		}
	}
}

func TestPaginationAllocatesLittle(t *testing.T) {
	r := newRig(t, "pagination", Load{Workers: 1}, asItIs)
	r.run(t, len(pageQueries))
	if n := testing.AllocsPerRun(50, func() { _, _, _ = r.steps[0](context.Background()) }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
	r.finish(t)
}
