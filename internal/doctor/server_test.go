package doctor

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// calmPeer is a server with which nothing is amiss.
func calmPeer() *Peer {
	return &Peer{
		Config: map[string]string{"save": "", "appendonly": "no", "maxmemory": "0", "maxmemory-policy": "noeviction", "io-threads": "1"},
		Stats: server.Stats{
			AOF: new(false), Saving: new(false), MaxMemory: new(int64(0)), UsedMemory: new(int64(1 << 20)), Policy: "noeviction",
			Others: new(int64(0)), Keys: map[int]int64{},
		},
		History: server.History{
			Config: map[string]string{"slowlog-log-slower-than": "10000", "latency-monitor-threshold": "100"},
			Slow:   new(int64(0)), Refused: map[string]string{},
		},
	}
}

// refuse is a server that does not let its user ask.
func refuse(commands ...string) func(*Peer) {
	return func(p *Peer) {
		for _, command := range commands {
			why := "the server does not let this user run " + command
			p.History.Refused[command] = why
			switch command {
			case "INFO":
				p.Stats = server.Stats{Note: why, Keys: map[int]int64{}}
			case server.ConfigGet:
				p.Config, p.History.Config = map[string]string{}, map[string]string{}
			case server.SlowLogLen:
				p.History.Slow = nil
			}
		}
	}
}

func config(name, value string) func(*Peer) {
	return func(p *Peer) { p.Config[name], p.History.Config[name] = value, value }
}

func filled(used int64, policy string) func(*Peer) {
	return func(p *Peer) {
		p.Stats.MaxMemory, p.Stats.UsedMemory, p.Stats.Policy = new(int64(100<<20)), new(used<<20), policy
	}
}

func clients(others, rate int64) func(*Peer) {
	return func(p *Peer) { p.Stats.Others, p.Rate = &others, &rate }
}

func events(list ...server.LatencyEvent) func(*Peer) {
	return func(p *Peer) { p.History.Events = list }
}

const ms = time.Millisecond

var serverRules = []rule[*Peer]{
	{"none", func(*Peer) {}, "persistence", isFine, "nothing is written"},
	{"snapshots", config("save", "3600 1"), "persistence", isNote, "save 3600 1"},
	{"append only", config("appendonly", "yes"), "persistence", isNote, "appendonly yes"},
	{"append only by INFO", func(p *Peer) { refuse(server.ConfigGet)(p); p.Stats.AOF = new(true) }, "persistence", isNote, "appendonly yes"},
	{"a save under way", func(p *Peer) { p.Stats.Saving = new(true) }, "persistence", isProblem, "saving now"},
	{"CONFIG refused", refuse(server.ConfigGet), "persistence", isUnknown, "does not let this user run CONFIG GET"},
	{"INFO refused", refuse("INFO"), "persistence", isUnknown, "does not let this user run INFO"},

	{"no maxmemory", func(*Peer) {}, "eviction", isFine, "no maxmemory"},
	{"room", filled(50, "noeviction"), "eviction", isFine, "maxmemory 100 MiB, 50% used, nothing is evicted"},
	{"evicts", filled(50, "allkeys-lru"), "eviction", isNote, "allkeys-lru"},
	{"nearly full", filled(89, "noeviction"), "eviction", isFine, "89% used"},
	{"full", filled(90, "noeviction"), "eviction", isProblem, "writes will be refused"},
	{"full and evicts", filled(95, "volatile-ttl"), "eviction", isProblem, "evicted (volatile-ttl)"},
	{"masters differ", filled(50, "mixed"), "eviction", isNote, "mixed"},
	{"INFO refused, CONFIG not", func(p *Peer) {
		refuse("INFO")(p)
		config("maxmemory", "104857600")(p)
		config("maxmemory-policy", "allkeys-lfu")(p)
	}, "eviction", isNote, "maxmemory 100 MiB: keys are evicted when it is full (allkeys-lfu)"},
	{"both refused", refuse("INFO", server.ConfigGet), "eviction", isUnknown, "run INFO"},

	{"one thread", func(*Peer) {}, "io-threads", isFine, "one thread"},
	{"four threads", config("io-threads", "4"), "io-threads", isNote, "4 threads"},
	{"masters differ", config("io-threads", "mixed"), "io-threads", isUnknown, "mixed"},
	{"CONFIG refused", refuse(server.ConfigGet), "io-threads", isUnknown, "run CONFIG GET"},
	{"no such setting", func(p *Peer) { delete(p.Config, "io-threads") }, "io-threads", isUnknown, "the server does not tell"},

	{"nobody", clients(0, 100_000), "other-clients", isFine, "nobody else"},
	{"an idle one", clients(1, 99), "other-clients", isNote, "1 other client connected"},
	{"busy ones", clients(2, 100), "other-clients", isProblem, "2 other clients connected, and 100 commands a second"},
	{"a rate that is not told", func(p *Peer) { clients(1, 0)(p); p.Rate = nil }, "other-clients", isNote, "1 other"},
	{"INFO refused", refuse("INFO"), "other-clients", isUnknown, "run INFO"},

	{"empty", func(*Peer) {}, "slow-log", isFine, "no command slower than 10ms"},
	{"some", func(p *Peer) { p.History.Slow = new(int64(3)) }, "slow-log", isNote, "3 commands slower than 10ms in the log"},
	{"everything", config("slowlog-log-slower-than", "0"), "slow-log", isProblem, "every command"},
	{"off", config("slowlog-log-slower-than", "-1"), "slow-log", isUnknown, "is off"},
	{"a threshold that is not told", refuse(server.ConfigGet), "slow-log", isUnknown, "run CONFIG GET"},
	{"some, beyond a threshold not told", func(p *Peer) { refuse(server.ConfigGet)(p); p.History.Slow = new(int64(1)) }, "slow-log", isNote, "1 command slower in the log"},
	{"refused", refuse(server.SlowLogLen), "slow-log", isUnknown, "run SLOWLOG LEN"},

	{"none", func(*Peer) {}, "latency-events", isFine, "no event of 100 ms or more"},
	{"a long one lately", events(server.LatencyEvent{Name: "fork", Took: 10 * ms, Ago: 59 * time.Minute}), "latency-events", isProblem, "fork 10ms, 59 minutes ago"},
	{"a long one before", events(server.LatencyEvent{Name: "fork", Took: 900 * ms, Ago: time.Hour}), "latency-events", isNote, "fork 900ms, 60 minutes ago"},
	{"a short one", events(server.LatencyEvent{Name: "command", Took: 9 * ms, Ago: 3 * time.Second}), "latency-events", isNote, "command 9ms, 3s ago"},
	{"the longest first", events(
		server.LatencyEvent{Name: "a", Took: 5 * ms, Ago: 3 * time.Hour}, server.LatencyEvent{Name: "b", Took: 7 * ms, Ago: 100 * time.Hour},
	), "latency-events", isNote, "b 7ms, 4 days ago; a 5ms, 3 hours ago"},
	{"not looked for", config("latency-monitor-threshold", "0"), "latency-events", isUnknown, "monitor is off"},
	{"a threshold that is not told", refuse(server.ConfigGet), "latency-events", isUnknown, "run CONFIG GET"},
	{"refused", refuse(server.LatencyLatest), "latency-events", isUnknown, "run LATENCY LATEST"},

	{"none", func(*Peer) {}, "keyspace", isFine, "no keys"},
	{"some", func(p *Peer) { p.Stats.Keys = map[int]int64{0: 3, 7: 4} }, "keyspace", isNote, "7 keys in 2 databases"},
	{"INFO refused", refuse("INFO"), "keyspace", isUnknown, "run INFO"},
}

