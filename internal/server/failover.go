package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"respbench.dev/respbench/results"
)

// canFailover wants a replica that could take over.
func (a *Admin) canFailover(ctx context.Context) error {
	problem := &Problem{Code: "cannot-disturb", Address: a.address(), before: theServer, after: " has no replica that could take over"}
	problem.Advice = "failover is for a server under Sentinels or a cluster, with replicas"
	if a.mode() == results.Standalone {
		problem.after = " is neither under Sentinels nor a cluster"
		return problem
	}
	linked, err := a.linked(ctx)
	switch {
	case err != nil:
		return err
	case len(linked) == 0:
		return problem
	case a.mode() == results.Cluster:
		return linked[0].permits(ctx, "CLUSTER FAILOVER", results.Failover, "CLUSTER", "FAILOVER", "invalid")
	}
	return a.anySentinel(ctx, func(s *redis.Client) error {
		n := node{Client: s, address: s.Options().Addr}
		return n.permits(ctx, "SENTINEL FAILOVER", results.Failover, "SENTINEL", "FAILOVER", a.name)
	})
}

// linked are the replicas that follow their master.
func (a *Admin) linked(ctx context.Context) ([]node, error) {
	replicas, err := a.replicas(ctx)
	if err != nil {
		return nil, err
	}
	var linked []node
	for _, r := range replicas {
		fields, _, err := r.info(ctx)
		if err != nil {
			return nil, err
		}
		if fields["master_link_status"] == "up" {
			linked = append(linked, r)
		}
	}
	return linked, nil
}

// Failover has a replica take over from a master and returns when it has. It
// waits no longer than ctx.
func (a *Admin) Failover(ctx context.Context) error {
	linked, err := a.linked(ctx)
	if err != nil {
		return err
	}
	if len(linked) == 0 {
		return a.canFailover(ctx)
	}
	a.mu.Lock()
	a.whole = len(linked)
	a.mu.Unlock()
	if a.mode() == results.Cluster {
		return a.failoverCluster(ctx, linked[0])
	}
	return a.failoverSentinel(ctx)
}

// manualFailover is after which time a replica that was asked to take over, and
// did not hear from its master, has given up.
const manualFailover = 5500 * time.Millisecond

func (a *Admin) failoverCluster(ctx context.Context, replica node) error {
	if err := replica.ClusterFailover(ctx).Err(); err != nil {
		return replica.explain(ctx, "CLUSTER FAILOVER", err)
	}
	asked := time.Now()
	err := await(ctx, func() error {
		err := replica.isMaster(ctx)
		if err != nil && time.Since(asked) > manualFailover {
			asked = time.Now()
			_ = replica.ClusterFailover(ctx).Err() // it says by its role what came of that
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("no replica has taken over: %w", err)
	}
	a.clusterClient().ReloadState(ctx)
	return nil
}

func (a *Admin) failoverSentinel(ctx context.Context) error {
	before, err := a.masterAddress(ctx)
	if err != nil {
		return err
	}
	ask, err := a.askFailover(ctx)
	if err != nil {
		return err
	}
	asked := time.Now()
	err = await(ctx, func() error {
		masters, err := a.masters(ctx)
		switch {
		case err != nil:
			return err
		case masters[0].address != before:
			return masters[0].isMaster(ctx)
		}
		if time.Since(asked) > givenUp {
			asked = time.Now()
			_ = ask() // refused while the failover goes on
		}
		return errors.New("the Sentinels still name the same master")
	})
	if err != nil {
		return fmt.Errorf("no replica has taken over: %w", err)
	}
	return nil
}

// givenUp is after which time a Sentinel may have given up a failover, for it
// found no replica fit to take over.
const givenUp = 2 * time.Second

// askFailover has a Sentinel begin a failover, as soon as it agrees to. What it
// returns asks the same one again, once.
func (a *Admin) askFailover(ctx context.Context) (ask func() error, err error) {
	err = a.anySentinel(ctx, func(s *redis.Client) error {
		if _, err := a.namedBy(ctx, s); err != nil {
			return err
		}
		ask = func() error { return s.Do(ctx, "SENTINEL", "FAILOVER", a.access.Master).Err() }
		return await(ctx, ask)
	})
	return ask, err
}

// isMaster is nil if a node says that it is one.
func (n node) isMaster(ctx context.Context) error {
	fields, _, err := n.info(ctx)
	if err == nil && fields["role"] != "master" {
		err = errors.New("the new master still is a " + fields["role"])
	}
	return err
}

// Settle waits until every master has the replicas that it had before Failover
// and another failover could be made, but no longer than ctx.
func (a *Admin) Settle(ctx context.Context) error {
	err := await(ctx, func() error {
		switch a.mode() {
		case results.Cluster:
			return a.clusterSettled(ctx)
		case results.Sentinel:
			return a.sentinelsSettled(ctx)
		default:
			return a.serverSettled(ctx)
		}
	})
	if err != nil {
		return fmt.Errorf("the servers have not settled: %w", err)
	}
	return nil
}

func (a *Admin) serverSettled(ctx context.Context) error {
	stats, err := a.Stats(ctx)
	if err == nil && stats.Loading != nil && *stats.Loading {
		err = errors.New("it is loading its data")
	}
	return err
}

func (a *Admin) clusterSettled(ctx context.Context) error {
	nodes, err := a.nodes(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		state, err := n.ClusterInfo(ctx).Result()
		if err == nil && parseInfo(state)["cluster_state"] != "ok" {
			err = errors.New("a node takes the cluster for down")
		}
		if err != nil {
			return err
		}
	}
	return a.replicasSettled(ctx)
}

// replicasSettled wants as many linked replicas as there were.
func (a *Admin) replicasSettled(ctx context.Context) error {
	linked, err := a.linked(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil && len(linked) < a.whole {
		err = fmt.Errorf("%d of %d replicas follow their masters", len(linked), a.whole)
	}
	return err
}

// sentinelsSettled wants all Sentinels to agree, and none to see a failover or
// a server that is down: else they refuse a failover.
func (a *Admin) sentinelsSettled(ctx context.Context) error {
	named := ""
	for _, address := range a.access.Addrs {
		s := a.sentinel(address)
		master, err := a.namedBy(ctx, s)
		if err != nil {
			continue // one that is gone does not keep the others from a failover
		}
		if named != "" && named != master {
			return errors.New("the Sentinels do not agree on the master")
		}
		named = master
		if err := a.settledAt(ctx, s); err != nil {
			return err
		}
	}
	return a.replicasSettled(ctx)
}

func (a *Admin) settledAt(ctx context.Context, s *redis.Client) error {
	reply, err := s.Do(ctx, "SENTINEL", "MASTER", a.access.Master).Result()
	if err != nil {
		return err
	}
	if flags := pairs(reply)["flags"]; flags != "master" {
		return errors.New("a Sentinel holds the master for " + flags)
	}
	replicas, err := a.replicaStates(ctx, s)
	for _, r := range replicas {
		if isDown(r["flags"]) || r["master-link-status"] != "ok" || !strings.HasPrefix(r["role-reported"], "slave") {
			return errors.New("a Sentinel holds a replica for " + r["flags"])
		}
	}
	return err
}

// await tries until f succeeds or ctx is over; then the error tells both.
func await(ctx context.Context, f func() error) error {
	tick := time.NewTicker(disturbPoll)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-tick.C:
		}
	}
}
