package server

import (
	"cmp"
	"context"
	"net"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"respbench.dev/respbench/results"
)

// A node is one server of those that the access leads to.
type node struct {
	*redis.Client
	address string
}

func (n node) explain(ctx context.Context, command string, err error) error {
	return explainAt(ctx, n.address, command, err)
}

// masters are the nodes that writes go to: one, unless it is a cluster.
func (a *Admin) masters(ctx context.Context) ([]node, error) {
	switch a.mode() {
	case results.Cluster:
		return a.gather(ctx, a.clusterClient().ForEachMaster)
	case results.Sentinel:
		address, err := a.masterAddress(ctx)
		if err != nil {
			return nil, err
		}
		return []node{{Client: a.client(address), address: address}}, nil
	default:
		address := a.access.Addrs[0]
		return []node{{Client: a.client(address), address: address}}, nil
	}
}

// replicas are those that Sentinels or the cluster count on now.
func (a *Admin) replicas(ctx context.Context) ([]node, error) {
	switch a.mode() {
	case results.Cluster:
		return a.clusterReplicas(ctx)
	case results.Sentinel:
		addresses, err := a.replicaAddresses(ctx)
		return a.at(addresses), err
	default:
		return nil, nil
	}
}

// clusterReplicas are those that a master knows. CLUSTER SLOTS, which has to do
// where CLUSTER NODES may not be used, leaves out a replica that has not told
// its offset yet.
func (a *Admin) clusterReplicas(ctx context.Context) ([]node, error) {
	masters, err := a.masters(ctx)
	if err != nil {
		return nil, err
	}
	known, refusal, err := masters[0].clusterNodes(ctx)
	if refusal != "" {
		return a.gather(ctx, a.clusterClient().ForEachSlave)
	}
	var addresses []string
	for _, k := range known {
		if k.has("slave") && !k.has("fail") && !k.has("fail?") && !k.has("noaddr") {
			addresses = append(addresses, k.address)
		}
	}
	slices.Sort(addresses)
	return a.at(addresses), err
}

func (a *Admin) at(addresses []string) (nodes []node) {
	for _, address := range addresses {
		nodes = append(nodes, node{Client: a.client(address), address: address})
	}
	return nodes
}

// nodes are all of them, masters first.
func (a *Admin) nodes(ctx context.Context) ([]node, error) {
	masters, err := a.masters(ctx)
	if err != nil {
		return nil, err
	}
	replicas, err := a.replicas(ctx)
	return append(masters, replicas...), err
}

// gather collects the clients that a cluster client goes through.
func (a *Admin) gather(ctx context.Context, each func(context.Context, func(context.Context, *redis.Client) error) error) ([]node, error) {
	var mu sync.Mutex
	var nodes []node
	err := each(ctx, func(_ context.Context, c *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node{Client: c, address: c.Options().Addr})
		return nil
	})
	slices.SortFunc(nodes, func(a, b node) int { return cmp.Compare(a.address, b.address) })
	return nodes, explainAt(ctx, a.address(), "CLUSTER SLOTS", err)
}

// A keyspace is what commands on keys are sent to.
type keyspace struct {
	redis.UniversalClient
	address string // for errors
}

func (k keyspace) explain(ctx context.Context, command string, err error) error {
	return explainAt(ctx, k.address, command, err)
}

// keyspace is that of the master, or of the whole cluster.
func (a *Admin) keyspace(ctx context.Context) (keyspace, error) {
	if a.mode() == results.Cluster {
		return keyspace{a.clusterClient(), a.address()}, nil
	}
	masters, err := a.masters(ctx)
	if err != nil {
		return keyspace{}, err
	}
	return keyspace{masters[0].Client, masters[0].address}, nil
}

// client returns the one client for this address.
func (a *Admin) client(address string) *redis.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clients[address] == nil {
		a.clients[address] = redis.NewClient(a.options(address))
	}
	return a.clients[address]
}

func (a *Admin) clusterClient() *redis.ClusterClient {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cluster == nil {
		a.cluster = redis.NewClusterClient(&redis.ClusterOptions{
			Addrs:                  a.access.Addrs,
			NewClient:              func(o *redis.Options) *redis.Client { return redis.NewClient(a.options(o.Addr)) },
			DisableRoutingPolicies: true, // they are read by COMMAND, which may be forbidden
			ContextTimeoutEnabled:  true,
			// Nobody answers MOVED for a master that has gone.
			ClusterStateReloadInterval: disturbPoll,
			MaintNotificationsConfig:   &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		})
	}
	return a.cluster
}

func (a *Admin) options(address string) *redis.Options {
	access, limits := a.access, a.limits
	return &redis.Options{
		Network: access.Network, Addr: address,
		Username: access.Username, Password: access.Password, DB: access.DB,
		Dialer: func(ctx context.Context, _, address string) (net.Conn, error) {
			return dial(ctx, access, address, limits.ConnectTimeout)
		},
		OnConnect: a.introduce,
		Protocol:  2, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		DialTimeout:              limits.ConnectTimeout, ReadTimeout: limits.Timeout, WriteTimeout: limits.Timeout,
		PoolTimeout:           limits.ConnectTimeout + limits.Timeout,
		ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1,
		// One caller at a time needs one connection. A pool of size one would
		// answer with a stale error for a second after each failed dial.
		PoolSize: 64, MaxConcurrentDials: 1, PipelinePoolSize: -1,
	}
}

// introduce names a connection of ours. A server that does not let us do that
// shows it without a name.
func (a *Admin) introduce(ctx context.Context, conn *redis.Conn) error {
	err := conn.ClientSetName(ctx, a.name).Err()
	if refusalOf(err) != "" {
		return nil
	}
	return err
}
