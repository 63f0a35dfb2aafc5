package server

import (
	"context"
	"fmt"
	"slices"
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
	if a.access.Network == "unix" {
		return cannotDisturb(&Problem{Address: a.address(), before: theServer, after: " does not tell apart the connections of a unix socket"},
			"name the server by host and port")
	}
	nodes, err := a.nodes(ctx)
	for _, n := range nodes {
		if err := n.permits(ctx, "CLIENT KILL", results.KillClients, "CLIENT", "KILL", "ID", "0"); err != nil {
			return err
		}
		if _, refusal, err := n.connections(ctx); err != nil {
			return err
		} else if refusal != "" {
			return notPermitted(replyProblem(refusal, "CLIENT LIST", n.address), results.KillClients)
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
		return notPermitted(replyProblem(refusal, command, n.address), disturbance)
	}
	return nil
}

func notPermitted(p *Problem, disturbance string) *Problem {
	return cannotDisturb(p, disturbance+" needs it: have the server allow it, or leave "+disturbance+" out of --disturb")
}

func cannotDisturb(p *Problem, advice string) *Problem {
	p.Code, p.Advice = "cannot-disturb", advice
	return p
}

// KillClients closes, at all nodes, the connections with these ends, the far one
// by that of the client, and no others.
func (a *Admin) KillClients(ctx context.Context, ends map[string]string) (killed int, err error) {
	nodes, err := a.nodes(ctx)
	if err != nil {
		return 0, err
	}
	for _, n := range nodes {
		list, refusal, err := n.connections(ctx)
		if err == nil && refusal != "" {
			err = notPermitted(replyProblem(refusal, "CLIENT LIST", n.address), results.KillClients)
		}
		if err != nil {
			return killed, err
		}
		list = slices.DeleteFunc(list, func(c connection) bool { return !c.isOneOf(ends) })
		gone, err := n.kill(ctx, list)
		killed += gone
		if err != nil {
			return killed, err
		}
	}
	return killed, nil
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
