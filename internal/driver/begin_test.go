package driver

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestBegin(t *testing.T) {
	base := func(change func(*Spec)) Spec {
		s := Spec{
			Protocol: 1, Client: "redis-py", Variant: "default", Scenario: "sync", Version: 1, Workers: 1,
			DataSize: 16, Prefix: "respbench:abcdefg2:", Keyspace: 100, Seed: 7, RESP: 2,
			Timeout: 5e9, ConnectTimeout: 4e9, Server: Server{Network: "tcp", Host: "127.0.0.1", Port: 6379, Password: "hunter22"},
		}
		change(&s)
		return s
	}
	for _, test := range []struct {
		name string
		edit func(*results.Spec, *results.Access)
		want Spec
	}{
		{"nothing asked", func(*results.Spec, *results.Access) {}, base(func(*Spec) {})},
		{"steps", func(s *results.Spec, _ *results.Access) {
			s.Limit = results.Limit{Steps: 20_000, MaxTime: time.Minute}
			s.Warmup = results.Warmup{Steps: 11}
			s.Point.Load.Workers = 10
		}, base(func(s *Spec) { s.Steps, s.MostTime, s.WarmupSteps, s.Workers = 20_000, 60e9, 2, 10 })},
		{"a duration", func(s *results.Spec, _ *results.Access) {
			s.Limit = results.Limit{Duration: time.Second, MinSteps: 5, MinTime: time.Hour}
			s.Warmup = results.Warmup{MinSteps: 3, Time: time.Second}
		}, base(func(s *Spec) { s.LeastTime, s.WarmupSteps, s.WarmupTime = 1e9, 3, 1e9 })},
		{"the least", func(s *results.Spec, _ *results.Access) {
			s.Limit = results.Limit{MinSteps: 5, MinTime: time.Second}
		}, base(func(s *Spec) { s.LeastSteps, s.LeastTime = 5, 1e9 })},
		{"another load", func(s *results.Spec, _ *results.Access) {
			s.Point.Variant, s.Point.Load.Depth, s.Point.Load.Conns = "", 16, 3
		}, base(func(s *Spec) { s.Depth, s.Conns = 16, 3 })},
		{"RESP 3", func(s *results.Spec, a *results.Access) {
			s.Point.Settings.RESP, a.OldRESP = 3, true
		}, base(func(s *Spec) { s.RESP = 3 })},
		{"IPv6", func(_ *results.Spec, a *results.Access) {
			a.Addrs, a.Username, a.DB = []string{"[::1]:7000"}, "me", 2
		}, base(func(s *Spec) {
			s.Server.Host, s.Server.Port, s.Server.Username, s.Server.DB = "::1", 7000, "me", 2
		})},
		{"TLS", func(_ *results.Spec, a *results.Access) {
			a.TLS = &results.TLS{ServerName: "x", Insecure: true, CA: "ca", Cert: "cert", Key: "key"}
		}, base(func(s *Spec) { s.Server.TLS = &TLS{"x", true, "ca", "cert", "key"} })},
		{"a unix socket", func(_ *results.Spec, a *results.Access) {
			a.Network, a.Addrs = "unix", []string{"/run/redis.sock"}
		}, base(func(s *Spec) { s.Server = Server{Network: "unix", Path: "/run/redis.sock", Password: "hunter22"} })},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec, access := testSpec(), testAccess
			test.edit(&spec, &access)
			got := told(t, begin(t, spec, access))
			test.want.Samples = got.Samples
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRESPOfAnOldServer(t *testing.T) {
	d := testDriver()
	d.About.Clients[0].RESP = []int{3, 2}
	for old, want := range map[bool]int{false: 3, true: 2} {
		if got := respOf(testPoint(), results.Access{OldRESP: old}, d.About.Clients[0]); got != want {
			t.Errorf("old %v: RESP %d, expected %d", old, got, want)
		}
	}
}

func TestBeginRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*results.Spec, *results.Access)
		want string
	}{
		{"client", func(s *results.Spec, _ *results.Access) { s.Point.Library = "x" }, "the driver python has no client x; have redis-py, other"},
		{"scenario", func(s *results.Spec, _ *results.Access) { s.Point.Scenario = "x" }, `unknown scenario "x"; have`},
		{"kinds", func(s *results.Spec, _ *results.Access) { s.Point.Scenario = "mixed" }, "a driver's samples are of one"},
		{"two addresses", func(_ *results.Spec, a *results.Access) { a.Addrs = []string{"a:1", "b:2"} }, "a driver is told one address; there are 2"},
		{"no port", func(_ *results.Spec, a *results.Access) { a.Addrs = []string{"a"} }, "the server's address is no host with a port"},
		{"a port's name", func(_ *results.Spec, a *results.Access) { a.Addrs = []string{"a:redis"} }, "the server's address is no host with a port"},
	} {
		spec, access := testSpec(), testAccess
		spec.Point.Load.Mix = "get:50,set:50"
		test.edit(&spec, &access)
		talk, err := testDriver().Begin(spec, access)
		if err == nil {
			talk.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, expected %s", test.name, err, test.want)
		}
	}
}

func TestSamplesAreOursAlone(t *testing.T) {
	talk := begin(t, testSpec(), testAccess)
	path := told(t, talk).Samples
	info, err := os.Stat(path)
	if err != nil || info.Size() != 0 {
		t.Fatalf("%v, %v", info, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	talk.Close()
	gone(t, path)
}

func TestSamplesHaveNowhereToGo(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere/at/all")
	t.Setenv("TMP", `C:\nowhere\at\all`)
	_, err := testDriver().Begin(testSpec(), testAccess)
	if err == nil || strings.Contains(err.Error(), "nowhere") || !strings.HasPrefix(err.Error(), "a file for samples: ") {
		t.Errorf("got %v", err)
	}
}
