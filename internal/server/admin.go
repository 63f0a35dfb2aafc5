package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"respbench.dev/respbench/results"
)

// An Admin asks a server about itself, loads keys and removes them. It uses
// one connection, dialled when it is first needed; every exchange on it ends
// within a time-out. Its errors are *Problem unless a context was over.
type Admin struct {
	kind    string
	access  results.Access
	timeout time.Duration
	client  *redis.Client
}

// NewAdmin returns the Admin of a server of this kind. It does not connect.
func NewAdmin(kind string, access results.Access, timeout time.Duration) *Admin {
	logging.Disable() // what goes wrong is returned
	return &Admin{kind: kind, access: access, timeout: timeout, client: redis.NewClient(&redis.Options{
		Network: access.Network, Addr: access.Addrs[0],
		Username: access.Username, Password: access.Password, DB: access.DB,
		Protocol: 2, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		DialTimeout:              timeout, ReadTimeout: timeout, WriteTimeout: timeout, PoolTimeout: timeout,
		ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1,
		// One caller at a time needs one connection. A pool of size one would
		// answer with a stale error for a second after each failed dial.
		PoolSize: 64, MaxConcurrentDials: 1, PipelinePoolSize: -1,
	})}
}

// Close closes the connection.
func (a *Admin) Close() error { return a.client.Close() }

// address is where the server is, for errors on the terminal.
func (a *Admin) address() string { return a.access.Addrs[0] }

// explain turns an error of a command into a *Problem.
func (a *Admin) explain(ctx context.Context, command string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if refusal := refusalOf(err); refusal != "" {
		return replyProblem(refusal, command, a.address())
	}
	if isDialError(err) {
		return dialProblem(err, a.address())
	}
	return lostProblem(err, a.address())
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
