package server

import (
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestParseURL(t *testing.T) {
	tcp := func(addr, user, password string, db int) results.Access {
		return results.Access{Mode: "standalone", Network: "tcp", Addrs: []string{addr}, Username: user, Password: password, DB: db}
	}
	unix := func(path, user, password string, db int) results.Access {
		return results.Access{Mode: "standalone", Network: "unix", Addrs: []string{path}, Username: user, Password: password, DB: db}
	}
	tests := []struct {
		url  string
		want results.Access
	}{
		{"redis://", tcp("localhost:6379", "", "", 0)},
		{"redis:///2", tcp("localhost:6379", "", "", 2)},
		{"redis://example.org", tcp("example.org:6379", "", "", 0)},
		{"redis://example.org/", tcp("example.org:6379", "", "", 0)},
		{"redis://10.0.0.1:7000/15", tcp("10.0.0.1:7000", "", "", 15)},
		{"redis://:7000", tcp("localhost:7000", "", "", 0)},
		{"redis://[::1]", tcp("[::1]:6379", "", "", 0)},
		{"redis://[fe80::1%25eth0]:7000", tcp("[fe80::1%eth0]:7000", "", "", 0)},
		{"redis://:pw@h", tcp("h:6379", "", "pw", 0)},
		{"redis://me@h", tcp("h:6379", "me", "", 0)},
		{"redis://me:p%40ss%2Fw%3A@h:1/3", tcp("h:1", "me", "p@ss/w:", 3)},
		{"unix:///run/redis.sock", unix("/run/redis.sock", "", "", 0)},
		{"unix://me:pw@/run/a%20b.sock?db=4", unix("/run/a b.sock", "me", "pw", 4)},
	}
	for _, tt := range tests {
		got, err := ParseURL(tt.url)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", tt.url, err, diff)
		}
	}
}

func TestParseURLErrors(t *testing.T) {
	tests := []struct{ url, want string }{
		{"", "has no scheme; have redis://, unix://"},
		{"localhost:6379", "has no scheme; have redis://, unix://"},
		{"rediss://:SECRET@h", "rediss:// is not supported; have redis://, unix://"},
		{"redis+sentinel://:SECRET@h/0", "redis+sentinel:// is not supported; have redis://, unix://"},
		{"redis+cluster://h", "redis+cluster:// is not supported; have redis://, unix://"},
		{"http://:SECRET@h", "unknown scheme; have redis://, unix://"},
		{"SECRET://h", "unknown scheme"},
		{"redis://:SECRET#x@h", "malformed"},
		{"redis://:SECRET/x@h", "malformed"},
		{"redis://u:%SECRET@h", "malformed"},
		{"redis://:SECRET@h:port", "malformed"},
		{"redis://:SECRET@h:70000", "the port must be from 1 to 65535"},
		{"redis://h:0", "the port must be from 1 to 65535"},
		{"redis://h/SECRET", "the database must be a number"},
		{"redis://h/-1", "the database must be a number"},
		{"redis://h?password=SECRET", "takes no ?parameters"},
		{"unix://", "needs an absolute path"},
		{"unix:///", "needs an absolute path"},
		{"unix://run/redis.sock", "needs an absolute path"},
		{"unix:///a?db=x", "the database must be a number"},
		{"unix:///a?db=1&db=2", "takes ?db=n and no other parameter"},
		{"unix:///a?password=SECRET", "takes ?db=n and no other parameter"},
		{"unix:///a?%zz", "takes ?db=n and no other parameter"},
	}
	for _, tt := range tests {
		got, err := ParseURL(tt.url)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.url, err, tt.want)
		}
		if diff := cmp.Diff(results.Access{}, got); diff != "" || err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v %s", tt.url, err, diff)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("redis://:", "@host:1/2")
	f.Add("unix://u:", "@/path?db=3")
	f.Add("redis://u", "://x@[::1]")
	f.Fuzz(func(t *testing.T, before, after string) {
		access, err := ParseURL(before + "S3CR3T" + after)
		if err != nil {
			if strings.Contains(err.Error(), "S3CR3T") {
				t.Errorf("the error tells the password: %v", err)
			}
			return
		}
		if len(access.Addrs) != 1 || access.Addrs[0] == "" || access.DB < 0 || access.Mode != standalone {
			t.Errorf("%+v", access)
		}
		if _, _, err := net.SplitHostPort(access.Addrs[0]); access.Network == "tcp" && err != nil {
			t.Errorf("%+v: %v", access, err)
		}
	})
}
