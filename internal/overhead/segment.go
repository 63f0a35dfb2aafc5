package main

import (
	"fmt"
	"runtime"
	"time"
)

// A segment is what one side did in one window.
type segment struct {
	ops     int64
	window  time.Duration
	cpu     time.Duration // of this process, user and system
	mallocs int64         // of this process
}

// check refuses a segment from which nothing follows.
func (s segment) check() error {
	if s.ops == 0 || s.cpu <= 0 {
		return fmt.Errorf("%d ops and %v of CPU in a segment of %v", s.ops, s.cpu, s.window)
	}
	return nil
}

func (s segment) cpuPerOp() float64 { return float64(s.cpu.Nanoseconds()) / 1e3 / float64(s.ops) }

func (s segment) mallocsPerOp() float64 { return float64(s.mallocs) / float64(s.ops) }

func (s segment) rate() float64 { return float64(s.ops) / s.window.Seconds() }

// A meter reads what this process spends between start and stop, as a trial
// does.
type meter struct {
	first   time.Duration
	before  uint64
	cpu     time.Duration
	mallocs int64
}

// start begins behind a collection, so that no side pays for what the other
// one has left. CPU times are read last, and by stop first: reading what was
// allocated stops the world.
func (m *meter) start() (err error) {
	runtime.GC()
	m.before = mallocs()
	m.first, err = cpuTime()
	return err
}

func (m *meter) stop() error {
	last, err := cpuTime()
	m.cpu, m.mallocs = last-m.first, int64(mallocs()-m.before)
	return err
}

func mallocs() uint64 {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.Mallocs
}

// newBallast brings the live heap to size bytes with memory that is never
// touched, as a trial does: the live heap decides how often the collector runs.
func newBallast(size uint64) []byte {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	if now.HeapAlloc >= size {
		return nil
	}
	return make([]byte, size-now.HeapAlloc)
}
