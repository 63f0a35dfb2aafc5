package server

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestParseURL(t *testing.T) {
	tcp := func(user, password string, db int, addr string) results.Access {
		return results.Access{Mode: "standalone", Network: "tcp", Addrs: []string{addr}, Username: user, Password: password, DB: db}
	}
	secured := func(access results.Access) results.Access {
		access.TLS = &results.TLS{}
		return access
	}
	unix := func(user, password string, db int, path string) results.Access {
		return results.Access{Mode: "standalone", Network: "unix", Addrs: []string{path}, Username: user, Password: password, DB: db}
	}
	sentinel := func(user, password, master string, db int, addrs ...string) results.Access {
		return results.Access{Mode: "sentinel", Network: "tcp", Addrs: addrs, Username: user, Password: password, Master: master, DB: db}
	}
	cluster := func(user, password string, addrs ...string) results.Access {
		return results.Access{Mode: "cluster", Network: "tcp", Addrs: addrs, Username: user, Password: password}
	}
	tests := []struct {
		url  string
		want results.Access
	}{
		{"redis://", tcp("", "", 0, "localhost:6379")},
		{"REDIS://h", tcp("", "", 0, "h:6379")},
		{"redis:///2", tcp("", "", 2, "localhost:6379")},
		{"redis://example.org", tcp("", "", 0, "example.org:6379")},
		{"redis://example.org/", tcp("", "", 0, "example.org:6379")},
		{"redis://my_redis-1.svc:", tcp("", "", 0, "my_redis-1.svc:6379")},
		{"redis://10.0.0.1:7000/15", tcp("", "", 15, "10.0.0.1:7000")},
		{"redis://:7000", tcp("", "", 0, "localhost:7000")},
		{"redis://h:07000", tcp("", "", 0, "h:7000")},
		{"redis://[::1]", tcp("", "", 0, "[::1]:6379")},
		{"redis://[fe80::1%25eth0]:7000", tcp("", "", 0, "[fe80::1%eth0]:7000")},
		{"redis://@h", tcp("", "", 0, "h:6379")},
		{"redis://:pw@h", tcp("", "pw", 0, "h:6379")},
		{"redis://me@h", tcp("me", "", 0, "h:6379")},
		{"redis://me:p%40ss%2Fw%3A@h:1/3", tcp("me", "p@ss/w:", 3, "h:1")},
		{"redis://me:p@ss,a:b+c@h", tcp("me", "p@ss,a:b+c", 0, "h:6379")},
		{"rediss://", secured(tcp("", "", 0, "localhost:6379"))},
		{"rediss://me:pw@h:6380/1", secured(tcp("me", "pw", 1, "h:6380"))},
		{"unix:///run/redis.sock", unix("", "", 0, "/run/redis.sock")},
		{"unix://me:pw@/run/a%20b.sock?db=4", unix("me", "pw", 4, "/run/a b.sock")},
		{"redis+sentinel://a/mymaster", sentinel("", "", "mymaster", 0, "a:26379")},
		{"redis+sentinel:///mymaster", sentinel("", "", "mymaster", 0, "localhost:26379")},
		{"redis+sentinel://a,b:1,[::1],[::2]:3/my-m.aster_2/7", sentinel("", "", "my-m.aster_2", 7, "a:26379", "b:1", "[::1]:26379", "[::2]:3")},
		{"redis+sentinel://:p%2C%2F%40w@a,b/m/", sentinel("", "p,/@w", "m", 0, "a:26379", "b:26379")},
		{"redis+cluster://", cluster("", "", "localhost:6379")},
		{"redis+cluster://:7000,:7001/0", cluster("", "", "localhost:7000", "localhost:7001")},
		{"redis+cluster://me:p,w@a,b:7001,[::1]:7002/", cluster("me", "p,w", "a:6379", "b:7001", "[::1]:7002")},
	}
	for _, tt := range tests {
		got, err := ParseURL(tt.url)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", tt.url, err, diff)
		}
	}
}

