package driver

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestDescription(t *testing.T) {
	text := encoded(t, testDriver().About)
	text = bytes.Replace(text, []byte(`{`), []byte(`{"further":{"x":[1]},`), 1)
	got, err := parseDescription(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(testDriver().About, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDescriptionIsRefused(t *testing.T) {
	long := strings.Repeat("x", 201)
	for _, test := range []struct {
		edit func(*Description)
		want string
	}{
		{func(d *Description) { d.Protocol = 2 }, "protocol 2; have 1"},
		{func(d *Description) { d.Speaks = "x" }, `speaks "x"; have "trial"`},
		{func(d *Description) { d.CPUs = -1 }, "cpus -1; from 0, which is any number"},
		{func(d *Description) { d.Name = "A b" }, `name "A b": lower-case letters`},
		{func(d *Description) { d.Name = "" }, `name "": lower-case letters`},
		{func(d *Description) { d.Runtime = "a\nb" }, `runtime "a b": one line of at most 200 bytes`},
		{func(d *Description) { d.Runtime = long }, `one line of at most 200 bytes`},
		{func(d *Description) { d.Packages["x"] = "1\x1b[31m" }, `is no name with a version`},
		{func(d *Description) { d.Packages["x y"] = "1" }, `packages: "x y" "1" is no name with a version`},
		{func(d *Description) { d.Packages["x"] = "10.1.2.3" }, `packages: "x" "<address>" is no name with a version`},
		{func(d *Description) { d.Packages["x"] = "/home/alice/x" }, `is no name with a version`},
		{func(d *Description) { d.Packages["10.1.2.3"] = "1" }, `is no name with a version`},
		{func(d *Description) { d.Packages["home/alice/x"] = "1" }, `is no name with a version`},
		{func(d *Description) { d.Packages["../x.y/z"] = "1" }, `is no name with a version`},
		{func(d *Description) { d.Packages["@a/b/c"] = "1" }, `is no name with a version`},
		{func(d *Description) { d.Packages["10.1.2.3/x"] = "1" }, `is no name with a version`},
		{func(d *Description) { d.Packages[long] = "1" }, `is no name with a version`},
		{func(d *Description) { d.Clients[0].Package = "home/alice" }, `client redis-py: package "alice" is no name`},
		{func(d *Description) { d.Scenarios = nil }, "no scenarios"},
		{func(d *Description) { d.Scenarios["sync"] = 0 }, "scenario sync: version 0; at least 1"},
		{func(d *Description) { d.Scenarios["!"] = 1 }, `scenario "!": lower-case`},
		{func(d *Description) { d.Transports = []string{"udp"} }, `transport "udp"; have tcp, unix, tls`},
		{func(d *Description) { d.Transports = nil }, "no transports; have tcp, unix, tls"},
		{func(d *Description) { d.Clients = nil }, "no clients"},
		{func(d *Description) { d.Clients[1].Name = "redis-py" }, `two clients "redis-py"`},
		{func(d *Description) { d.Clients[0].Name = "exec:x" }, `lower-case letters`},
		{func(d *Description) { d.Clients[0].Package = "" }, `client redis-py: package "" is no name`},
		{func(d *Description) { d.Clients[0].RESP = nil }, "client redis-py: resp []; of 2, 3"},
		{func(d *Description) { d.Clients[0].RESP = []int{2, 4} }, "client redis-py: resp [2 4]; of 2, 3"},
		{func(d *Description) { d.Clients[0].Variants = nil }, "client redis-py: its first variant must be named default"},
		{func(d *Description) { d.Clients[0].Variants[0].Name = "x" }, "client redis-py: its first variant must be named default"},
		{func(d *Description) { d.Clients[0].Variants[1].Name = "default" }, `client redis-py: two variants "default"`},
		{func(d *Description) { d.Clients[0].Variants[1].Name = "*" }, `client redis-py: variant "*": lower-case`},
		{func(d *Description) { d.Clients[0].Variants[1].MostConns = -1 }, "variant one: most_conns -1; at least 0"},
		{func(d *Description) { d.Clients[0].Variants[1].Doc = "a\tb" }, `doc "a b": one line`},
		{func(d *Description) { d.Clients[0].Variants[1].Missing = long }, `one line`},
		{func(d *Description) { d.Transports = strings.Split(strings.Repeat("tcp ", 65), " ")[:65] }, "65 transports; at most 64"},
		{func(d *Description) { d.Clients[1].Variants = manyVariants(65) }, "65 variants of other; at most 64"},
	} {
		about := testDriver().About
		test.edit(&about)
		_, err := parseDescription(encoded(t, about))
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 300 {
			t.Errorf("got %v, expected %s", err, test.want)
		}
	}
}

func TestPackagesAreTaken(t *testing.T) {
	for name, version := range map[string]string{
		"redis": "4.3.4", "@valkey/valkey-glide": "2.0.1-rc.1", "StackExchange.Redis": "2.6.122.38350", "lettuce-core": "6.3.2.RELEASE",
		"github.com/valkey-io/valkey-glide/go/v2": "v2.1.0+incompatible", "io.lettuce": "unknown",
	} {
		about := testDriver().About
		about.Packages[name], about.Clients[0].Package = version, name
		if _, err := parseDescription(encoded(t, about)); err != nil {
			t.Error(err)
		}
	}
}

func manyVariants(n int) []Variant {
	list := []Variant{{Name: "default"}}
	for len(list) < n {
		list = append(list, Variant{Name: "v" + strings.Repeat("x", len(list)%39) + string(rune('a'+len(list)/39))})
	}
	return list
}

func TestDescriptionIsNoObject(t *testing.T) {
	for _, text := range []string{"", "x", "[]", `"x"`, "{} {}", "{", `{"clients":1}`, "usage: /home/me/mydriver 10.1.2.3:6379"} {
		_, err := parseDescription([]byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "its description is not one JSON object: ") || strings.Contains(err.Error(), "/home") || strings.Contains(err.Error(), "10.1") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzDescription(f *testing.F) {
	text, err := json.Marshal(testDriver().About)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"protocol":1,"clients":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := parseDescription(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") || len(err.Error()) > 1000 {
				t.Errorf("%q", err)
			}
			return
		}
		again, err := parseDescription(encoded(t, d))
		if diff := cmp.Diff(d, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		_, _ = (&Driver{About: d}).Libraries(), (&Driver{About: d}).Executor("x")
		if reason := (&Driver{About: d}).Lacks(testPoint(), "tcp", "standalone", false); strings.ContainsAny(reason, "\n\r\x1b") {
			t.Errorf("%q", reason)
		}
	})
}