func TestServerRules(t *testing.T) {
	for _, r := range serverRules {
		t.Run(r.code+"/"+r.name, func(t *testing.T) {
			p := calmPeer()
			r.change(p)
			wantFinding(t, byCode(t, p.Examine("lab"), "lab")[r.code], r.level, r.words)
		})
	}
}

// TestSilentServer is one that stopped answering after its facts were known.
func TestSilentServer(t *testing.T) {
	p := Peer{Config: calmPeer().Config, Silent: "the server did not answer in time"}
	for code, f := range byCode(t, p.Examine("lab"), "lab") {
		switch code {
		case "io-threads", "eviction": // its configuration tells
			wantFinding(t, f, isFine, "")
		default:
			wantFinding(t, f, isUnknown, "did not answer in time")
		}
	}
}

// TestHostileServer has texts stay text, on one line of bounded length.
func TestHostileServer(t *testing.T) {
	const evil = "<script>\x1b[31m|\r\n\u202e\x00\xff"
	p := calmPeer()
	for _, setting := range []string{"save", "io-threads", "maxmemory-policy", "latency-monitor-threshold", "slowlog-log-slower-than"} {
		config(setting, evil)(p)
	}
	filled(50, evil)(p)
	events(server.LatencyEvent{Name: evil + strings.Repeat("long", 1000), Took: ms})(p)
	p.History.Refused[server.SlowLogLen], p.History.Slow = evil, nil
	found := byCode(t, p.Examine(oneLine(evil)), oneLine(evil))
	for _, f := range found {
		if strings.ContainsAny(f.Text+f.About, "\x1b\r\n\x00\u202e") || len([]rune(f.Text)) > longestText+3 {
			t.Errorf("finding %q", f)
		}
	}
	wantFinding(t, found["persistence"], isNote, "save <script>\ufffd[31m|  \ufffd\ufffd\ufffd")
	wantFinding(t, found["latency-events"], isNote, "[31m|  \ufffd\ufffd\ufffdlong")
}

