package server

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// A known is a line of CLUSTER NODES.
type known struct {
	address string
	flags   []string
	slots   []slotRange
}

func (k known) has(flag string) bool { return slices.Contains(k.flags, flag) }

// clusterNodes are all nodes as n knows them; refusal says why it does not
// tell.
func (n node) clusterNodes(ctx context.Context) (nodes []known, refusal string, err error) {
	text, err := n.ClusterNodes(ctx).Result()
	if refusal := refusalOf(err); refusal != "" {
		return nil, refusal, nil
	}
	for line := range strings.Lines(text) {
		// id, address, flags, master, ping, pong, epoch, link, slots...
		if fields := strings.Fields(line); len(fields) >= 8 {
			address, _, _ := strings.Cut(fields[1], "@") // of the bus, and a host name, follow
			nodes = append(nodes, known{address: address, flags: strings.Split(fields[2], ","), slots: parseSlots(fields[8:])})
		}
	}
	return nodes, "", n.explain(ctx, "CLUSTER NODES", err)
}

// parseSlots reads "0-5460" and "7000"; a slot on its way elsewhere, in
// brackets, is listed with the others already.
func parseSlots(words []string) []slotRange {
	var ranges []slotRange
	for _, word := range words {
		from, to, isRange := strings.Cut(word, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseInt(from, 10, 64)
		last, err2 := strconv.ParseInt(to, 10, 64)
		if err1 == nil && err2 == nil {
			ranges = append(ranges, slotRange{first: first, last: last})
		}
	}
	return ranges
}
