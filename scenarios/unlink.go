package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"respbench.dev/respbench/clients"
)

// ofTrial names a key of the scenario's own that no other trial has: one that
// was killed leaves its keys as they are.
func (m *Material) ofTrial(name string) string {
	return m.Own(strconv.FormatUint(m.trial, 36) + ":" + name)
}

// unlinkBatch is how many keys one UNLINK removes at most.
const unlinkBatch = 500

// unlink removes keys of one slot, and returns how many there were.
func unlink(ctx context.Context, do clients.Commander, keys []string) (removed int64, err error) {
	var answer clients.Answer
	for batch := range slices.Chunk(keys, unlinkBatch) {
		answer.Reset()
		call := clients.Call{Words: append([]string{"UNLINK"}, batch...), Key: 1}
		if err := do.Do(ctx, call, &answer); err != nil {
			return removed, fmt.Errorf("remove keys: %w", err)
		}
		removed += answer.Int
	}
	return removed, nil
}

// unlinkAll removes keys, which are in any slots of a cluster, over all sessions
// at once: there may be many, and the time is short. Sessions that send no other
// commands than SET and GET leave them to the run.
func unlinkAll(ctx context.Context, sessions []clients.Session, keys []string, cluster bool) error {
	batches := slices.Collect(slices.Chunk(keys, unlinkBatch))
	if cluster {
		batches = bySlot(keys)
	}
	var taken atomic.Int64
	errs := make([]error, len(sessions))
	var all sync.WaitGroup
	for i, s := range sessions {
		if do, ok := s.(clients.Commander); ok {
			all.Go(func() { errs[i] = unlinkNext(ctx, do, batches, &taken) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

// unlinkNext removes one batch after another that nobody has taken.
func unlinkNext(ctx context.Context, do clients.Commander, batches [][]string, taken *atomic.Int64) error {
	for ctx.Err() == nil {
		n := taken.Add(1)
		if n > int64(len(batches)) {
			return nil
		}
		if _, err := unlink(ctx, do, batches[n-1]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// bySlot sorts keys by their slot in a cluster.
func bySlot(keys []string) (slots [][]string) {
	const count = 1 << 14
	slots = make([][]string, count)
	for _, key := range keys {
		slot := checksum(key) % count
		slots[slot] = append(slots[slot], key)
	}
	return slices.DeleteFunc(slots, func(keys []string) bool { return len(keys) == 0 })
}

// checksum of a key without braces decides on its slot: CRC-16/XMODEM.
func checksum(key string) (crc uint16) {
	for _, c := range []byte(key) {
		crc ^= uint16(c) << 8
		for range 8 {
			carry := crc&(1<<15) != 0
			if crc <<= 1; carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}
