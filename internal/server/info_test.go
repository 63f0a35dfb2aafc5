package server

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

const redisInfo = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nos:Linux 6.1 x86_64\r\narch_bits:64\r\n" +
	"multiplexing_api:epoll\r\nexecutable:/usr/bin/redis-server\r\nconfig_file:\r\nhz:10\r\n" +
	"# Clients\r\nconnected_clients:2\r\n# Memory\r\nused_memory:1048576\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n" +
	"mem_allocator:jemalloc-5.2.1\r\n# Persistence\r\nloading:0\r\nrdb_bgsave_in_progress:1\r\naof_enabled:0\r\n" +
	"# Stats\r\ntotal_connections_received:7\r\ntotal_commands_processed:41\r\nevicted_keys:0\r\n# Replication\r\nrole:master\r\n" +
	"# CPU\r\nused_cpu_sys:0.250000\r\nused_cpu_user:1.500001\r\n" +
	"# Commandstats\r\ncmdstat_GET:calls=3,usec=9,usec_per_call=3.00,rejected_calls=0,failed_calls=0\r\n" +
	"cmdstat_config|get:calls=1,usec=5\r\n# Keyspace\r\ndb0:keys=5,expires=1,avg_ttl=0\r\ndb12:keys=1,expires=0,avg_ttl=0\r\n"

func TestStatsOf(t *testing.T) {
	tests := []struct {
		name, text string
		want       Stats
	}{
		{"redis", redisInfo, Stats{
			CPU: new(1750001 * time.Microsecond), Commands: new(int64(41)), Connections: new(int64(7)),
			Clients: new(int64(2)), Evicted: new(int64(0)), Calls: map[string]int64{"get": 3, "config|get": 1},
			UsedMemory: new(int64(1 << 20)), MaxMemory: new(int64(0)), Policy: "noeviction", Keys: map[int]int64{0: 5, 12: 1},
			Loading: new(false), Saving: new(true), AOF: new(false), Role: "master",
		}},
		{"nothing", "", Stats{Keys: map[int]int64{}}},
		{"errors", "run_id:ab\ntotal_error_replies:5\nerrorstat_ASK:count=5", Stats{Process: "ab", Redirects: map[string]map[string]int64{"ab": {"moved": 0, "ask": 5}}, Keys: map[int]int64{}}},
		{"bare line ends", "role:slave\nloading:1\n", Stats{Role: "slave", Loading: new(true), Keys: map[int]int64{}}},
		{"broken values", "used_cpu_sys:NaN\nused_cpu_user:1\nmaxmemory:1.5G\ncmdstat_get:usec=1\ndb0:\ndbx:keys=1\nloading:", Stats{Keys: map[int]int64{}}},
		{"huge CPU", "used_cpu_sys:1e300\nused_cpu_user:-1\n", Stats{Keys: map[int]int64{}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, statsOf(parseInfo(tt.text), "")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFactsOf(t *testing.T) {
	want := results.Server{
		Name: "redis", Version: "7.0.15", OS: "Linux 6.1 x86_64",
		Facts: map[string]string{"arch_bits": "64", "hz": "10", "mem_allocator": "jemalloc-5.2.1", "multiplexing_api": "epoll", "role": "master"},
	}
	if diff := cmp.Diff(want, factsOf(parseInfo(redisInfo))); diff != "" {
		t.Error(diff)
	}
}

func TestMaker(t *testing.T) {
	tests := []struct{ text, name, version string }{
		{"redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.1.0", "valkey", "8.1.0"},
		{"redis_version:7.4.0\ndragonfly_version:df-v1.27.1", "dragonfly", "df-v1.27.1"},
		{"redis_version:6.3.4\nmvcc_depth:0", "keydb", "6.3.4"},
		{"respbench_version:1\nredis_version:7.0.0", EmbeddedName, "1"},
		{"server_name:other", "other", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		if name, version := parseInfo(tt.text).maker(); name != tt.name || version != tt.version {
			t.Errorf("%q: got %s %s", tt.text, name, version)
		}
	}
}

func FuzzInfo(f *testing.F) {
	f.Add(redisInfo)
	f.Add("db1:keys=,=\ncmdstat_:calls=1,calls\nused_cpu_user:inf")
	f.Fuzz(func(t *testing.T, text string) {
		fields := parseInfo(text)
		stats := statsOf(fields, "")
		if stats.CPU != nil && *stats.CPU < 0 {
			t.Errorf("CPU %v", *stats.CPU)
		}
		for command := range stats.Calls {
			if strings.ToLower(command) != command {
				t.Errorf("command %q", command)
			}
		}
		factsOf(fields)
	})
}
