package scenarios

import (
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/servertest"
)

// onClients are scenarios that need any command and transactions, by the steps
// in which a worker has done ops of each kind.
var onClients = map[string]int{"objects": 2 * len(objectsCycle), "pagination": len(pageQueries), "web": 2 * len(webCycle)}

// eachClient calls f for the clients that can run these scenarios in a mode.
func eachClient(t *testing.T, mode string, f func(t *testing.T, v clients.Variant)) {
	t.Helper()
	tested := 0
	needs := clients.Capabilities{Command: true, Transaction: true}
	for _, library := range all.Libraries() {
		for _, v := range library.Variants {
			target := clients.Target{Mode: mode, Addrs: []string{"127.0.0.1:1"}, Workers: 3}
			if v.Hidden || v.Has.Lacks(needs) != "" || v.Reaches != nil && v.Reaches(target) != nil {
				continue
			}
			tested++
			t.Run(library.Name+":"+v.Name, func(t *testing.T) { f(t, v) })
		}
	}
	if tested < 3 {
		t.Errorf("only %d clients", tested)
	}
}

// What is declared of a kind is what each library sends.
func TestOnEveryClient(t *testing.T) {
	eachClient(t, clients.Standalone, func(t *testing.T, v clients.Variant) {
		server := servertest.Start(t, servertest.Options{})
		for name, steps := range onClients {
			client := openOn(t, v, clients.Standalone, []string{server.Addr}, 3, 0)
			r := newRigOf(t, server, client, name, Load{Workers: 2, DataSize: 200}, asItIs)
			r.run(t, steps)
			r.confirm(t)
			r.finish(t)
		}
	})
}

// Keys that one command or transaction names are in one slot, and the removal
// finds them on all nodes.
func TestOnACluster(t *testing.T) {
	servers := servertest.StartCluster(t)
	eachClient(t, clients.Cluster, func(t *testing.T, v clients.Variant) {
		for name, steps := range onClients {
			client := openOn(t, v, clients.Cluster, servers.Addrs[:1], 3, 0)
			r := newRigOf(t, servers.Nodes[0], client, name, Load{Workers: 2, DataSize: 20}, asItIs)
			r.run(t, steps)
			if err := r.Close(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, master := range servers.Masters(t) {
				if n := master.Do(t, "DBSIZE"); n != "0" {
					t.Errorf("%s: %s keys are left behind", name, n)
				}
			}
		}
	})
}
