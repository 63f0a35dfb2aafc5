package server

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// sentinel returns the client of the Sentinel at address.
func (a *Admin) sentinel(address string) *redis.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clients[address] == nil {
		o := a.options(address)
		o.DB, o.OnConnect = 0, nil
		if !a.access.SentinelAuth {
			o.Username, o.Password = "", ""
		}
		a.clients[address] = redis.NewClient(o)
	}
	return a.clients[address]
}

// anySentinel asks one Sentinel after the other until ask succeeds.
func (a *Admin) anySentinel(ctx context.Context, ask func(s *redis.Client) error) error {
	a.mu.Lock()
	addresses := a.bestFirst()
	a.mu.Unlock()
	var first error
	for _, address := range addresses {
		err := explainAt(ctx, address, "SENTINEL", ask(a.sentinel(address)))
		if err == nil {
			a.mu.Lock()
			a.answered = address
			a.mu.Unlock()
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// masterAddress is that of the master, as a Sentinel names it now.
func (a *Admin) masterAddress(ctx context.Context) (address string, err error) {
	err = a.anySentinel(ctx, func(s *redis.Client) error {
		address, err = a.namedBy(ctx, s)
		return err
	})
	return address, err
}

// namedBy is the address that one Sentinel gives.
func (a *Admin) namedBy(ctx context.Context, s *redis.Client) (string, error) {
	parts, err := s.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", a.access.Master).StringSlice()
	switch {
	case errors.Is(err, redis.Nil) || err == nil && len(parts) != 2:
		return "", noMasterProblem(s.Options().Addr, nil)
	case err != nil:
		return "", err
	}
	return net.JoinHostPort(parts[0], parts[1]), nil
}

// replicaAddresses are those of replicas that a Sentinel can reach.
func (a *Admin) replicaAddresses(ctx context.Context) (addresses []string, err error) {
	err = a.anySentinel(ctx, func(s *redis.Client) error {
		replicas, err := a.replicaStates(ctx, s)
		if err != nil {
			return err
		}
		addresses = nil
		for _, r := range replicas {
			if !isDown(r["flags"]) {
				addresses = append(addresses, net.JoinHostPort(r["ip"], r["port"]))
			}
		}
		slices.Sort(addresses)
		return nil
	})
	return addresses, err
}

// replicaStates is what one Sentinel says of each replica of our master.
func (a *Admin) replicaStates(ctx context.Context, s *redis.Client) ([]info, error) {
	reply, err := s.Do(ctx, "SENTINEL", "REPLICAS", a.access.Master).Slice()
	if err != nil {
		return nil, err
	}
	states := make([]info, len(reply))
	for i, fields := range reply {
		states[i] = pairs(fields)
	}
	return states, nil
}

// pairs are names and values in turn.
func pairs(reply any) info {
	fields := info{}
	elems, _ := reply.([]any)
	for i := 1; i < len(elems); i += 2 {
		name, _ := elems[i-1].(string)
		fields[name], _ = elems[i].(string)
	}
	return fields
}

// isDown knows a Sentinel's flags of a server that it cannot use.
func isDown(flags string) bool {
	for flag := range strings.SplitSeq(flags, ",") {
		if slices.Contains([]string{"s_down", "o_down", "disconnected", "failover_in_progress"}, flag) {
			return true
		}
	}
	return false
}

// noMasterProblem says that a Sentinel does not know the master; known are the
// names that it does know.
func noMasterProblem(address string, known []string) *Problem {
	p := &Problem{Code: "no-master", Address: address, before: "the Sentinel at ", after: " knows no master of this name"}
	if len(known) > 0 {
		p.Advice = "it knows " + strings.Join(known, ", ")
	}
	return p
}
