package server

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"

	"respbench.dev/respbench/internal/resp"
)

// slots is how many a cluster has.
const slots = 16384

// A slotRange is served by one master.
type slotRange struct {
	first, last int64
	master      string // its address
}

// checkCluster asks any node for the masters and checks each of them. Of their
// greetings it returns a refusal, if there is one.
func (a *Admin) checkCluster(ctx context.Context) (g greeting, failure *Problem) {
	ranges, failure := firstAnswer(ctx, a.access.Addrs, "no node of the cluster can be reached at ", a.askCluster)
	if failure != nil {
		return g, failure
	}
	keys := map[string]string{} // of each master's own slots, by its address
	for _, r := range ranges {
		keys[r.master] = cmp.Or(keys[r.master], keyWithin(r))
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for address, key := range keys {
		all.Go(func() {
			own, problem := a.checkServer(ctx, address, key)
			mu.Lock()
			defer mu.Unlock()
			failure = cmp.Or(failure, problem)
			if g.refusal == "" {
				g = own
			}
		})
	}
	all.Wait()
	if failure != nil && isUnreachable(failure) {
		failure.Advice = "the cluster calls it one of its masters: it has to be reachable from here by this address"
	}
	return g, failure
}

// askCluster is who serves what, as the node at address says.
func (a *Admin) askCluster(ctx context.Context, address string) ([]slotRange, *Problem) {
	c := a.contact(ctx, address)
	defer c.close()
	c.enter(a.access)
	state, refusal := c.ask("CLUSTER", "INFO")
	switch fields := parseInfo(state.Text); {
	case c.failure != nil:
	case strings.Contains(refusal, "cluster support disabled"), isUnknownCommand(refusal):
		c.failure = &Problem{Code: "not-cluster", Address: address, before: theServer, after: " is not a node of a cluster", Advice: "name it as redis://" + address}
	case refusal != "" && !isRefused(refusal):
		c.failure = replyProblem(refusal, "CLUSTER INFO", address)
	case refusal == "" && fields["cluster_state"] != "ok":
		c.failure = downProblem(address, fields["cluster_slots_ok"])
	}
	reply, refusal := c.ask("CLUSTER", "SLOTS")
	if refusal != "" {
		c.failure = replyProblem(refusal, "CLUSTER SLOTS", address)
	}
	ranges := slotRanges(reply, address)
	if served := countSlots(ranges); c.failure == nil && served < slots {
		c.failure = downProblem(address, strconv.FormatInt(served, 10))
	}
	return ranges, c.failure
}

// downProblem is about a cluster that does not serve, or only some slots.
func downProblem(address, served string) *Problem {
	p := &Problem{
		Code: "cluster-down", Address: address, before: "the cluster of the node at ", after: " is down",
		Advice: "see CLUSTER INFO and CLUSTER NODES there",
	}
	if served != "" && served != strconv.Itoa(slots) {
		p.after = fmt.Sprintf(" is down: %s of its %d slots are served", served, slots)
	}
	return p
}

// slotRanges reads the reply of CLUSTER SLOTS. A node that does not know its
// own address is the one that was asked.
func slotRanges(reply resp.Value, asked string) []slotRange {
	var ranges []slotRange
	for _, entry := range reply.Elems {
		master := element(entry, 2)
		host, port := element(master, 0).Text, element(master, 1).String()
		if host == "" || host == "?" {
			host, _, _ = net.SplitHostPort(asked)
		}
		ranges = append(ranges, slotRange{first: element(entry, 0).Int, last: element(entry, 1).Int, master: net.JoinHostPort(host, port)})
	}
	return ranges
}

// element is one of an array, empty if there is none.
func element(v resp.Value, i int) resp.Value {
	if i < len(v.Elems) {
		return v.Elems[i]
	}
	return resp.Value{}
}

func countSlots(ranges []slotRange) (n int64) {
	for _, r := range ranges {
		n += r.last - r.first + 1
	}
	return n
}

// keyWithin is a key of ours in one of the range's slots.
func keyWithin(r slotRange) string {
	for i := range 1 << 20 {
		key := checkKey + ":" + strconv.Itoa(i)
		if slot := slotOf(key); r.first <= slot && slot <= r.last {
			return key
		}
	}
	return checkKey // never: a range has a slot
}

// slotOf is the slot of a key without braces: CRC-16/XMODEM, as the cluster
// specification has it.
func slotOf(key string) int64 {
	var crc uint16
	for i := range len(key) {
		crc ^= uint16(key[i]) << 8
		for range 8 {
			carry := crc & 0x8000
			crc <<= 1
			if carry != 0 {
				crc ^= 0x1021
			}
		}
	}
	return int64(crc) % slots
}
