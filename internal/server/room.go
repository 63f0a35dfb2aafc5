package server

import (
	"context"
	"fmt"

	"respbench.dev/respbench/results"
)

// Room returns an error if bytes (of keys and values, with overhead) do not fit
// into what maxmemory leaves, on any master of a cluster: each gets its share
// by the slots that it serves. That holds for a server that evicts, too: it
// would delete other people's keys. A server that we started is ours to fill.
func (a *Admin) Room(ctx context.Context, bytes int64) error {
	if a.kind != Remote {
		return nil
	}
	masters, err := a.masters(ctx)
	if err != nil {
		return err
	}
	for _, master := range masters {
		fields, _, err := master.info(ctx)
		if err != nil {
			return err
		}
		share := 1.0
		if a.mode() == results.Cluster {
			share = master.share(ctx, len(masters))
		}
		if err := roomOf(statsOf(fields, ""), int64(share*float64(bytes)), master.address); err != nil {
			return err
		}
	}
	return nil
}

func roomOf(stats Stats, bytes int64, address string) error {
	if stats.MaxMemory == nil || stats.UsedMemory == nil || *stats.MaxMemory == 0 {
		return nil
	}
	left := max(0, *stats.MaxMemory-*stats.UsedMemory)
	if bytes <= left {
		return nil
	}
	return &Problem{
		Code: "no-room", Address: address, before: theServer,
		after: fmt.Sprintf(" has %s left of its maxmemory of %s, and the keys need %s",
			mebibytes(left), mebibytes(*stats.MaxMemory), mebibytes(bytes)),
		Advice: "use fewer keys or smaller values, or raise maxmemory",
	}
}

// share is how much of all slots a master serves. One that does not tell is
// taken for one of equals.
func (n node) share(ctx context.Context, masters int) float64 {
	nodes, _, _ := n.clusterNodes(ctx)
	for _, k := range nodes {
		if k.has("myself") {
			return float64(countSlots(k.slots)) / slots
		}
	}
	return 1 / float64(masters)
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
