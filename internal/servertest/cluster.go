package servertest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	masters = 3
	slots   = 16384
)

// A Cluster is three masters with a third of the slots each, and a replica of
// each. A master that is gone is given up after a second.
type Cluster struct {
	Nodes []*Server // at first the masters, then their replicas in the same order
	Addrs []string  // of Nodes
}

// StartCluster starts a cluster that ends with the test; it is ok when this
// returns.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{}
	for range 2 * masters {
		node := Start(t, Options{Args: []string{
			"--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
			"--cluster-replica-validity-factor", "0", "--cluster-allow-replica-migration", "no",
		}})
		c.Nodes, c.Addrs = append(c.Nodes, node), append(c.Addrs, node.Addr)
	}
	c.introduce(t)
	for i, master := range c.Nodes[:masters] {
		first, next := i*slots/masters, (i+1)*slots/masters
		master.Do(t, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(next-1))
		replica, id := c.Nodes[masters+i], master.id(t)
		Eventually(t, limit, "replicate", func() error {
			_, err := replica.Try("CLUSTER", "REPLICATE", id) // once the nodes have met
			return err
		})
	}
	c.AwaitOK(t)
	return c
}

// introduce has all nodes meet, each pair by itself: gossip is slower.
func (c *Cluster) introduce(t testing.TB) {
	t.Helper()
	for i, node := range c.Nodes {
		node.Do(t, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		for _, other := range c.Nodes[:i] {
			node.Do(t, "CLUSTER", "MEET", loopback, other.Port())
		}
	}
}

func (s *Server) id(t testing.TB) string {
	t.Helper()
	return s.Do(t, "CLUSTER", "MYID")
}

// running are the nodes that were not killed.
func (c *Cluster) running() []*Server {
	return slices.DeleteFunc(slices.Clone(c.Nodes), func(s *Server) bool { return !s.Running() })
}

// AwaitOK waits until all running nodes agree that all slots are served, and
// each node that is a replica follows its master.
func (c *Cluster) AwaitOK(t testing.TB) {
	t.Helper()
	Eventually(t, limit, "cluster", func() error {
		for _, node := range c.running() {
			if err := node.clusterOK(); err != nil {
				return fmt.Errorf("%s: %w", node.Addr, err)
			}
		}
		return c.agree(t)
	})
}

func (s *Server) clusterOK() error {
	info, err := s.Try("CLUSTER", "INFO")
	if err == nil && !strings.Contains(info, "cluster_state:ok") {
		err = errors.New(info)
	}
	if err != nil {
		return err
	}
	role, err := s.Try("ROLE")
	if fields := strings.Split(role, "\n"); err == nil && fields[0] == "slave" && fields[3] != "connected" {
		err = errors.New(role)
	}
	return err
}

// agree compares who serves which slots and whom the nodes hold for gone.
func (c *Cluster) agree(t testing.TB) error {
	t.Helper()
	var first []string
	for i, node := range c.running() {
		view := c.view(t, node)
		if i == 0 {
			first = view
		}
		if len(view) != len(c.Nodes) || !slices.Equal(view, first) {
			return fmt.Errorf("%s knows %q, the first node %q", node.Addr, view, first)
		}
		for _, line := range view {
			for _, other := range c.running() {
				if strings.HasPrefix(line, other.id(t)) && strings.Contains(line, "fail") {
					return fmt.Errorf("%s holds a running node for gone: %s", node.Addr, line)
				}
			}
		}
	}
	return nil
}

// view is who is what with which slots, as node sees it, sorted.
func (c *Cluster) view(t testing.TB, node *Server) []string {
	t.Helper()
	var view []string
	for line := range strings.Lines(node.Do(t, "CLUSTER", "NODES")) {
		f := strings.Fields(line) // id, address, flags, master, ping, pong, epoch, link, slots
		role := strings.TrimPrefix(f[2], "myself,")
		view = append(view, fmt.Sprint(f[0], " ", role, " ", f[3], " ", f[8:]))
	}
	slices.Sort(view)
	return view
}

// Slot is the slot of a key.
func (c *Cluster) Slot(t testing.TB, key string) int {
	t.Helper()
	slot, err := strconv.Atoi(c.running()[0].Do(t, "CLUSTER", "KEYSLOT", key))
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

// MasterOf is the node that serves a slot, by its own word.
func (c *Cluster) MasterOf(t testing.TB, slot int) *Server {
	t.Helper()
	for _, node := range c.Masters(t) {
		line := node.myself(t)
		for _, owned := range strings.Fields(line)[8:] {
			from, to, isRange := strings.Cut(owned, "-")
			if !isRange {
				to = from
			}
			first, err1 := strconv.Atoi(from)
			last, err2 := strconv.Atoi(to)
			if errors.Join(err1, err2) == nil && first <= slot && slot <= last {
				return node
			}
		}
	}
	t.Fatalf("nobody serves slot %d", slot)
	return nil
}

// Masters are the running masters.
func (c *Cluster) Masters(t testing.TB) []*Server {
	t.Helper()
	return slices.DeleteFunc(c.running(), func(s *Server) bool {
		return !strings.HasPrefix(s.Do(t, "ROLE"), "master")
	})
}

// ReplicaOf is the running replica of a node.
func (c *Cluster) ReplicaOf(t testing.TB, master *Server) *Server {
	t.Helper()
	id := master.id(t)
	for _, node := range c.running() {
		if strings.Fields(node.myself(t))[3] == id {
			return node
		}
	}
	t.Fatalf("%s has no replica", master.Addr)
	return nil
}

// myself is what CLUSTER NODES says of the node itself.
func (s *Server) myself(t testing.TB) string {
	t.Helper()
	for line := range strings.Lines(s.Do(t, "CLUSTER", "NODES")) {
		if strings.Contains(line, "myself") {
			return line
		}
	}
	t.Fatalf("%s does not know itself", s.Addr)
	return ""
}

// Migrate begins to move a slot: keys that its master does not have are
// answered with ASK, and the others moved at once. finish ends it: the master
// answers with MOVED.
func (c *Cluster) Migrate(t testing.TB, slot int, to *Server) (finish func()) {
	t.Helper()
	from, number := c.MasterOf(t, slot), strconv.Itoa(slot)
	to.Do(t, "CLUSTER", "SETSLOT", number, "IMPORTING", from.id(t))
	from.Do(t, "CLUSTER", "SETSLOT", number, "MIGRATING", to.id(t))
	c.moveKeys(t, from, to, number)
	return func() {
		t.Helper()
		c.moveKeys(t, from, to, number)
		to.Do(t, "CLUSTER", "SETSLOT", number, "NODE", to.id(t)) // the new owner first: nobody is without one
		from.Do(t, "CLUSTER", "SETSLOT", number, "NODE", to.id(t))
		c.AwaitOK(t)
	}
}

func (c *Cluster) moveKeys(t testing.TB, from, to *Server, slot string) {
	t.Helper()
	for {
		keys := from.Do(t, "CLUSTER", "GETKEYSINSLOT", slot, "100")
		if keys == "" {
			return
		}
		args := []string{"MIGRATE", loopback, to.Port(), "", "0", "5000", "REPLACE", "KEYS"}
		from.Do(t, append(args, strings.Split(keys, "\n")...)...)
	}
}
