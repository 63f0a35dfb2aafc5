package doctor

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A Peer is what a server says of itself. What it does not say is nil or empty.
type Peer struct {
	Config  map[string]string // as in results.Server
	Stats   server.Stats
	History server.History
	Rate    *int64 // commands a second that others did, while we looked
	Silent  string // why it said nothing of Stats or History; empty: it answered
}

// Ask asks a server that has been checked, and whose facts are known. What goes
// wrong is in the Peer: a doctor is no reason for not measuring.
func Ask(ctx context.Context, admin *server.Admin, facts results.Server) Peer {
	p := Peer{Config: facts.Config}
	var err error
	began := time.Now()
	if p.Stats, err = admin.Stats(ctx); err == nil {
		p.History, err = admin.History(ctx)
	}
	if others := p.Stats.Others; err == nil && others != nil && *others > 0 {
		p.Rate = othersRate(ctx, admin, p.Stats.Calls, began)
	}
	if err != nil {
		p.Silent = "the server did not answer in time"
		if failure, ok := errors.AsType[*server.Problem](err); ok {
			p.Silent = failure.At("<server>")
		}
	}
	return p
}

// watched is how long others are watched at least.
const watched = 100 * time.Millisecond

// othersRate is by what was counted between before, of the time began, and now.
// A server's own rate would tell of our last run, too: it is of some seconds.
func othersRate(ctx context.Context, admin *server.Admin, before map[string]int64, began time.Time) *int64 {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(watched - time.Since(began)):
	}
	now, err := admin.Stats(ctx)
	if err != nil || before == nil || now.Calls == nil {
		return nil
	}
	var done int64
	for command, n := range now.Calls {
		if asked, _, _ := strings.Cut(command, "|"); !slices.Contains(asking, asked) {
			done += n - before[command]
		}
	}
	return new(int64(float64(max(0, done)) / time.Since(began).Seconds()))
}

// asking are the commands by which we look, and which load nothing.
var asking = []string{"auth", "client", "cluster", "command", "config", "hello", "info", "latency", "ping", "readonly", "role", "slowlog", "time"}

// Examine judges what the server said; subject is its label.
func (p Peer) Examine(subject string) []results.Finding {
	return about(subject,
		p.persistence(), p.eviction(), p.ioThreads(), p.otherClients(), p.slowLog(), p.latencyEvents(), p.keyspace())
}

// why is the reason for not knowing what one of the commands would have told.
func (p Peer) why(command string) string {
	told := p.History.Refused[command]
	if command == "INFO" {
		told = p.Stats.Note
	}
	return cmp.Or(told, p.Silent, "the server does not tell")
}

const grant = "let this user run it, or ask whoever runs the server"

func (p Peer) persistence() results.Finding {
	const code = "persistence"
	save, told := p.Config["save"]
	aof := p.Config["appendonly"] == "yes" || p.Stats.AOF != nil && *p.Stats.AOF
	var kept []string
	if save != "" {
		kept = append(kept, "snapshots are written (save "+save+")")
	}
	if aof {
		kept = append(kept, "every change is written to a file (appendonly yes)")
	}
	switch {
	case p.Stats.Saving != nil && *p.Stats.Saving:
		return problem(code, "wait until it has ended (INFO persistence)", "the server is saving now: it has forked, and writes to disk")
	case len(kept) > 0:
		return note(code, "measure with save \"\" and appendonly no, or know that the numbers hold for this durability", "%s", strings.Join(kept, "; "))
	case !told:
		return unknown(code, grant, "whether snapshots are written: %s", p.why(server.ConfigGet))
	case p.Stats.Saving == nil:
		return unknown(code, grant, "whether a save is under way: %s", p.why("INFO"))
	}
	return fine(code, "nothing is written to disk")
}

// fullMemory is the share of maxmemory at which a run's keys may be too many.
const fullMemory = 0.9

func (p Peer) eviction() results.Finding {
	const code, advice = "eviction", "raise maxmemory, use fewer or smaller keys, or a server of its own"
	most, policy := p.Stats.MaxMemory, cmp.Or(p.Stats.Policy, p.Config["maxmemory-policy"])
	if n, err := strconv.ParseInt(p.Config["maxmemory"], 10, 64); most == nil && err == nil {
		most = &n
	}
	if most == nil {
		return unknown(code, grant, "whether there is a maxmemory: %s", p.why("INFO"))
	}
	if *most <= 0 {
		return fine(code, "no maxmemory")
	}
	text, full := "maxmemory "+mebibytes(*most), false
	if used := p.Stats.UsedMemory; used != nil {
		share := float64(*used) / float64(*most)
		text, full = text+", "+percent(share)+" used", share >= fullMemory
	}
	switch evicts := policy != "noeviction"; {
	case full && evicts:
		return problem(code, advice, "%s: keys will be evicted (%s)", text, cmp.Or(policy, "policy not told"))
	case full:
		return problem(code, advice, "%s: writes will be refused", text)
	case evicts:
		return note(code, advice, "%s: keys are evicted when it is full (%s)", text, cmp.Or(policy, "policy not told"))
	}
	return fine(code, "%s, nothing is evicted", text)
}

func (p Peer) ioThreads() results.Finding {
	const code = "io-threads"
	text, told := p.Config["io-threads"]
	switch n, err := strconv.Atoi(text); {
	case !told:
		return unknown(code, grant, "how many threads serve connections: %s", p.why(server.ConfigGet))
	case err != nil:
		return unknown(code, "make the masters of a cluster alike", "how many threads serve connections: %s", text)
	case n > 1:
		return note(code, "see that it has as many CPUs of its own, or set io-threads 1", "%d threads serve connections: they need as many CPUs", n)
	}
	return fine(code, "one thread serves all connections")
}

// busyRate is in commands a second: what others' idle connections, which ask
// after a server's health, do not reach.
const busyRate = 100

func (p Peer) otherClients() results.Finding {
	const code, advice = "other-clients", "measure a server that nobody else uses"
	others, rate := p.Stats.Others, p.Rate
	if others == nil {
		return unknown(code, grant, "who else is connected: %s", p.why("INFO"))
	}
	switch {
	case *others == 0:
		return fine(code, "nobody else is connected")
	case rate != nil && *rate >= busyRate:
		return problem(code, advice, "%s connected, and %s a second are done", count(*others, "other client"), count(*rate, "command"))
	}
	return note(code, advice, "%s connected", count(*others, "other client"))
}

func (p Peer) keyspace() results.Finding {
	const code = "keyspace"
	if p.Stats.Note != "" || p.Stats.Keys == nil {
		return unknown(code, grant, "how many keys there are: %s", p.why("INFO"))
	}
	var keys int64
	for _, n := range p.Stats.Keys {
		keys += n
	}
	if keys == 0 {
		return fine(code, "no keys")
	}
	return note(code, "measure an empty server, or know that expiry, eviction and saving of these take part",
		"%s in %s", count(keys, "key"), count(int64(len(p.Stats.Keys)), "database"))
}
