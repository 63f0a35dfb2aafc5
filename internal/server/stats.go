package server

import (
	"cmp"
	"context"
	"maps"
	"time"

	"respbench.dev/respbench/results"
)

// Stats are a server's counters and state at one moment; of a cluster, those of
// all masters together. Nil and empty are what the server did not say.
type Stats struct {
	CPU         *time.Duration   // of the server's process so far, user and system
	Commands    *int64           // processed so far
	Connections *int64           // received so far
	Clients     *int64           // connected now, we included
	Others      *int64           // connected now that are neither ours, nor Sentinels, nor replicas
	Evicted     *int64           // keys so far
	Calls       map[string]int64 // so far, by command in lower case; a subcommand is "config|get"
	// Redirects are "moved" and "ask" so far, by each process of a cluster's
	// nodes that answered, replicas too: they come and go.
	Redirects map[string]map[string]int64

	UsedMemory *int64 // bytes
	MaxMemory  *int64 // bytes; 0 is no limit
	Policy     string // what is evicted at MaxMemory
	Keys       map[int]int64

	Process string // which one it is, or they are: another after a restart or failover

	Loading *bool
	Saving  *bool  // a child writes a snapshot, or the file of writes anew
	AOF     *bool  // every write goes to a file
	Role    string // master or slave

	Note string // why nothing is known
}

// Stats asks every master once. A server that refuses to answer gives a Note
// and no error.
func (a *Admin) Stats(ctx context.Context) (Stats, error) {
	masters, err := a.masters(ctx)
	if err != nil {
		return Stats{}, err
	}
	all := make([]Stats, len(masters))
	for i, master := range masters {
		if all[i], err = a.stats(ctx, master); err != nil {
			return Stats{}, err
		}
	}
	sum := sumStats(all)
	if a.mode() != results.Cluster {
		sum.Redirects = nil
		return sum, nil
	}
	err = a.addRedirects(ctx, &sum)
	return sum, err
}

// stats has INFO come last, right before or after what is measured.
func (a *Admin) stats(ctx context.Context, n node) (Stats, error) {
	others, err := a.others(ctx, n)
	if err != nil {
		return Stats{}, err
	}
	fields, note, err := n.info(ctx)
	if err != nil {
		return Stats{}, err
	}
	stats := statsOf(fields, note)
	if stats.Others = others; others == nil && stats.Clients != nil {
		stats.Others = new(max(0, *stats.Clients-1))
	}
	return stats, nil
}

// addRedirects adds those of the replicas. One that cannot be asked is left
// out.
func (a *Admin) addRedirects(ctx context.Context, sum *Stats) error {
	replicas, err := a.replicas(ctx)
	if err != nil || sum.Redirects == nil {
		return err
	}
	for _, replica := range replicas {
		if fields, note, err := replica.info(ctx); err == nil {
			maps.Copy(sum.Redirects, statsOf(fields, note).Redirects)
		}
	}
	return ctx.Err()
}

func statsOf(i info, note string) Stats {
	stats := Stats{
		CPU:         i.cpu(),
		Commands:    i.number("total_commands_processed"),
		Connections: i.number("total_connections_received"),
		Clients:     i.number("connected_clients"),
		Evicted:     i.number("evicted_keys"),
		Calls:       i.calls(),
		UsedMemory:  i.number("used_memory"),
		MaxMemory:   i.number("maxmemory"),
		Policy:      i["maxmemory_policy"],
		Keys:        i.keys(),
		Process:     cmp.Or(i["run_id"], i["process_id"]),
		Loading:     i.flag("loading"),
		Saving:      i.anyFlag("rdb_bgsave_in_progress", "aof_rewrite_in_progress"),
		AOF:         i.flag("aof_enabled"),
		Role:        i["role"],
		Note:        note,
	}
	if counts := i.redirects(); counts != nil && stats.Process != "" {
		stats.Redirects = map[string]map[string]int64{stats.Process: counts}
	}
	return stats
}

func (i info) cpu() *time.Duration {
	user, system := i.seconds("used_cpu_user"), i.seconds("used_cpu_sys")
	if user == nil || system == nil {
		return nil
	}
	sum := *user + *system
	return &sum
}
