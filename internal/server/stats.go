package server

import (
	"cmp"
	"context"
	"time"
)

// Stats are a server's counters and state at one moment. Nil and empty are
// what the server did not say.
type Stats struct {
	CPU         *time.Duration   // of the server's process so far, user and system
	Commands    *int64           // processed so far
	Connections *int64           // received so far
	Clients     *int64           // connected now, we included
	Evicted     *int64           // keys so far
	Calls       map[string]int64 // so far, by command in lower case; a subcommand is "config|get"

	UsedMemory *int64 // bytes
	MaxMemory  *int64 // bytes; 0 is no limit
	Policy     string // what is evicted at MaxMemory
	Keys       map[int]int64

	Process string // which one it is: another after a restart

	Loading *bool
	Saving  *bool  // a child writes a snapshot
	AOF     *bool  // every write goes to a file
	Role    string // master or slave

	Note string // why nothing is known
}

// Stats asks the server once. A server that refuses to answer gives a Note and
// no error.
func (a *Admin) Stats(ctx context.Context) (Stats, error) {
	fields, note, err := a.info(ctx)
	if err != nil {
		return Stats{}, err
	}
	return statsOf(fields, note), nil
}

func statsOf(i info, note string) Stats {
	return Stats{
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
		Saving:      i.flag("rdb_bgsave_in_progress"),
		AOF:         i.flag("aof_enabled"),
		Role:        i["role"],
		Note:        note,
	}
}

func (i info) cpu() *time.Duration {
	user, system := i.seconds("used_cpu_user"), i.seconds("used_cpu_sys")
	if user == nil || system == nil {
		return nil
	}
	sum := *user + *system
	return &sum
}
