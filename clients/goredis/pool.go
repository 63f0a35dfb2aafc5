package goredis

import (
	"time"

	"respbench.dev/respbench/clients"
)

// A poolClient has a connection of its pool for each command. The library's
// Conn takes one with its first command and not before, so that what a caller
// waits for it cannot be seen from outside; the pool counts it.
type poolClient struct{ *client }

// PoolWaits are of the pool of single commands: explicit pipelines that find
// theirs empty use that one, too.
func (c poolClient) PoolWaits() (int64, time.Duration) {
	stats := c.c.PoolStats()
	return int64(stats.WaitCount), time.Duration(stats.WaitDurationNs)
}

var _ clients.PoolReporter = poolClient{}
