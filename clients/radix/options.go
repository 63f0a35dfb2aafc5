package radix

import (
	"cmp"
	"strconv"
	"time"

	"github.com/mediocregopher/radix/v4"
	"respbench.dev/respbench/clients"
)

// usualSize is the library's default for the connections of a pool.
const usualSize = 4

// pooled computes the library's default size, so that it can be told.
func pooled(t clients.Target, dial *connections) radix.PoolConfig {
	return radix.PoolConfig{
		Size:   cmp.Or(t.Conns, usualSize),
		Dialer: radix.Dialer{CustomConn: dial.custom},
	}
}

// sentinel dials Sentinels as it does servers, but for who it says it is.
func sentinel(t clients.Target, pool radix.PoolConfig, dial *connections) radix.SentinelConfig {
	to := *dial
	to.handshake = radix.Dialer{}
	if t.SentinelAuth {
		to.handshake.AuthUser, to.handshake.AuthPass = t.Username, t.Password
	}
	return radix.SentinelConfig{PoolConfig: pool, SentinelDialer: radix.Dialer{CustomConn: to.custom}}
}

// clustered does not wait where the cluster is down. READONLY is the affair of
// who has a CustomConn: we send none, and so no replica answers a read.
func clustered(pool radix.PoolConfig) radix.ClusterConfig {
	return radix.ClusterConfig{PoolConfig: pool, OnDownDelayActionsBy: -1}
}

// handshake is what a new connection sends. RESP 2 is spoken unless HELLO is sent.
func handshake(t clients.Target, flush time.Duration) radix.Dialer {
	d := radix.Dialer{AuthUser: t.Username, AuthPass: t.Password, WriteFlushInterval: flush}
	if t.RESP == 3 {
		d.Protocol = "3"
	}
	if t.DB > 0 {
		d.SelectDB = strconv.Itoa(t.DB)
	}
	return d
}

// patience is how much longer than Timeout a call may wait for a connection: so
// much that it is the connection that ends a call without a reply.
func patience(t clients.Target) time.Duration { return min(time.Second, t.Timeout/4) }

// described names what differs from the library's defaults.
func described(t clients.Target, flush time.Duration) map[string]string {
	named := map[string]string{
		"context":          "WithTimeout of " + (t.Timeout + patience(t)).String() + " for each call",
		"Dialer.NetDialer": "a deadline of " + t.Timeout.String() + " for each reply and each write",
	}
	if t.Conns > 0 {
		named["PoolConfig.Size"] = strconv.Itoa(t.Conns)
	}
	if t.RESP == 3 {
		named["Dialer.Protocol"] = "3"
	}
	if flush > 0 {
		named["Dialer.WriteFlushInterval"] = flush.String()
	}
	if t.Mode == clients.Cluster {
		named["ClusterConfig.OnDownDelayActionsBy"] = "-1"
		named["Dialer.CustomConn"] = "without READONLY"
	}
	return named
}
