package server

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"respbench.dev/respbench/results"
)

// disturbPoll is between two looks at whether a change has come about.
const disturbPoll = 20 * time.Millisecond

// CanDisturb returns a *Problem if one of the named disturbances (of
// results.Planned) cannot be made here. It changes nothing.
func (a *Admin) CanDisturb(ctx context.Context, names []string) error {
	checks := map[string]func(context.Context) error{
		results.KillClients: a.canKill,
		results.Pause:       a.canPause,
		results.Restart:     a.canRestart,
		results.Failover:    a.canFailover,
	}
	for _, name := range names {
		can, known := checks[name]
		if !known {
			return fmt.Errorf("unknown disturbance %q", name)
		}
		if err := can(ctx); err != nil {
			return err
		}
	}
	return nil
}

// canKill sends a CLIENT KILL that no server can carry out.
func (a *Admin) canKill(ctx context.Context) error {
	nodes, err := a.nodes(ctx)
	for _, n := range nodes {
		if err := n.permits(ctx, "CLIENT KILL", results.KillClients, "CLIENT", "KILL", "ID", "0"); err != nil {
			return err
		}
		if _, err := a.kin(ctx, n); err != nil {
			return err
		}
	}
	return err
}

func (a *Admin) canPause(ctx context.Context) error {
	masters, err := a.masters(ctx)
	for _, n := range masters {
		if err := n.permits(ctx, "CLIENT PAUSE", results.Pause, "CLIENT", "PAUSE", "invalid"); err != nil {
			return err
		}
	}
	return err
}

func (a *Admin) canRestart(context.Context) error {
	if a.kind != Remote {
		return nil
	}
	return &Problem{
		Code: "cannot-disturb", Address: a.address(), before: theServer, after: " is not ours to restart",
		Advice: "restart is for servers that are started for the run: leave --url and --host out",
	}
}

// permits sends a command with an argument that it cannot accept: a server
// that complains of the argument would run the command.
func (n node) permits(ctx context.Context, command, disturbance string, args ...any) error {
	err := n.Do(ctx, args...).Err()
	refusal := refusalOf(err)
	if err != nil && refusal == "" {
		return n.explain(ctx, command, err)
	}
	if isRefused(refusal) {
		return cannotDisturb(replyProblem(refusal, command, n.address), disturbance)
	}
	return nil
}

func cannotDisturb(p *Problem, disturbance string) *Problem {
	p.Code, p.Advice = "cannot-disturb", disturbance+" needs it: grant it, or leave "+disturbance+" out of --disturb"
	return p
}

// A Mark remembers which connections there were.
type Mark struct {
	nodes map[string]marked // by address
}

type marked struct {
	process string
	last    int64 // id of the newest connection: ids ascend while a process runs
}

// Mark remembers, on every node, which connections there are.
func (a *Admin) Mark(ctx context.Context) (Mark, error) {
	nodes, err := a.nodes(ctx)
	if err != nil {
		return Mark{}, err
	}
	m := Mark{nodes: map[string]marked{}}
	for _, n := range nodes {
		list, err := a.kin(ctx, n)
		if err != nil {
			return Mark{}, err
		}
		fields, _, err := n.info(ctx)
		if err != nil {
			return Mark{}, err
		}
		seen := marked{process: fields["run_id"]}
		for _, c := range list {
			seen.last = max(seen.last, c.id)
		}
		m.nodes[n.address] = seen
	}
	return m, nil
}

// kin are the connections of a node, which must tell which of them are ours.
func (a *Admin) kin(ctx context.Context, n node) ([]connection, error) {
	list, refusal, err := n.connections(ctx)
	switch {
	case err != nil:
		return nil, err
	case refusal != "":
		return nil, cannotDisturb(replyProblem(refusal, "CLIENT LIST", n.address), results.KillClients)
	}
	if _, found := a.own(list); !found {
		return nil, cannotDisturb(&Problem{Address: n.address, before: theServer, after: " does not let this user run CLIENT SETNAME"}, results.KillClients)
	}
	return list, nil
}

// own finds a connection of ours.
func (a *Admin) own(list []connection) (connection, bool) {
	for _, c := range list {
		if c.name == a.name {
			return c, true
		}
	}
	return connection{}, false
}

// KillClients closes the connections to all nodes that have come since the
// mark, are not ours, and are from our host and our user: those of a client
// under test, and nobody else's. On a node that was not marked, or has been
// restarted since, all are new if we started it; else none is touched.
func (a *Admin) KillClients(ctx context.Context, since Mark) (killed int, err error) {
	nodes, err := a.nodes(ctx)
	if err != nil {
		return 0, err
	}
	for _, n := range nodes {
		gone, err := a.killAt(ctx, n, since)
		killed += gone
		if err != nil {
			return killed, err
		}
	}
	return killed, nil
}

func (a *Admin) killAt(ctx context.Context, n node, since Mark) (killed int, err error) {
	fields, _, err := n.info(ctx)
	if err != nil {
		return 0, err
	}
	list, err := a.kin(ctx, n)
	if err != nil {
		return 0, err
	}
	seen, found := since.nodes[n.address]
	switch {
	case found && seen.process == fields["run_id"]:
		return n.kill(ctx, a.under(list, seen.last))
	case a.kind == Remote:
		return 0, nil
	default:
		return n.kill(ctx, a.under(list, 0))
	}
}

// under are the connections newer than last of the client under test.
func (a *Admin) under(list []connection, last int64) []connection {
	var found []connection
	ours, _ := a.own(list)
	for _, c := range list {
		if c.id > last && c.name != a.name && c.host == ours.host && c.user == ours.user && !c.isPeer() {
			found = append(found, c)
		}
	}
	return found
}

func (n node) kill(ctx context.Context, list []connection) (killed int, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	pipe := n.Pipeline()
	for _, c := range list {
		pipe.Do(ctx, "CLIENT", "KILL", "ID", c.id)
	}
	replies, err := pipe.Exec(ctx)
	for _, reply := range replies {
		n, _ := reply.(*redis.Cmd).Int()
		killed += n
	}
	return killed, n.explain(ctx, "CLIENT KILL", err)
}

// Pause has every master stop serving all clients for d, us included. It
// returns at once.
func (a *Admin) Pause(ctx context.Context, d time.Duration) error {
	masters, err := a.masters(ctx)
	if err != nil {
		return err
	}
	for _, n := range masters {
		if err := n.ClientPause(ctx, d).Err(); err != nil {
			return n.explain(ctx, "CLIENT PAUSE", err)
		}
	}
	return nil
}
