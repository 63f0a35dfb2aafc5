package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// The kinds of web, by their place.
const (
	createPaste = iota
	fetchPaste
	listPastes
)

// pasteTags are over how many slots of a cluster the pastes are spread: keys
// that are removed with one command share one.
const pasteTags = 64

func init() {
	register(Scenario{
		Name:    "web",
		Doc:     "What does a web service get from Redis, and how much of a request is spent there?",
		Version: 1,
		Place:   90,
		Kinds: []Kind{
			createPaste: {Name: "create", Unit: "request", Commands: []string{"SET", "MULTI", "ZADD", "ZREMRANGEBYRANK", "EXEC"}},
			fetchPaste:  {Name: "fetch", Unit: "request", Reads: true, Commands: []string{"GET"}},
			listPastes:  {Name: "list", Unit: "request", Commands: []string{"ZRANGE"}},
		},
		Metrics: []Metric{{
			Name: "redis share", Doc: "time in calls of the client, of one request",
			Unit: "ns", Better: "lower",
		}},
		Load:       Load{Workers: 10},
		Uses:       []Use{Workers, DataSize, Conns},
		Needs:      clients.Capabilities{Command: true, Transaction: true},
		NeedsRedis: true,
		Unloaded:   true,
		Owns:       true,
		OwnBytes:   webRoom,
		Check:      checkWeb,
		Prepare:    prepareWeb,
	})
}

// checkWeb wants pastes that are asked for to live: a worker asks for those of
// its last two cycles and of the one that it is in.
func checkWeb(l Load) error {
	slowest := float64(l.Workers*(pastesKnown+1)*len(webCycle)) / pasteExpiry.Seconds()
	if l.Rate > 0 && l.Rate < slowest {
		return fmt.Errorf("web at a rate of %g with %d workers is too slow: pastes expire after %v; at least %.3g", l.Rate, l.Workers, pasteExpiry, slowest)
	}
	return nil
}

// web is one trial: a service, who serves it, and what its users share.
type web struct {
	pastebin *pastebin
	server   *http.Server
	served   chan struct{} // closed when the server has ended
	client   *http.Client
	url      string
}

func prepareWeb(ctx context.Context, s Setup) (*Bound, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP: %w", err)
	}
	own := s.Material.ofTrial("")
	b := &pastebin{
		calls: ctx, pool: make(chan *pasteStore, s.Load.Workers), redis: s.Sampler(0), newest: own + "newest",
		names:   func(id int64) string { return fmt.Sprintf("%s{%d}:%d", own, id%pasteTags, id) },
		largest: s.Load.DataSize,
	}
	x := &web{
		pastebin: b, url: "http://" + listener.Addr().String(), served: make(chan struct{}),
		server: &http.Server{Handler: b.handler(), ErrorLog: log.New(io.Discard, "", 0)},
		client: &http.Client{Transport: &http.Transport{
			MaxIdleConns: s.Load.Workers, MaxIdleConnsPerHost: s.Load.Workers, DisableCompression: true,
		}},
	}
	go func() {
		defer close(x.served)
		_ = x.server.Serve(listener) // until it is closed
	}()
	return &Bound{Bind: x.bind, Close: x.close}, nil
}

// bind lends the worker's session to the service: the worker itself talks HTTP.
func (x *web) bind(s clients.Session, d *Data) (engine.Step, error) {
	store, err := newPasteStore(s)
	if err != nil {
		return nil, err
	}
	x.pastebin.pool <- store
	u := &pasteUser{client: x.client, url: x.url, service: x.pastebin, data: d}
	return u.step, nil
}

// close ends the service, then removes what it wrote.
func (x *web) close(ctx context.Context) error {
	x.client.CloseIdleConnections() // for one that was never used the server would wait
	err := x.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, x.server.Close())
	}
	<-x.served
	select {
	case store := <-x.pastebin.pool:
		return errors.Join(err, x.pastebin.remove(ctx, store.do))
	default: // nobody was bound
		return err
	}
}

// remove goes from the newest pastes to the oldest, until they have expired.
func (b *pastebin) remove(ctx context.Context, do clients.Commander) error {
	if _, err := unlink(ctx, do, []string{b.newest}); err != nil {
		return err
	}
	last := b.last.Load()
	for newest := last; newest > max(0, last-pasteTags); newest-- {
		var keys []string // of one slot
		for id := newest; id > 0; id -= pasteTags {
			keys = append(keys, b.names(id))
		}
		for batch := range slices.Chunk(keys, unlinkBatch) {
			removed, err := unlink(ctx, do, batch)
			if err != nil {
				return err
			}
			if removed == 0 {
				break
			}
		}
	}
	return nil
}
