package clientstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// reaching are the variants that can serve a mode. The others must say so,
// and name it.
func reaching(t *testing.T, lib clients.Library, mode string) clients.Library {
	t.Helper()
	to := Target("127.0.0.1:1", 1)
	to.Mode, to.Master = mode, servertest.MasterName
	var can []clients.Variant
	for _, v := range lib.Variants {
		if !(subject{variant: v}).refuses(t, withDepth(v, to), mode) {
			can = append(can, v)
		}
	}
	lib.Variants = can
	return lib
}

// withDepth is a target without explicit pipelines where the variant refuses those.
func withDepth(v clients.Variant, to clients.Target) clients.Target {
	if v.Reaches != nil && v.Reaches(to) != nil {
		to.Depth = 0
	}
	return to
}

// lost is what a failover explains: the new master lacks what the old one had
// not passed on, and the old one is gone, or a replica, or not yet one.
var lost = explained{
	classes: []clients.Class{clients.Refused, clients.Reset, clients.ReadOnly, clients.Loading},
	loses:   true,
}

// checkSentinel follows a master that moves because it is told to, and one that
// moves because it has died.
func checkSentinel(t *testing.T, lib clients.Library) {
	if lib = reaching(t, lib, clients.Sentinel); len(lib.Variants) == 0 {
		return
	}
	s := servertest.StartSentinel(t)
	to := impatient(Target("", loadWorkers))
	to.Mode, to.Addrs, to.Master = clients.Sentinel, s.Addrs, servertest.MasterName
	loads := loadAll(t, lib, to, lost)

	s.Failover(t)
	settleAll(t, loads)
	s.AwaitOK(t)
	master := s.Master(t)
	master.Kill(t)
	s.AwaitOther(t, master)
	settleAll(t, loads)

	stopAll(t, loads)
	awaitNoClients(t, append(s.Sentinels, s.Master(t))...)
}

func loadAll(t *testing.T, lib clients.Library, to clients.Target, e explained) []*load {
	t.Helper()
	var loads []*load
	for _, v := range lib.Variants {
		own := withDepth(v, to)
		own.Dialer = clients.NewDialer("tcp", to.ConnectTimeout, nil)
		loads = append(loads, startLoad(t, v, own, e))
	}
	settleAll(t, loads)
	return loads
}

// checkCluster uses all slots, follows one that moves, and a replica that takes
// over from a master that has died.
func checkCluster(t *testing.T, lib clients.Library) {
	if lib = reaching(t, lib, clients.Cluster); len(lib.Variants) == 0 {
		return
	}
	c := servertest.StartCluster(t)
	to := impatient(Target("", loadWorkers))
	to.Mode, to.Addrs = clients.Cluster, c.Addrs[:2]
	for _, v := range lib.Variants {
		t.Run(v.Name, func(t *testing.T) {
			s, to := subject{variant: v}, withDepth(v, to)
			checkSlots(t, s, to, c)
			checkCommandSlots(t, s, to, adminsOf(c.Masters(t)))
			checkTransactionSlots(t, s, to, adminsOf(c.Masters(t)))
			checkMoved(t, s, to, c)
		})
	}

	loads := loadAll(t, lib, to, nothing)
	moveUnderLoad(t, c, loads)
	stopAll(t, loads)

	failing := lost
	failing.classes = append(slices.Clone(lost.classes), clients.Moved)
	loads = loadAll(t, lib, to, failing)
	failOver(t, c, loads)
	stopAll(t, loads)
	awaitNoClients(t, c.Nodes...)
}

func adminsOf(servers []*servertest.Server) []admin {
	admins := make([]admin, len(servers))
	for i, s := range servers {
		admins[i] = s
	}
	return admins
}

// failOver has a replica take over. The former master comes back as a replica
// and says so: without that word some libraries ask it for up to a minute.
func failOver(t *testing.T, c *servertest.Cluster, loads []*load) {
	t.Helper()
	master := c.MasterOf(t, c.Slot(t, loads[0].workers[0].keys[0].name))
	heir := c.ReplicaOf(t, master)
	master.Kill(t)
	servertest.Eventually(t, limit, "failover", func() error {
		if !strings.HasPrefix(heir.Do(t, "ROLE"), "master") {
			return fmt.Errorf("%s is a replica", heir.Addr)
		}
		return nil
	})
	time.Sleep(faulty)
	master.Restart(t)
	c.AwaitOK(t)
	settleAll(t, loads)
}

// moveUnderLoad moves the slot of a key of the load, slowly: meanwhile the key
// is answered with ASK.
func moveUnderLoad(t *testing.T, c *servertest.Cluster, loads []*load) {
	t.Helper()
	from, finish := beginMove(t, c, loads[0].workers[0].keys[0].name)
	awaitAnswered(t, from, "ASK")
	finish()
	settleAll(t, loads)
}

// checkMoved moves the slot of a key while nobody uses it: the library has to
// learn from MOVED.
func checkMoved(t *testing.T, s subject, to clients.Target, c *servertest.Cluster) {
	const key = "moved"
	session := s.alone(t, to)
	mustSetGet(t, session, key, text("before"))
	from, finish := beginMove(t, c, key)
	finish()
	mustSetGet(t, session, key, text("after"))
	awaitAnswered(t, from, "MOVED")
}

// beginMove has a slot migrate to a master that did not have it.
func beginMove(t *testing.T, c *servertest.Cluster, key string) (from *servertest.Server, finish func()) {
	t.Helper()
	slot := c.Slot(t, key)
	from = c.MasterOf(t, slot)
	to := c.Masters(t)[0]
	if to == from {
		to = c.Masters(t)[1]
	}
	from.Do(t, "CONFIG", "RESETSTAT")
	return from, c.Migrate(t, slot, to)
}

func awaitAnswered(t *testing.T, s *servertest.Server, code string) {
	t.Helper()
	servertest.Eventually(t, limit, "see "+code, func() error {
		if stats := s.Do(t, "INFO", "errorstats"); !strings.Contains(stats, "errorstat_"+code+":") {
			return fmt.Errorf("answered only with %q", stats)
		}
		return nil
	})
}

// checkSlots wants keys on every master.
func checkSlots(t *testing.T, s subject, to clients.Target, c *servertest.Cluster) {
	session := s.alone(t, to)
	before := map[*servertest.Server]int{}
	for _, master := range c.Masters(t) {
		before[master] = calls(t, master, "set")
	}
	for i := range 64 {
		mustSetGet(t, session, fmt.Sprint("slots ", i), text(fmt.Sprint(i)))
	}
	if p, ok := session.(clients.Pipeliner); ok {
		mustPipeline(context.Background(), t, p, Pairs("slots in a pipeline", 64))
	}
	for master, sets := range before {
		if calls(t, master, "set") == sets {
			t.Errorf("no key is on %s", master.Addr)
		}
	}
}
