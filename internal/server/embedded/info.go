package embedded

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/resp"
)

// A section is a part of INFO.
type section struct {
	name  string
	asked bool // left out unless it is named, or all are
	write func(*conn, *bytes.Buffer)
}

// sections are in the order of Redis.
func sections() []section {
	return []section{
		{"Server", false, infoServer},
		{"Clients", false, infoClients},
		{"Memory", false, infoMemory},
		{"Persistence", false, infoPersistence},
		{"Stats", false, infoStats},
		{"Replication", false, infoReplication},
		{"CPU", false, infoCPU},
		{"Commandstats", true, infoCommandstats},
		{"Errorstats", false, infoErrorstats},
		{"Keyspace", false, infoKeyspace},
	}
}

// info is INFO [section ...].
func info(c *conn, args [][]byte) {
	var text bytes.Buffer
	for _, s := range sections() {
		if !s.wanted(args[1:]) {
			continue
		}
		if text.Len() > 0 {
			text.WriteString("\r\n")
		}
		text.WriteString("# " + s.name + "\r\n")
		s.write(c, &text)
	}
	c.out = resp.AppendVerbatim(c.out, c.proto, "txt", text.String())
}

func (s section) wanted(names [][]byte) bool {
	if len(names) == 0 {
		return !s.asked
	}
	for _, name := range names {
		if is(name, strings.ToLower(s.name)) || is(name, "all") || is(name, "everything") || is(name, "default") && !s.asked {
			return true
		}
	}
	return false
}

func field(b *bytes.Buffer, name string, value any) { fmt.Fprintf(b, "%s:%v\r\n", name, value) }

func infoServer(c *conn, b *bytes.Buffer) {
	up := time.Since(c.server.started)
	field(b, "redis_version", Compatible)
	field(b, "server_name", "respbench")
	field(b, "respbench_version", c.server.opts.Version)
	field(b, "redis_mode", "standalone")
	field(b, "os", runtime.GOOS+" "+runtime.GOARCH)
	field(b, "go_version", runtime.Version())
	field(b, "gomaxprocs", runtime.GOMAXPROCS(0))
	field(b, "process_id", os.Getpid())
	field(b, "tcp_port", c.server.port())
	field(b, "uptime_in_seconds", int64(up.Seconds()))
	field(b, "uptime_in_days", int64(up.Hours()/24))
}

func infoClients(c *conn, b *bytes.Buffer) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	field(b, "connected_clients", len(c.server.conns))
	field(b, "blocked_clients", 0)
}

// infoMemory gives the live and not yet collected heap as the memory in use.
func infoMemory(_ *conn, b *bytes.Buffer) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	used := sample[0].Value.Uint64()
	field(b, "used_memory", used)
	field(b, "used_memory_human", fmt.Sprintf("%.2fM", float64(used)/(1<<20)))
	field(b, "maxmemory", 0)
	field(b, "maxmemory_human", "0B")
	field(b, "maxmemory_policy", "noeviction")
}

func infoPersistence(_ *conn, b *bytes.Buffer) {
	field(b, "loading", 0)
	field(b, "rdb_bgsave_in_progress", 0)
	field(b, "aof_enabled", 0)
	field(b, "aof_rewrite_in_progress", 0)
}

func infoStats(c *conn, b *bytes.Buffer) {
	var processed int64
	for _, t := range c.server.tallies() {
		processed += t.calls
	}
	codes, errors := c.server.errors.counts(), int64(0)
	for _, n := range codes {
		errors += n
	}
	keys := c.keyStats()
	c.server.mu.Lock()
	accepted := c.server.accepted
	c.server.mu.Unlock()
	field(b, "total_connections_received", accepted)
	field(b, "total_commands_processed", processed)
	field(b, "rejected_connections", 0)
	field(b, "expired_keys", keys.expired)
	field(b, "evicted_keys", 0)
	field(b, "keyspace_hits", keys.hits)
	field(b, "keyspace_misses", keys.misses)
	field(b, "total_error_replies", errors)
}

func infoReplication(_ *conn, b *bytes.Buffer) {
	field(b, "role", "master")
	field(b, "connected_slaves", 0)
}

func infoCPU(_ *conn, b *bytes.Buffer) {
	user, system := cpuTime()
	field(b, "used_cpu_sys", fmt.Sprintf("%.6f", system.Seconds()))
	field(b, "used_cpu_user", fmt.Sprintf("%.6f", user.Seconds()))
}

// infoCommandstats lists the commands that were ever asked for. Calls are
// exact; the time is an estimate from the calls that were timed.
func infoCommandstats(c *conn, b *bytes.Buffer) {
	for i, t := range c.server.tallies() {
		if t.calls == 0 && t.rejected == 0 {
			continue
		}
		mean := t.usecPerCall()
		fmt.Fprintf(b, "cmdstat_%s:calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d\r\n",
			c.server.byIndex[i].name, t.calls, int64(mean*float64(t.calls)), mean, t.rejected, t.failed)
	}
}

// infoErrorstats lists the error replies by their code.
func infoErrorstats(c *conn, b *bytes.Buffer) {
	codes := c.server.errors.counts()
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		fmt.Fprintf(b, "errorstat_%s:count=%d\r\n", code, codes[code])
	}
}

func infoKeyspace(c *conn, b *bytes.Buffer) {
	stats := c.keyStats()
	for db, n := range stats.keys {
		if n > 0 {
			fmt.Fprintf(b, "db%d:keys=%d,expires=%d,avg_ttl=0\r\n", db, n, stats.volatile[db])
		}
	}
}

// keyStats are sums over all shards.
type keyStats struct {
	hits, misses, expired int64
	keys, volatile        [databases]int
}

func (c *conn) keyStats() (sum keyStats) {
	for i := range c.server.keys.shards {
		c.addStats(&sum, &c.server.keys.shards[i])
	}
	return sum
}

func (c *conn) addStats(sum *keyStats, s *shard) {
	if !c.exclusive {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	sum.hits += s.hits
	sum.misses += s.misses
	sum.expired += s.expired
	for db := range s.dbs {
		sum.keys[db] += len(s.dbs[db].entries)
		sum.volatile[db] += len(s.dbs[db].volatile)
	}
}
