package main

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/driver"
)

// exempt are checks of the suite that cannot hold, and why. The shorter names are
// first: the testing package asks no further where one matches in part.
var exempt = []struct{ check, why string }{
	{"/black_hole_up", "the library keeps a connection whose replies stay away"},
	{"/black_hole_down", "the same"},
	{"/./default/broken_connection", "wants a dial more, and the library's are not counted"},
	{"/./default/connections", "compares dials with connections, and the library's are not counted"},
	{"/./default/asked_connections", "the same"},
	{"/./default/unix_socket", "the library has none: Reaches says so"},
	{"/./default/TLS", "a CA of one's own, which a Target has in no form that the library takes: Reaches says so"},
	{"/./default/mutual_TLS", "the same, and the library has no client certificates"},
	{"/./default/forbidden_commands", "the library needs HELLO: Reaches says so"},
	{"/./default/limited_user", "the library needs INFO, and has no RESP 2"},
}

func TestMain(m *testing.M) {
	flag.Parse()
	var skipped []string
	for _, e := range exempt {
		skipped = append(skipped, "^TestConformance$"+strings.ReplaceAll(e.check, "default/", "default/^")+"$")
	}
	if err := flag.Set("test.skip", strings.Join(skipped, "|")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestConformance(t *testing.T) { clientstest.Run(t, Library) }

func TestDescription(t *testing.T) {
	text, err := json.Marshal(description())
	if err != nil {
		t.Fatal(err)
	}
	var d driver.Description
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if d.Protocol != driver.Protocol || d.Speaks != driver.SpeaksTrial || len(d.Clients) != 1 || len(d.Clients[0].Variants) != len(Library.Variants) {
		t.Errorf("%s", text)
	}
	for _, name := range []string{"sync", "pipelined", "concurrent", "concurrent-pipelined", "command", "counter"} {
		if d.Scenarios[name] == 0 {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"pubsub", "cached", "pooled"} {
		if d.Scenarios[name] != 0 {
			t.Errorf("%s needs what the library lacks", name)
		}
	}
}
