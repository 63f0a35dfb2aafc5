package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"respbench.dev/respbench/results"
)

// Limits bound what an Admin waits for. Zero is 5 s.
type Limits struct {
	Timeout        time.Duration // of every exchange
	ConnectTimeout time.Duration // of dialling, with the handshake of TLS
}

func (l Limits) orDefault() Limits {
	return Limits{
		Timeout:        cmp.Or(max(l.Timeout, 0), defaultTimeout),
		ConnectTimeout: cmp.Or(max(l.ConnectTimeout, 0), defaultTimeout),
	}
}

func (l Limits) within(d time.Duration) Limits {
	return Limits{Timeout: min(l.Timeout, d), ConnectTimeout: min(l.ConnectTimeout, d)}
}

// An Admin asks a server, the master that Sentinels name, or the nodes of a
// cluster about themselves, loads keys and removes them. It has one connection
// to each of them for each goroutine that uses it at a time, dialled when it is
// first needed; every exchange ends within a time-out. Its errors are *Problem
// unless a context was over. Check comes before everything else.
type Admin struct {
	kind   string
	limits Limits
	name   string // of our connections, for telling them from others

	mu       sync.Mutex
	access   results.Access           // changed by Check only
	greeting greeting                 // seen by Check
	clients  map[string]*redis.Client // by address: servers and Sentinels
	cluster  *redis.ClusterClient     // nil before it is needed
	answered string                   // the Sentinel that did so last
	whole    int                      // linked replicas before the last failover that we made
}

// NewAdmin returns the Admin of a server of this kind. It does not connect.
func NewAdmin(kind string, access results.Access, limits Limits) *Admin {
	logging.Disable() // what goes wrong is returned
	return &Admin{
		kind: kind, access: access, limits: limits.orDefault(),
		name: "respbench-admin-" + rand.Text(), clients: map[string]*redis.Client{},
	}
}

// CountAsOurs keeps connections of another Admin from being taken for those of
// others, where both ask the same server. It comes before the first question.
func (a *Admin) CountAsOurs(other *Admin) { a.name = other.name }

// Access is how the server is reached, with what Check has learned.
func (a *Admin) Access() results.Access {
	a.mu.Lock()
	defer a.mu.Unlock()
	access := a.access
	access.Addrs = a.bestFirst()
	return access
}

// bestFirst are the addresses, first the Sentinel that answered last: others
// may hang.
func (a *Admin) bestFirst() []string {
	addresses := slices.Clone(a.access.Addrs)
	if i := slices.Index(addresses, a.answered); i > 0 {
		addresses[0], addresses[i] = addresses[i], addresses[0]
	}
	return addresses
}

// Close closes all connections.
func (a *Admin) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, client := range a.clients {
		errs = append(errs, client.Close())
	}
	clear(a.clients)
	if a.cluster != nil {
		errs = append(errs, a.cluster.Close())
		a.cluster = nil
	}
	return errors.Join(errs...)
}

// mode is that of the access.
func (a *Admin) mode() string { return cmp.Or(a.access.Mode, results.Standalone) }

// address is where the server is, for errors on the terminal.
func (a *Admin) address() string { return strings.Join(a.access.Addrs, ",") }

// explainAt turns an error of a command, sent to address, into a *Problem.
func explainAt(ctx context.Context, address, command string, err error) error {
	if err == nil {
		return nil
	}
	if problem, ok := errors.AsType[*Problem](err); ok {
		return problem
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if refusal := refusalOf(err); refusal != "" {
		return replyProblem(refusal, command, address)
	}
	if failed, ok := errors.AsType[*dialError](err); ok {
		return dialProblem(failed.err, failed.address)
	}
	return lostProblem(err, address)
}

// refusalOf is the server's error text, empty for an error that is not the
// server's.
func refusalOf(err error) string {
	if reply, ok := errors.AsType[redis.Error](err); ok {
		return reply.Error()
	}
	return ""
}

// isRefused knows commands that this user or this server does not have: what
// is optional goes on without them.
func isRefused(refusal string) bool {
	return strings.HasPrefix(refusal, "NOPERM") || isUnknownCommand(refusal)
}
