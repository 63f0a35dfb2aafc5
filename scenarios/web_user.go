package scenarios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"respbench.dev/respbench/clients"
)

// webCycle is what a worker does over and over.
var webCycle = [...]int{
	createPaste, fetchPaste, fetchPaste, listPastes, fetchPaste, fetchPaste, fetchPaste, listPastes, fetchPaste, fetchPaste,
}

// pastesKnown are how many pastes of its own a worker asks for.
const pastesKnown = 3

// A paste is one that the service has kept.
type paste struct {
	id   int64
	text string
}

// A pasteUser is a worker: a program that talks HTTP.
type pasteUser struct {
	client  *http.Client
	url     string
	service *pastebin // for what must be in a list
	data    *Data
	next    int // in the cycle
	made    int
	known   []paste // the last ones, the newest at (made-1) % pastesKnown
	body    bytes.Buffer
}

func (u *pasteUser) step(ctx context.Context) (kind, ops int, err error) {
	kind = webCycle[u.next%len(webCycle)]
	u.next++
	switch {
	case kind == createPaste || len(u.known) == 0:
		return createPaste, 1, u.create(ctx)
	case kind == fetchPaste:
		return kind, 1, u.fetch(ctx)
	default:
		return kind, 1, u.list(ctx)
	}
}

func (u *pasteUser) create(ctx context.Context) error {
	w := u.data.Worker
	text := u.data.values.Written(w.Index+u.made*w.Of, 0)
	answer, err := u.ask(ctx, http.MethodPost, "/pastes", http.StatusCreated, strings.NewReader(text))
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(answer, 10, 64)
	if err != nil || id < 1 || id > u.service.last.Load() {
		return wrong("POST /pastes", "answered %.20q, which is no number of a paste", answer)
	}
	if len(u.known) < pastesKnown {
		u.known = append(u.known, paste{})
	}
	u.known[u.made%pastesKnown] = paste{id, text}
	u.made++
	return nil
}

func (u *pasteUser) fetch(ctx context.Context) error {
	p := u.known[u.next%len(u.known)]
	path := "/pastes/" + strconv.FormatInt(p.id, 10)
	text, err := u.ask(ctx, http.MethodGet, path, http.StatusOK, nil)
	if err != nil {
		return err
	}
	var reply clients.Reply
	reply.String(text)
	return reply.Check(path, clients.Value(p.text))
}

func (u *pasteUser) list(ctx context.Context) error {
	least := min(u.service.kept.Load(), newestShown)
	text, err := u.ask(ctx, http.MethodGet, "/", http.StatusOK, nil)
	if err != nil {
		return err
	}
	own := u.known[(u.made-1)%pastesKnown].id
	return checkPastes(text, own, least, u.service.last.Load())
}

// checkPastes checks that the numbers fall from the greatest that was given, that
// there are as many as there must be, and that the user's own newest paste is
// among them unless all are newer.
func checkPastes(text string, own, least, greatest int64) error {
	const path = "GET /"
	before, found, sawOwn := greatest+1, int64(0), false
	for line := range strings.Lines(text) {
		id, err := strconv.ParseInt(strings.TrimSuffix(line, "\n"), 10, 64)
		if err != nil || id < 1 || id >= before {
			return wrong(path, "has %.20q after %d, want a smaller number", line, before)
		}
		sawOwn = sawOwn || id == own
		before = id
		found++
	}
	if found < least || found > newestShown {
		return wrong(path, "has %d pastes, want from %d to %d", found, least, newestShown)
	}
	if !sawOwn && (before < own || found < newestShown) {
		return wrong(path, "has no %d, which was kept", own)
	}
	return nil
}

// ask returns the body of the response, which is valid until the next call.
func (u *pasteUser) ask(ctx context.Context, method, path string, want int, body io.Reader) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, u.url+path, body)
	if err != nil {
		return "", err
	}
	response, err := u.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	u.body.Reset()
	if _, err := u.body.ReadFrom(response.Body); err != nil {
		return "", fmt.Errorf("%s %s: %w", method, path, err)
	}
	text := clients.ValueOf(u.body.Bytes())
	switch response.StatusCode {
	case want:
		return string(text), nil
	case http.StatusBadGateway:
		return "", fmt.Errorf("%s %s: %w", method, path, errors.New(strings.Clone(string(text))))
	case http.StatusNotFound:
		return "", &clients.Mismatch{Key: path, Got: -1, Miss: true}
	default:
		return "", wrong(method+" "+path, "answered status %d, want %d: %s", response.StatusCode, want, text)
	}
}
