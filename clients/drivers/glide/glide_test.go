package main

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/faultproxy"
	"respbench.dev/respbench/internal/servertest"
)

// exempt are checks of the suite that cannot hold, and why. The shorter names are
// first: the testing package asks no further where one matches in part.
var exempt = []struct{ check, why string }{
	{"/black_hole_up", "the library keeps a connection whose replies stay away"},
	{"/black_hole_down", "the same"},
	{"/./default/hidden_retries", "the library dials in the background, often while a call waits: see TestServerGone"},
	{"/./default/closed_port", "opening a client dials twice, and sometimes in the background, too: see TestServerGone"},
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

// What the exempt checks want, but for the number of dials.
func TestServerGone(t *testing.T) {
	p := faultproxy.Start(t, servertest.Start(t, servertest.Options{}).Addr)
	to := clientstest.Target(p.Addr, 1)
	to.Timeout = time.Second
	session := clientstest.Session(t, clientstest.Open(t, Library.Variants[0], to))
	value := clients.ValueOf([]byte("v"))
	if err := clientstest.SetGet(t.Context(), session, "key", value); err != nil {
		t.Fatal(err)
	}
	p.Refuse()
	p.Cut()
	before := to.Dialer.Dials()
	begin := time.Now()
	err := session.Get(t.Context(), "key", &clients.Reply{})
	if err == nil || time.Since(begin) > 2*to.Timeout {
		t.Errorf("without a server a call is %v after %v", err, time.Since(begin))
	}
	if to.Dialer.Dials() == before {
		t.Error("dials that the server refuses are not counted")
	}
	c, err := Library.Variants[0].Open(t.Context(), to)
	if err == nil {
		_ = c.Close()
	}
	if err == nil || clients.Classify(err) != clients.Refused {
		t.Errorf("opened at a closed port: %v", err)
	}
}

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
