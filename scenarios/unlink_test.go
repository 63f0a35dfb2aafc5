package scenarios

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"respbench.dev/respbench/clients"
)

// A slowRemover answers each command after a while.
type slowRemover struct {
	clients.Session
	takes    time.Duration
	fails    error
	commands *atomic.Int64
	removed  *atomic.Int64
}

func (s slowRemover) Do(_ context.Context, call clients.Call, into *clients.Answer) error {
	time.Sleep(s.takes)
	s.commands.Add(1)
	if s.fails != nil {
		return s.fails
	}
	s.removed.Add(int64(len(call.Words) - 1))
	into.SetInt(int64(len(call.Words) - 1))
	return nil
}

func manyKeys(n int) (keys []string) {
	for i := range n {
		keys = append(keys, "respbench:ab:mixed:9:new:"+strconv.Itoa(i))
	}
	return keys
}

// removers are sessions that count together.
func removers(n int, takes time.Duration) (sessions []clients.Session, commands, removed *atomic.Int64) {
	commands, removed = new(atomic.Int64), new(atomic.Int64)
	for range n {
		sessions = append(sessions, slowRemover{takes: takes, commands: commands, removed: removed})
	}
	return sessions, commands, removed
}

// A scenario has five seconds to clean up: of a cluster, too, where a command has
// keys of one slot.
func TestManyKeysAreRemovedInTime(t *testing.T) {
	const keys, takes, patience = 100_000, 200 * time.Microsecond, 5 * time.Second
	for _, workers := range []int{1, 10} {
		for _, cluster := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				sessions, commands, removed := removers(workers, takes)
				began := time.Now()
				if err := unlinkAll(t.Context(), sessions, manyKeys(keys), cluster); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took > patience || removed.Load() != keys || commands.Load() > 1<<14 {
					t.Errorf("%d workers, cluster %v: %d keys with %d commands in %v", workers, cluster, removed.Load(), commands.Load(), took)
				}
			})
		}
	}
}

// A session that fails sends no more, the others go on.
func TestRemovingFails(t *testing.T) {
	sessions, commands, removed := removers(3, time.Millisecond)
	broken := errors.New("broken")
	failing := sessions[1].(slowRemover)
	failing.fails = broken
	sessions[1] = failing
	if err := unlinkAll(t.Context(), append(sessions, forgetfulSession{}), manyKeys(20*unlinkBatch), false); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if commands.Load() != 20 || removed.Load() != 19*unlinkBatch {
		t.Errorf("%d commands removed %d keys", commands.Load(), removed.Load())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := unlinkAll(ended, sessions[:1], manyKeys(1), false); !errors.Is(err, context.Canceled) || commands.Load() != 20 {
		t.Errorf("out of time: %v, %d commands", err, commands.Load())
	}
}

// What is sorted is all keys, each with those of its slot.
func TestKeysAreSortedBySlot(t *testing.T) {
	if got := checksum("123456789"); got != 0x31c3 {
		t.Errorf("checksum %#x", got)
	}
	keys := manyKeys(50_000)
	var all []string
	for _, slot := range bySlot(keys) {
		for _, key := range slot {
			if checksum(key)%(1<<14) != checksum(slot[0])%(1<<14) {
				t.Fatalf("%s is in another slot than %s", key, slot[0])
			}
		}
		all = append(all, slot...)
	}
	slices.Sort(all)
	slices.Sort(keys)
	if !slices.Equal(all, keys) {
		t.Errorf("%d of %d keys", len(all), len(keys))
	}
}

// A trial that was killed leaves keys behind, which no other may meet.
func TestTrialsHaveKeysOfTheirOwn(t *testing.T) {
	s, err := Named("mixed")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, trial := range []uint64{9, 10} {
		m, sets := s.NewMaterial(run, mixedLoad("insert:100"), dataSeed, trial), keySets{}
		sets.make(m, []string{"hash"})
		for _, key := range []string{newInserts(m, 1).keys.At(0), sets["hash"].names.At(0)} {
			if seen[key] {
				t.Errorf("two trials have %s", key)
			}
			seen[key] = true
		}
	}
}
