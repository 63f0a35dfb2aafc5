package embedded

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"time"
)

const (
	databases  = 16
	shardCount = 256
)

// A keyspace is all databases. A key's hash decides its shard, alike in every
// database; a shard's lock guards everything in it.
type keyspace struct {
	seed   maphash.Seed
	shards [shardCount]shard
}

type shard struct {
	mu  sync.Mutex
	dbs [databases]database

	hits, misses, expired int64

	_ [64]byte // keeps the locks of two shards out of one cache line
}

// A database is one shard's part of it.
type database struct {
	entries  map[string]*entry
	volatile map[string]*entry // those of entries that expire
}

// An entry is a value; it is changed in place under its shard's lock.
type entry struct {
	value   []byte
	expires int64 // Unix time in milliseconds; 0: never
}

func newKeyspace() *keyspace { return &keyspace{seed: maphash.MakeSeed()} }

func (k *keyspace) index(key []byte) uint {
	return uint(maphash.Bytes(k.seed, key)) % shardCount
}

func (k *keyspace) lockAll() {
	for i := range k.shards {
		k.shards[i].mu.Lock()
	}
}

func (k *keyspace) unlockAll() {
	for i := range k.shards {
		k.shards[i].mu.Unlock()
	}
}

// A lockset is a set of shards, a bit each.
type lockset [shardCount / 64]uint64

func (l *lockset) add(i uint) { l[i/64] |= 1 << (i % 64) }

// each calls do for the shards of the set in ascending order, which is the
// order in which everybody locks.
func (k *keyspace) each(set *lockset, do func(*sync.Mutex)) {
	for word, rest := range set {
		for ; rest != 0; rest &= rest - 1 {
			do(&k.shards[64*word+bits.TrailingZeros64(rest)].mu)
		}
	}
}

// find returns the entry of key, or nil; an entry whose time has come is
// removed. The clock is read only for entries that expire.
func (s *shard) find(db int, key []byte) *entry {
	e := s.dbs[db].entries[string(key)]
	if e != nil && e.expires != 0 && e.expires <= nowMillis() {
		s.dbs[db].remove(key)
		s.expired++
		return nil
	}
	return e
}

// look is find for commands that read: it counts the hit or miss.
func (s *shard) look(db int, key []byte) *entry {
	e := s.find(db, key)
	if e == nil {
		s.misses++
	} else {
		s.hits++
	}
	return e
}

// put writes a value. It copies value, over the old one if there is room.
func (d *database) put(key, value []byte, expires int64) {
	e := d.entries[string(key)]
	if e == nil {
		e = d.insert(key)
	}
	e.value = overwrite(e.value, value)
	d.expire(key, e, expires)
}

func (d *database) insert(key []byte) *entry {
	if d.entries == nil {
		d.entries = make(map[string]*entry)
	}
	e := &entry{}
	d.entries[string(key)] = e
	return e
}

// overwrite copies value into old's memory, unless that is too small or more
// than four times too large.
func overwrite(old, value []byte) []byte {
	const small = 64
	if cap(old) < len(value) || cap(old) > small+4*len(value) {
		old = make([]byte, 0, len(value))
	}
	return append(old[:0], value...)
}

// expire sets when the entry of key ends; 0 is never.
func (d *database) expire(key []byte, e *entry, expires int64) {
	switch {
	case e.expires == 0 && expires != 0:
		if d.volatile == nil {
			d.volatile = make(map[string]*entry)
		}
		d.volatile[string(key)] = e
	case e.expires != 0 && expires == 0:
		delete(d.volatile, string(key))
	}
	e.expires = expires
}

// remove deletes the entry of key, which is there. An emptied map is dropped,
// for a map never gives memory back.
func (d *database) remove(key []byte) {
	if delete(d.entries, string(key)); len(d.entries) == 0 {
		d.entries = nil
	}
	if delete(d.volatile, string(key)); len(d.volatile) == 0 {
		d.volatile = nil
	}
}

func nowMillis() int64 { return time.Now().UnixMilli() }

// sweepEvery and sweepParts: a tenth of the shards every tenth of a second, so
// that a key that nobody touches is gone about a second after its time.
const (
	sweepEvery = 100 * time.Millisecond
	sweepParts = 10
)

// sweep removes entries whose time has come, until stop is closed.
func (k *keyspace) sweep(stop <-chan struct{}) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for part := 0; ; part = (part + 1) % sweepParts {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		for i := part; i < shardCount; i += sweepParts {
			k.shards[i].removeExpired(nowMillis())
		}
	}
}

func (s *shard) removeExpired(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.dbs {
		for key, e := range s.dbs[i].volatile {
			if e.expires <= now {
				s.dbs[i].remove([]byte(key))
				s.expired++
			}
		}
	}
}
