package goredis

import (
	"context"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"respbench.dev/respbench/clients"
)

// redirects is how often a call to a cluster is sent again at most: as many as a
// redirection needs, for the library's own three would hide failures.
const redirects = 1

// options compute the library's own pool size from the Target, so that the
// number does not depend on where the client happens to be opened. A number
// that was asked for is held by doing without the second pool.
func options(t clients.Target) *redis.Options {
	o := &redis.Options{
		Network:       t.Dialer.Network,
		Addr:          t.Addrs[0],
		Username:      t.Username,
		Password:      t.Password,
		DB:            t.DB,
		Protocol:      t.RESP,
		PoolSize:      10 * max(t.Procs, 1),
		DialTimeout:   t.ConnectTimeout,
		ReadTimeout:   t.Timeout,
		WriteTimeout:  t.Timeout,
		PoolTimeout:   poolTimeout(t),
		MaxRetries:    -1,
		DialerRetries: 1,

		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		Dialer: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return t.Dialer.Dial(ctx, addr)
		},
	}
	if t.Mode == clients.Cluster {
		o.PoolSize = 5 * max(t.Procs, 1) // for each node
	}
	if t.Conns > 0 {
		o.PoolSize, o.PipelinePoolSize = t.Conns, -1
	}
	return o
}

// poolTimeout is how long a call waits for a connection that others hold: the
// library's own second more than they may take, but not many times a short
// time-out.
func poolTimeout(t clients.Target) time.Duration {
	return t.Timeout + min(time.Second, t.Timeout/4)
}

// pooled is the most connections to one master: explicit pipelines have a pool
// of their own, and transactions are such.
func pooled(t clients.Target, o *redis.Options) int {
	if (t.Depth > 0 || t.Transacts) && o.PipelinePoolSize == 0 {
		return o.PoolSize + redis.DefaultPipelinePoolSize
	}
	return o.PoolSize
}

// failover are the same options behind Sentinel. The library asks all Sentinels
// at first and then one of them before each dial: those dials come on top.
func failover(t clients.Target, o *redis.Options) *redis.FailoverOptions {
	f := &redis.FailoverOptions{
		MasterName:       t.Master,
		SentinelAddrs:    t.Addrs,
		Username:         o.Username,
		Password:         o.Password,
		DB:               o.DB,
		Protocol:         o.Protocol,
		PoolSize:         o.PoolSize,
		PipelinePoolSize: o.PipelinePoolSize,
		PoolTimeout:      o.PoolTimeout,
		DialTimeout:      o.DialTimeout,
		ReadTimeout:      o.ReadTimeout,
		WriteTimeout:     o.WriteTimeout,
		MaxRetries:       o.MaxRetries,
		DialerRetries:    o.DialerRetries,
		DisableIdentity:  o.DisableIdentity,
		Dialer:           o.Dialer,
	}
	if t.SentinelAuth {
		f.SentinelUsername, f.SentinelPassword = t.Username, t.Password
	}
	return f
}

// clustered are the same options of a cluster. Replicas are never read. The
// clients of its nodes do not retry by default.
func clustered(t clients.Target, o *redis.Options) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs:                    slices.Clone(t.Addrs), // the library appends to them
		MaxRedirects:             redirects,
		Username:                 o.Username,
		Password:                 o.Password,
		Protocol:                 o.Protocol,
		PoolSize:                 o.PoolSize,
		PoolTimeout:              o.PoolTimeout,
		DialTimeout:              o.DialTimeout,
		ReadTimeout:              o.ReadTimeout,
		WriteTimeout:             o.WriteTimeout,
		DialerRetries:            o.DialerRetries,
		DisableIdentity:          o.DisableIdentity,
		MaintNotificationsConfig: o.MaintNotificationsConfig,
		Dialer:                   o.Dialer,
	}
}

// usualTimeout is the library's default for dialling, reading and writing.
const usualTimeout = 5 * time.Second

// described names what differs from the library's defaults, and how often a
// cluster is tried.
func described(t clients.Target, o *redis.Options) map[string]string {
	named := map[string]string{
		"PoolSize":        strconv.Itoa(o.PoolSize),
		"DialerRetries":   "1",
		"DisableIdentity": "true",
	}
	switch t.Mode {
	case clients.Sentinel: // knows no maintenance notifications
		named["MaxRetries"] = "-1"
	case clients.Cluster:
		named["MaxRedirects"] = strconv.Itoa(redirects)
		named["MaintNotificationsConfig.Mode"] = "disabled"
	default:
		named["MaxRetries"] = "-1"
		named["MaintNotificationsConfig.Mode"] = "disabled"
	}
	if o.PipelinePoolSize != 0 {
		named["PipelinePoolSize"] = strconv.Itoa(o.PipelinePoolSize)
	}
	if o.Protocol == 2 {
		named["Protocol"] = "2"
	}
	if o.ReadTimeout != usualTimeout {
		named["ReadTimeout"] = o.ReadTimeout.String()
		named["WriteTimeout"] = o.WriteTimeout.String()
	}
	if o.PoolTimeout != o.ReadTimeout+time.Second {
		named["PoolTimeout"] = o.PoolTimeout.String()
	}
	if o.DialTimeout != usualTimeout {
		named["DialTimeout"] = o.DialTimeout.String()
	}
	return named
}
