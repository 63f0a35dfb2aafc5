// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

// mostRedirects bounds what the library follows without end in a cluster
// whose nodes send a client in circles. A cluster at work needs one or two.
const mostRedirects = 16

// options are those that variants set unless they say otherwise: no cache, no
// hidden retry, no guessing of the server's mode, and our dialer. TLS is the
// dialer's; the library is told of it because of the two ports that a cluster's
// node has. Replicas are never read.
func options(t clients.Target, d *dialled) valkey.ClientOption {
	o := valkey.ClientOption{
		InitAddress:       t.Addrs,
		Username:          t.Username,
		Password:          t.Password,
		SelectDB:          t.DB,
		AlwaysRESP2:       t.Negotiated() == 2, // it falls back from some refusals of HELLO only
		TLSConfig:         t.Dialer.TLS,
		Dialer:            net.Dialer{Timeout: t.ConnectTimeout, KeepAlive: keepAlive(t)},
		ConnWriteTimeout:  t.Timeout,
		ClientSetInfo:     valkey.DisableClientSetInfo,
		DisableCache:      true,
		DisableRetry:      true,
		ForceSingleClient: t.Mode == clients.Standalone,
		DialCtxFn: func(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return d.dial(ctx, t.Dialer, addr)
		},
	}
	switch t.Mode {
	case clients.Sentinel:
		o.Sentinel = sentinels(t, o.Dialer)
	case clients.Cluster:
		o.ClusterOption.MaxMovedRedirections = mostRedirects
	}
	return o
}

func sentinels(t clients.Target, dialer net.Dialer) valkey.SentinelOption {
	o := valkey.SentinelOption{MasterSet: t.Master, Dialer: dialer, TLSConfig: t.Dialer.TLS}
	if t.SentinelAuth {
		o.Username, o.Password = t.Username, t.Password
	}
	return o
}

// keepAlive is how long a connection is idle before the library sends a PING,
// by whose time-out alone it notices a server that is silent under concurrent
// callers. That takes up to Timeout and twice this; the library's second would
// make short time-outs meaningless.
func keepAlive(t clients.Target) time.Duration {
	return min(valkey.DefaultTCPKeepAlive, t.Timeout/4)
}

// described names what differs from the library's defaults.
func described(t clients.Target, o valkey.ClientOption) map[string]string {
	named := map[string]string{
		"ClientSetInfo":    "DisableClientSetInfo",
		"DisableRetry":     "true",
		"ConnWriteTimeout": o.ConnWriteTimeout.String(), // the default is ten seconds
	}
	flag := func(name string, on bool) {
		if on {
			named[name] = "true"
		}
	}
	flag("DisableCache", o.DisableCache)
	if !o.DisableCache {
		named["OnInvalidations"] = "counts them"
		named["DoCache ttl"] = cacheTTL.String() // an argument that has no default
	}
	flag("ForceSingleClient", o.ForceSingleClient)
	flag("AlwaysRESP2", o.AlwaysRESP2)
	flag("AlwaysPipelining", o.AlwaysPipelining)
	flag("DisableAutoPipelining", o.DisableAutoPipelining)
	if t.Mode == clients.Cluster {
		named["ClusterOption.MaxMovedRedirections"] = strconv.Itoa(mostRedirects)
	} else {
		named["PipelineMultiplex"] = strconv.Itoa(o.PipelineMultiplex)
	}
	if o.BlockingPoolSize != 0 && o.BlockingPoolSize != valkey.DefaultPoolSize {
		named["BlockingPoolSize"] = strconv.Itoa(o.BlockingPoolSize)
	}
	if o.Dialer.Timeout != valkey.DefaultDialTimeout {
		named["Dialer.Timeout"] = o.Dialer.Timeout.String()
	}
	if o.Dialer.KeepAlive != valkey.DefaultTCPKeepAlive {
		named["Dialer.KeepAlive"] = o.Dialer.KeepAlive.String()
	}
	if queue := os.Getenv("RUEIDIS_QUEUE_TYPE"); queue != "" {
		named["RUEIDIS_QUEUE_TYPE"] = queue
	}
	return named
}
