package server

import (
	"context"
	"fmt"
)

// Room returns an error if bytes (of keys and values, with overhead) do not fit
// into what maxmemory leaves. That holds for a server that evicts, too: it
// would delete other people's keys. A server that we started is ours to fill.
func (a *Admin) Room(ctx context.Context, bytes int64) error {
	if a.kind != Remote {
		return nil
	}
	stats, err := a.Stats(ctx)
	if err != nil || stats.MaxMemory == nil || stats.UsedMemory == nil || *stats.MaxMemory == 0 {
		return err
	}
	left := max(0, *stats.MaxMemory-*stats.UsedMemory)
	if bytes <= left {
		return nil
	}
	return &Problem{
		Code: "no-room", Address: a.address(), before: theServer,
		after: fmt.Sprintf(" has %s left of its maxmemory of %s, and the keys need %s",
			mebibytes(left), mebibytes(*stats.MaxMemory), mebibytes(bytes)),
		Advice: "use fewer keys or smaller values, or raise maxmemory",
	}
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