func TestSharedCores(t *testing.T) {
	tests := []struct {
		at     Place
		cpus   int
		pinned bool
		level  results.Level
		words  string
	}{
		{Unclear, 1, true, isUnknown, "could not be found out"},
		{Elsewhere, 1, false, isFine, "another host"},
		{Here, 1, true, isProblem, "one CPU"},
		{Ours, 1, true, isProblem, "one CPU"},
		{Here, 8, true, isNote, "runs on this machine"},
		{Ours, 2, false, isNote, "the client's CPUs, too"},
		{Ours, 2, true, isFine, "CPUs of its own"},
	}
	for _, tt := range tests {
		f := SharedCores("lab", tt.at, tt.cpus, tt.pinned)
		wantFinding(t, byCode(t, []results.Finding{f}, "lab")["shared-cores"], tt.level, tt.words)
	}
}

func TestLocateByNetworks(t *testing.T) {
	lan := []net.Addr{
		&net.IPNet{IP: net.IPv4(192, 0, 2, 1), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.IPv4(172, 17, 0, 1), Mask: net.CIDRMask(16, 32)},
		&net.IPNet{IP: net.ParseIP("2001:db8::1"), Mask: net.CIDRMask(64, 128)},
	}
	tests := []struct {
		address string
		open    Place // seen from a machine
		inside  Place // seen from a container on it
	}{
		{"192.0.2.1:6379", Here, Here},
		{"[::ffff:192.0.2.1]:6379", Here, Here},
		{"127.0.0.1:6379", Here, Here},
		{"192.0.2.2:6379", Unclear, Unclear},
		{"172.17.0.2:6379", Unclear, Unclear}, // a container's, over the bridge
		{"[2001:db8::2]:6379", Unclear, Unclear},
		{"[2001:db8:0:1::2]:6379", Elsewhere, Unclear},
		{"198.51.100.1:6379", Elsewhere, Unclear},
		{"192.0.2.1", Unclear, Unclear},
	}
	for _, tt := range tests {
		open, inside := view{own: lan}, view{own: lan, contained: true}
		if got := open.locate(t.Context(), tt.address); got != tt.open {
			t.Errorf("%s is at %d, want %d", tt.address, got, tt.open)
		}
		if got := inside.locate(t.Context(), tt.address); got != tt.inside {
			t.Errorf("from a container, %s is at %d, want %d", tt.address, got, tt.inside)
		}
	}
}

func TestContained(t *testing.T) {
	const root, boot = "22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n", "23 22 0:21 / /boot rw - vfat /dev/sda2 rw\n"
	for name, test := range map[string]struct {
		files files
		want  bool
	}{
		"a machine":             {files{"proc/self/mountinfo": root + boot}, false},
		"a machine that mounts": {files{"proc/self/mountinfo": root + "30 22 0:40 / /var/lib/box/merged rw - overlay overlay rw\n"}, false},
		"nothing told":          {files{}, false},
		"an overlay":            {files{"proc/self/mountinfo": "40 30 0:41 / / rw,relatime - overlay overlay rw\n" + boot}, true},
		"docker":                {files{"proc/self/mountinfo": root, ".dockerenv": ""}, true},
		"podman":                {files{"run/.containerenv": ""}, true},
		"kubernetes":            {files{"var/run/secrets/kubernetes.io/serviceaccount/namespace": "x"}, true},
	} {
		if got := contained(test.files.tree()); got != test.want {
			t.Errorf("%s: contained %v", name, got)
		}
	}
}

func TestLocate(t *testing.T) {
	beyond := Elsewhere
	if contained(os.DirFS("/")) {
		beyond = Unclear
	}
	tests := []struct {
		access results.Access
		want   Place
	}{
		{results.Access{Network: "unix", Addrs: []string{"/run/redis.sock"}}, Here},
		{results.Access{Network: "tcp", Addrs: []string{"127.0.0.1:6379"}}, Here},
		{results.Access{Network: "tcp", Addrs: []string{"[::1]:6379"}}, Here},
		{results.Access{Network: "tcp", Addrs: []string{"[::ffff:127.0.0.1]:6379"}}, Here},
		{results.Access{Network: "tcp", Addrs: []string{"localhost:6379"}}, Here},
		{results.Access{Network: "tcp", Addrs: []string{"192.0.2.1:6379"}}, beyond}, // for documentation: nobody's
		{results.Access{Network: "tcp", Addrs: []string{"192.0.2.1:6379", "127.0.0.1:6379"}, Mode: results.Cluster}, Here},
		{results.Access{Network: "tcp", Addrs: []string{"no-such-host.invalid:6379"}}, Unclear},
		{results.Access{Network: "tcp", Addrs: []string{"127.0.0.1:26379"}, Mode: results.Sentinel}, Unclear},
	}
	for _, tt := range tests {
		if got := Locate(t.Context(), tt.access); got != tt.want {
			t.Errorf("%v is at %d, want %d", tt.access.Addrs, got, tt.want)
		}
	}
}