func TestParseURLErrors(t *testing.T) {
	const choices = "have redis://, rediss://, unix://, redis+sentinel://, redis+cluster://"
	tests := []struct{ url, want string }{
		{"", "has no scheme; " + choices},
		{"localhost:6379", "has no scheme; " + choices},
		{"http://:SECRET@h", "unknown scheme; " + choices},
		{"SECRET://h", "unknown scheme"},
		{"redis-sentinel://SECRET@h/0#m", "what others write redis-sentinel:// is redis+sentinel://; " + choices},
		{"redis-cluster://SECRET@h", "is redis+cluster://; have"},
		{"rediss+cluster://:SECRET@h", "is redis+cluster:// with --tls; have"},
		{"Rediss+Sentinel://:SECRET@h/m", "is redis+sentinel:// with --tls; have"},
		{"redis-socket:///SECRET", "is unix://; have"},
		{"valkeys://:SECRET@h", "is rediss://; have"},

		{"redis://:SECRET#x@h", "malformed; want redis://[user[:password]@]host[:port][/db], with special characters of user and password written as %XX"},
		{"redis://u:%SECRET@h", "malformed"},
		{"redis://u:%ffSECRET@h", "malformed"},
		{"redis://u:SECRET\n@h", "malformed"},
		{"redis://h/%", "malformed"},
		{"redis+cluster://u:%SECRET@h,i", "malformed; want redis+cluster://[user"},
		{"redis+sentinel://u:%SECRET@h,i/m", "malformed; want redis+sentinel://[user"},

		{"redis://:SECRET/x@h", "the port must be"},
		{"redis://:SECRET@h:port", "the port must be from 1 to 65535"},
		{"redis://:SECRET@h:70000", "the port must be from 1 to 65535"},
		{"redis://h:0", "the port must be from 1 to 65535"},
		{"redis://h:+1", "the port must be from 1 to 65535"},
		{"redis+cluster://a,b:SECRET", "the port must be from 1 to 65535"},
		{"redis://::1", "IPv6 in brackets: [::1]:6379"},
		{"redis://[::1", "IPv6 in brackets"},
		{"redis://[::1]6379", "IPv6 in brackets"},
		{"redis://[10.0.0.1]", "IPv6 in brackets"},
		{"redis://[SECRET]", "IPv6 in brackets"},
		{"redis://[fe80::1%25SEC RET]", "IPv6 in brackets"},
		{"redis://SEC RET", "a host is a name or an address"},
		{"redis://h%", "a host is a name or an address"},
		{"redis://:SECRET@a,b", "one address is one server; several are redis+sentinel:// or redis+cluster://"},
		{"rediss://:SECRET@a,b", "one address is one server"},
		{"redis+cluster://a,,b", "an address in the list is empty"},
		{"redis+sentinel://:SECRET@a,/m", "an address in the list is empty"},

		{"redis://h/SECRET", "the database must be a number"},
		{"redis://h/-1", "the database must be a number"},
		{"redis+sentinel://h/m/SECRET", "the database must be a number"},
		{"redis+cluster://h/1", "a cluster has database 0 only"},
		{"redis+cluster://:12/SECRET@h", "a cluster has database 0 only"},
		{"redis+sentinel://:SECRET@h", "needs the name of the master: redis+sentinel://host[:port],host[:port].../master"},
		{"redis+sentinel://h/", "needs the name of the master"},
		{"redis+sentinel://:12/SECRET@h/0", "the name of a master has letters, digits and . - _ only"},

		{"redis://h?password=SECRET", "only unix:// takes ?parameters; want redis://[user"},
		{"rediss://h?", "only unix:// takes ?parameters"},
		{"redis+sentinel://h/m?db=SECRET", "only unix:// takes ?parameters"},
		{"unix://", "needs an absolute path"},
		{"unix:///", "needs an absolute path"},
		{"unix://run/redis.sock", "needs an absolute path"},
		{"unix://u:SECRET/x@/run/redis.sock", "needs an absolute path"},
		{"unix:///a%00b", "needs an absolute path"},
		{"unix:///a?db=x", "the database must be a number"},
		{"unix:///a?db=1&db=2", "takes ?db=n and no other parameter"},
		{"unix:///a?password=SECRET", "takes ?db=n and no other parameter"},
		{"unix:///a?%zz", "takes ?db=n and no other parameter"},
	}
	for _, tt := range tests {
		got, err := ParseURL(tt.url)
		if err == nil || !strings.HasPrefix(err.Error(), "server URL") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.url, err, tt.want)
			continue
		}
		if diff := cmp.Diff(results.Access{}, got); diff != "" || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v %s", tt.url, err, diff)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("redis://:", "@host:1/2")
	f.Add("rediss://u", "://x@[::1]")
	f.Add("unix://u:", "@/path?db=3")
	f.Add("redis+sentinel://u:", "@a,b:1,[::1%25eth0]:2/master/3")
	f.Add("redis+cluster://:", "@a,:7001")
	f.Fuzz(func(t *testing.T, before, after string) {
		access, err := ParseURL(before + "S3CR3T" + after)
		if err != nil {
			if strings.Contains(err.Error(), "S3CR3T") || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("the error tells the password, or is not one line: %q", err)
			}
			return
		}
		if problem := problemOf(access); problem != "" {
			t.Errorf("%s: %+v", problem, access)
		}
	})
}

// problemOf is why nobody could connect with what ParseURL gave; empty if
// somebody could.
func problemOf(access results.Access) string {
	several := access.Mode != results.Standalone
	switch {
	case len(access.Addrs) == 0 || len(access.Addrs) > 1 && !several:
		return "addresses"
	case (access.Master != "") != (access.Mode == results.Sentinel):
		return "master"
	case access.DB < 0 || access.DB > 0 && access.Mode == results.Cluster:
		return "database"
	case access.TLS != nil && (several || access.Network != "tcp"):
		return "TLS"
	case !utf8.ValidString(access.Username + access.Password + access.Addrs[0]):
		return "not UTF-8: it goes to trials as JSON"
	case access.Network == "unix":
		if several || access.Addrs[0][0] != '/' {
			return "path"
		}
		return ""
	}
	for _, addr := range access.Addrs {
		host, port, err := net.SplitHostPort(addr)
		if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" || strings.ContainsAny(host, " @/,[]") {
			return "address " + addr
		}
	}
	return ""
}
