package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

const (
	pasteExpiry = 10 * time.Minute
	newestKept  = 100
	newestShown = 10
)

// A pastebin keeps texts for some time, and a list of the newest:
//
//	POST /pastes       keeps the body and answers its number
//	GET /pastes/{id}   answers the text
//	GET /              answers the numbers of the newest 10, one a line
//
// What the server says no to is a 502 with its words, what cannot be its answer
// is a 500.
type pastebin struct {
	calls   context.Context // of all calls: a request's own could change what a library does
	pool    chan *pasteStore
	names   func(id int64) string
	newest  string
	largest int          // bytes of a paste
	last    atomic.Int64 // id that was given
	kept    atomic.Int64 // pastes that are in the list
	redis   *engine.Sampler
}

// A pasteStore is a session, with what one request uses of it.
type pasteStore struct {
	do      clients.Commander
	tx      clients.Transactor
	answer  clients.Answer
	answers [2]clients.Answer
	spent   int64 // ns in calls of the client
}

func newPasteStore(s clients.Session) (*pasteStore, error) {
	do, ok := s.(clients.Commander)
	if !ok {
		return nil, fmt.Errorf("any command is not offered by %T", s)
	}
	tx, ok := s.(clients.Transactor)
	if !ok {
		return nil, fmt.Errorf("transactions are not offered by %T", s)
	}
	return &pasteStore{do: do, tx: tx}, nil
}

func (b *pastebin) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /pastes", b.serve(b.create))
	mux.HandleFunc("GET /pastes/{id}", b.serve(b.fetch))
	mux.HandleFunc("GET /{$}", b.serve(b.list))
	return mux
}

// serve lends a session to a request, samples the time that was spent in it, and
// writes what it answered.
func (b *pastebin) serve(handle func(*pasteStore, *http.Request) (status int, text string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		store := <-b.pool
		defer func() { b.pool <- store }()
		store.spent = 0
		status, text, err := handle(store, r)
		b.redis.Sample(store.spent)
		if err != nil {
			status, text = statusOf(err), err.Error()
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text) // whoever asked sees that it is cut
	}
}

func statusOf(err error) int {
	if _, ok := errors.AsType[*clients.Mismatch](err); ok {
		return http.StatusInternalServerError
	}
	return http.StatusBadGateway
}

func (b *pastebin) create(store *pasteStore, r *http.Request) (status int, text string, err error) {
	size := r.ContentLength
	switch {
	case size < 0:
		return http.StatusLengthRequired, "a paste needs a length", nil
	case size > int64(b.largest):
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("a paste has %d bytes at most", b.largest), nil
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return 0, "", err
	}
	id := b.last.Add(1)
	text = strconv.FormatInt(id, 10)
	if err := store.keep(b.calls, b.names(id), clients.ValueOf(body)); err != nil {
		return 0, "", err
	}
	if err := store.announce(b.calls, b.newest, text); err != nil {
		return 0, "", err
	}
	b.kept.Add(1)
	return http.StatusCreated, text, nil
}

func (b *pastebin) fetch(store *pasteStore, r *http.Request) (status int, text string, err error) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // no paste has 0, which is what is no number
	key := b.names(id)
	if err := store.call(b.calls, "GET", key); err != nil {
		return 0, "", err
	}
	switch a := &store.answer; a.Shape {
	case clients.Null:
		return http.StatusNotFound, "", nil
	case clients.Text:
		return http.StatusOK, a.Text, nil
	default:
		return 0, "", wrong(key, "answered GET with %s", described(a))
	}
}

func (b *pastebin) list(store *pasteStore, _ *http.Request) (status int, text string, err error) {
	if err := store.call(b.calls, "ZRANGE", b.newest, "0", strconv.Itoa(newestShown-1), "REV"); err != nil {
		return 0, "", err
	}
	if store.answer.Shape != clients.List {
		return 0, "", wrong(b.newest, "answered ZRANGE with %s", described(&store.answer))
	}
	var page strings.Builder
	for i := range store.answer.Items {
		page.WriteString(store.answer.Items[i].Text)
		page.WriteByte('\n')
	}
	return http.StatusOK, page.String(), nil
}

// keep writes a text.
func (s *pasteStore) keep(ctx context.Context, key string, text clients.Value) error {
	err := s.call(ctx, "SET", key, string(text), "EX", strconv.Itoa(int(pasteExpiry.Seconds())))
	if err == nil && (s.answer.Shape != clients.Text || s.answer.Text != "OK") {
		err = wrong(key, "answered SET with %s", described(&s.answer))
	}
	return err
}

// announce puts an id at the head of the list, and cuts the list's tail.
func (s *pasteStore) announce(ctx context.Context, list, id string) error {
	calls := []clients.Call{
		{Words: []string{"ZADD", list, id, id}, Key: 1},
		{Words: []string{"ZREMRANGEBYRANK", list, "0", strconv.Itoa(-newestKept - 1)}, Key: 1},
	}
	s.answers[0].Reset()
	s.answers[1].Reset()
	start := engine.Now()
	err := s.tx.Transact(ctx, calls, s.answers[:])
	s.spent += engine.Now() - start
	if err != nil {
		return err
	}
	if added, cut := &s.answers[0], &s.answers[1]; added.Shape != clients.Int || added.Int != 1 || cut.Shape != clients.Int || cut.Int > 1 {
		return wrong(list, "answered ZADD with %s and ZREMRANGEBYRANK with %s", described(added), described(cut))
	}
	return nil
}

// call sends one command on a key.
func (s *pasteStore) call(ctx context.Context, words ...string) error {
	s.answer.Reset()
	start := engine.Now()
	err := s.do.Do(ctx, clients.Call{Words: words, Key: 1}, &s.answer)
	s.spent += engine.Now() - start
	return err
}
