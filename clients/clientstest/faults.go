package clientstest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/faultproxy"
	"respbench.dev/respbench/internal/servertest"
)

// A field is a server and, before it, a proxy for each variant.
type field struct {
	server  *servertest.Server
	proxies []*faultproxy.Proxy
}

// faulty is longer than the time-outs under test and what comes after them.
const faulty = 800 * time.Millisecond

// faults are done to a server while all variants of a library use it.
var faults = []struct {
	name    string
	explain explained
	do      func(*testing.T, field)
}{
	{"black hole up", nothing, proxied(up, faultproxy.Fault{BlackHole: true})},
	{"black hole down", nothing, proxied(down, faultproxy.Fault{BlackHole: true})},
	{"late replies", nothing, proxied(down, faultproxy.Fault{Hold: true})},
	{"late commands", nothing, proxied(up, faultproxy.Fault{Hold: true})},
	{"reset in the first reply", broken, proxied(down, faultproxy.Fault{ResetAfter: 3})},
	{"reset in a reply", broken, proxied(down, faultproxy.Fault{ResetAfter: 1003})},
	{"reset in a command", broken, proxied(up, faultproxy.Fault{ResetAfter: 1003})},
	{"half-close up", broken, proxied(up, faultproxy.Fault{HalfClose: true})},
	{"half-close down", broken, proxied(down, faultproxy.Fault{HalfClose: true})},
	{"latency", nothing, proxied(down, faultproxy.Fault{Latency: 20 * time.Millisecond, Jitter: 20 * time.Millisecond})},
	{"bandwidth", nothing, proxied(down, faultproxy.Fault{Bandwidth: 20_000})},
	{"refuse", explained{classes: []clients.Class{clients.Refused, clients.Reset}}, refuse},
	{"kill clients", broken, killClients},
	{"pause", nothing, pause},
	{"restart", explained{
		classes: []clients.Class{clients.Refused, clients.Reset, clients.Loading}, loses: true,
	}, restart},
}

var (
	nothing = explained{}
	broken  = explained{classes: []clients.Class{clients.Reset}}
)

func up(p *faultproxy.Proxy) *faultproxy.Direction   { return p.Up }
func down(p *faultproxy.Proxy) *faultproxy.Direction { return p.Down }

func proxied(side func(*faultproxy.Proxy) *faultproxy.Direction, f faultproxy.Fault) func(*testing.T, field) {
	return func(_ *testing.T, on field) {
		for _, p := range on.proxies {
			side(p).Set(f)
		}
		time.Sleep(faulty)
		for _, p := range on.proxies {
			side(p).Clear()
		}
	}
}

func refuse(t *testing.T, on field) {
	for _, p := range on.proxies {
		p.Refuse()
		p.Cut()
	}
	time.Sleep(faulty)
	for _, p := range on.proxies {
		p.Resume(t)
	}
}

func killClients(t *testing.T, on field) {
	for range 8 {
		on.server.Do(t, "CLIENT", "KILL", "TYPE", "normal")
		time.Sleep(faulty / 8)
	}
}

func pause(t *testing.T, on field) {
	on.server.Do(t, "CLIENT", "PAUSE", fmt.Sprint(faulty.Milliseconds()))
	time.Sleep(faulty)
}

func restart(t *testing.T, on field) {
	on.server.Kill(t)
	for _, p := range on.proxies {
		p.Refuse()
	}
	time.Sleep(faulty)
	on.server.Restart(t)
	for _, p := range on.proxies {
		p.Resume(t)
	}
}

// checkFault wants each variant to live through a fault and leave nothing.
func checkFault(t *testing.T, lib clients.Library, do func(*testing.T, field), e explained) {
	on := field{server: servertest.Start(t, servertest.Options{})}
	var loads []*load
	for _, v := range lib.Variants {
		p := faultproxy.Start(t, on.server.Addr)
		on.proxies = append(on.proxies, p)
		loads = append(loads, startLoad(t, v, impatient(Target(p.Addr, loadWorkers)), e))
	}
	settleAll(t, loads)
	do(t, on)
	settleAll(t, loads)
	stopAll(t, loads)
	awaitNoClients(t, on.server)
}

func impatient(to clients.Target) clients.Target {
	to.Timeout, to.ConnectTimeout = short, short
	to.Dialer = clients.NewDialer("tcp", short, nil)
	return to
}

func settleAll(t *testing.T, loads []*load) {
	t.Helper()
	for _, l := range loads {
		l.settle(t)
	}
}

func stopAll(t *testing.T, loads []*load) {
	t.Helper()
	for _, l := range loads {
		l.stop(t)
	}
}

// awaitNoClients waits until no client is connected to any of the servers.
func awaitNoClients(t *testing.T, servers ...*servertest.Server) {
	t.Helper()
	for _, s := range servers {
		servertest.Eventually(t, limit, "wait for connections to "+s.Addr+" to close", func() error {
			if left := s.Clients(t); len(left) > 0 {
				return fmt.Errorf("%d are open:\n%s", len(left), strings.Join(left, "\n"))
			}
			return nil
		})
	}
}
